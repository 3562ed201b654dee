// A hash table that grows without a stall.
#pragma once

#include "server/core/check.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <unordered_map>

namespace admit::core {

/// Values by key, as an `unordered_map` in 256 parts. When one large table grows it visits all of
/// its nodes within one insertion: half a second for a million. Of these each grows by itself, and
/// chance spreads their growth over many insertions. Values stay where they are until they are
/// erased. `Hash` is uniform in all its bits.
template <class Key, class Value, class Hash>
class table {
public:
    explicit table(Hash hash = {}) : hash_(hash) { parts_.fill(part(0, hash)); }

    /// None where there is no such key.
    template <class K>
    Value* find(const K& key) {
        part& in = part_of(key);
        const auto found = in.find(key);
        return found != in.end() ? &found->second : nullptr;
    }
    template <class K>
    const Value* find(const K& key) const {
        return const_cast<table*>(this)->find(key);
    }
    /// Of a key that is there.
    template <class K>
    Value& at(const K& key) {
        Value* const found = find(key);
        ADMIT_CHECK(found != nullptr, "a key that is not there");
        return *found;
    }
    template <class K>
    const Value& at(const K& key) const {
        return const_cast<table*>(this)->at(key);
    }

    /// Made where the key is new.
    Value& operator[](const Key& key) {
        const auto [place, is_new] = part_of(key).try_emplace(key);
        size_ += is_new ? 1 : 0;
        return place->second;
    }
    /// Nothing happens where there is no such key.
    void erase(const Key& key) { size_ -= part_of(key).erase(key); }

    std::size_t size() const noexcept { return size_; }

private:
    using part = std::unordered_map<Key, Value, Hash, std::equal_to<>>;

    template <class K>
    part& part_of(const K& key) {
        // The high bits; the part itself goes by the remainder, which is to say by all of them.
        return parts_[hash_(key) >> (8 * sizeof(std::size_t) - 8)];
    }

    Hash hash_;
    std::array<part, 256> parts_;
    std::size_t size_ = 0;
};

}  // namespace admit::core
