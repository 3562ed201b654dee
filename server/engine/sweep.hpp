// After a stall: who lived through it gets to be heard before anything expires.
#pragma once

#include "server/engine/loop.hpp"

#include <cstddef>
#include <functional>
#include <span>

namespace admit::engine {

/// Asks all loops for full passes after a step of the lease clock was clamped, several in a row,
/// and knows when the last of them is over: then whatever lay in a socket has been decided. Called
/// under the engine's lock; the loops outlive it.
class sweep {
public:
    /// A loop that has completed its pass calls `on_pass`, on itself and under no lock; that leads
    /// to `pass_over`.
    sweep(std::span<loop* const> loops, std::function<void()> on_pass);

    /// A step was clamped: what runs already does not count for it.
    void demand();
    /// True when that was the last pass which was demanded.
    bool pass_over();
    bool pending() const noexcept { return passing_ > 0; }

private:
    void begin();

    const std::span<loop* const> loops_;
    const std::function<void()> on_pass_;
    int wanted_ = 0;           ///< passes that have not begun
    std::size_t passing_ = 0;  ///< loops that have not completed the one that has
};

}  // namespace admit::engine
