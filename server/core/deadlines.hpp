// The index of everything that becomes due: a heap whose entries live in what they belong to.
#pragma once

#include "server/core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace admit::core {

/// What a deadline belongs to, and so what happens when it passes. The order breaks ties.
enum class due_kind : std::uint8_t {
    lease,  ///< its TTL, its start or its claim is over
    call,   ///< its wait is over
    place,  ///< nobody came back for a kept place in time
};

/// One entry, a member of its lease, call or waiter. Neither copied nor moved while it is set.
struct deadline {
    static constexpr std::size_t unset = static_cast<std::size_t>(-1);

    instant at{};
    due_kind kind = due_kind::lease;
    std::uint64_t id = 0;  ///< token, call or ticket
    std::size_t slot = unset;

    bool is_set() const noexcept { return slot != unset; }
};

/// A 4-ary heap by (at, kind, id): the same order on every machine. Set, move and clear are
/// O(log n); the first is O(1). Owns nothing: who destroys an entry clears it before.
class deadline_heap {
public:
    /// Sets the entry, or moves it when it is set.
    void set(deadline&, instant at);
    /// Nothing happens to an entry that is not set.
    void clear(deadline&) noexcept;
    /// The entry that is due first, none when there is none.
    const deadline* first() const noexcept { return heap_.empty() ? nullptr : heap_.front().what; }
    std::size_t size() const noexcept { return heap_.size(); }

    /// The instant stands here too: to compare two, nobody has to go where they live.
    struct entry {
        instant at;
        deadline* what;
    };

private:
    void put(std::size_t slot, const entry&) noexcept;
    void rise(std::size_t slot) noexcept;
    void sink(std::size_t slot) noexcept;

    std::vector<entry> heap_;
};

}  // namespace admit::core
