// A hash table that grows without a stall, whose values stay where they are.
#pragma once

#include "server/core/check.hpp"
#include "server/core/recycling.hpp"

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace admit::core {

/// Values by key, in 256 parts. When one large table grows it visits all of its values within one
/// insertion: half a second for a million. Of these each grows by itself, and chance spreads their
/// growth over many insertions. `Hash` is uniform in its highest byte, which names the part, and
/// spreads what is in one part over its lowest bits; it is asked once per operation, and not at all
/// for a value that is at hand. `Value` is a class. There is no way to iterate: the order would be
/// chance.
template <class Key, class Value, class Hash>
class table {
public:
    explicit table(Hash hash = {}) : hash_(hash) {}
    table(const table&) = delete;
    table& operator=(const table&) = delete;
    ~table() {
        for (part& p : parts_) {
            for (node* n : p.buckets) {
                while (n != nullptr)
                    destroy(std::exchange(n, n->next));
            }
        }
    }

    /// None where there is no such key.
    template <class K>
    Value* find(const K& key) {
        return find(key, hash_(key));
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
    template <class K>
    Value& operator[](const K& key) {
        const std::size_t hash = hash_(key);
        if (Value* const found = find(key, hash)) return *found;
        part& in = part_of(hash);
        if (in.size == in.buckets.size()) in.grow();
        node* const made = new (recycling<node>().allocate(1)) node(Key(key), hash);
        in.link(*made);
        ++in.size;
        ++size_;
        return *made;
    }

    /// Nothing happens where there is no such key.
    template <class K>
    void erase(const K& key) requires(!std::is_same_v<K, Value>) {
        if (Value* const found = find(key)) erase(*found);
    }
    /// Of a value that is here.
    void erase(Value& value) {
        node& gone = static_cast<node&>(value);
        part& in = part_of(gone.hash);
        node** at = &in.bucket(gone.hash);
        while (*at != &gone)
            at = &(*at)->next;
        *at = gone.next;
        --in.size;
        --size_;
        destroy(&gone);
    }

    std::size_t size() const noexcept { return size_; }

private:
    struct node final : Value {
        node(Key&& k, std::size_t h) : key(std::move(k)), hash(h) {}
        Key key;
        std::size_t hash;
        node* next = nullptr;
    };

    struct part {
        std::vector<node*> buckets;  ///< a power of two
        std::size_t size = 0;

        node*& bucket(std::size_t hash) noexcept { return buckets[hash & (buckets.size() - 1)]; }
        void link(node& n) noexcept { n.next = std::exchange(bucket(n.hash), &n); }
        /// By four: to grow is to visit every value, wherever it lies.
        void grow() {
            std::vector<node*> old(buckets.empty() ? 4 : 4 * buckets.size());
            old.swap(buckets);
            for (node* n : old) {
                while (n != nullptr)
                    link(*std::exchange(n, n->next));
            }
        }
    };

    /// The high bits; in the part it goes by the low ones.
    part& part_of(std::size_t hash) noexcept { return parts_[hash >> (8 * sizeof hash - 8)]; }

    template <class K>
    Value* find(const K& key, std::size_t hash) {
        part& in = part_of(hash);
        if (in.size == 0) return nullptr;
        for (node* n = in.bucket(hash); n != nullptr; n = n->next)
            if (n->hash == hash && n->key == key) return n;
        return nullptr;
    }

    static void destroy(node* gone) noexcept {
        gone->~node();
        recycling<node>().deallocate(gone, 1);
    }

    Hash hash_;
    std::array<part, 256> parts_;
    std::size_t size_ = 0;
};

}  // namespace admit::core
