// Answers on their way to the loops of their callers.
#pragma once

#include "server/engine/loop.hpp"

#include <vector>

namespace admit::engine {

/// Collects answers while the engine's lock is held and delivers them when it no longer is, with
/// one post per loop. Not thread-safe: each thread fills its own.
class outbox {
public:
    void add(loop& home, loop::completion&&);
    /// Under no lock. Leaves it empty.
    void deliver();

private:
    struct batch {
        loop* home = nullptr;
        std::vector<loop::completion> completions;
    };
    std::vector<batch> batches_;  ///< a few: one per loop
};

}  // namespace admit::engine
