// A pool's line of waiters in the order of their ranks, with positions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace admit::core {

/// The part of a waiter by which it stands in a line. Neither copied nor moved while it does.
struct line_place {
    std::uint64_t rank = 0;  ///< its ticket: who came first stands first
    std::int64_t slots = 1;  ///< that it asks for

    line_place* up = nullptr;
    line_place* left = nullptr;
    line_place* right = nullptr;
    std::size_t count = 0;       ///< of its subtree; 0 while it stands in no line
    std::int64_t slots_max = 0;  ///< of its subtree
};

/// An ordered tree that counts: a treap (Seidel and Aragon, 1996) whose priorities are a mix of the
/// ranks, so that its shape depends on nothing else. Every operation is O(log n) expected; to come
/// last and to go first, which is what almost everybody does, costs little more than counting.
/// Owns nothing: waiters own their places and leave before they are destroyed.
class waiting_line {
public:
    waiting_line() = default;
    waiting_line(const waiting_line&) = delete;
    waiting_line& operator=(const waiting_line&) = delete;

    /// No two places of a line have the same rank.
    void insert(line_place&) noexcept;
    void erase(line_place&) noexcept;

    bool empty() const noexcept { return root_ == nullptr; }
    std::size_t size() const noexcept { return root_ != nullptr ? root_->count : 0; }
    /// Who stands first; none in an empty line.
    line_place* front() const noexcept { return first_; }
    /// 1 for the front.
    static std::size_t position(const line_place&) noexcept;
    /// The first whose rank is above `rank`, none if there is none.
    line_place* after(std::uint64_t rank) const noexcept;
    /// The first that asks for more than `slots`, none if there is none.
    line_place* first_above(std::int64_t slots) const noexcept;

private:
    void append(line_place&) noexcept;
    /// Above `from` somebody has come, or gone.
    static void count_in(const line_place& who, line_place* from) noexcept;
    static void count_out(const line_place& who, line_place* from) noexcept;

    line_place* root_ = nullptr;
    line_place* first_ = nullptr;
    line_place* last_ = nullptr;
};

}  // namespace admit::core
