// Which of several servers to ask. Sans-IO.
#pragma once

#include <cstddef>

namespace admit::client {

/// Stays with the server that answers, and moves on to the next one when that fails.
class servers {
public:
    explicit servers(std::size_t count) noexcept : count_(count) {}

    std::size_t count() const noexcept { return count_; }
    /// The one to ask now.
    std::size_t current() const noexcept { return current_; }

    /// Calls that ran side by side all tell of the same failure; the first one counts.
    void failed(std::size_t which) noexcept {
        if (which == current_) current_ = (current_ + 1) % count_;
    }

private:
    std::size_t count_;
    std::size_t current_ = 0;
};

}  // namespace admit::client
