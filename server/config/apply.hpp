// Applies configured pools to a running engine: all of them or none.
#pragma once

#include "server/core/command.hpp"
#include "server/engine/engine.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace admit::config {

/// What became of them.
struct applied {
    std::size_t pools = 0;            ///< that are now as they were wanted
    std::vector<std::string> faults;  ///< what stood against the others, one line each
    /// What others had set otherwise, one line each; see `overridden`.
    std::vector<std::string> overridden;
};

/// Looks first whether the engine would take every one of `pools` as they are now, and applies them
/// only then: all, unless somebody else changes one in between. `done` is called on `home`'s
/// thread, never from within the call; the engine outlives it.
void apply(std::vector<core::set_pool> pools, engine::engine& engine, engine::loop& home,
           std::function<void(const applied&)> done);

/// Shows `each` every pool that there is, then calls `done`. As `apply`.
void list_pools(engine::engine& engine, engine::loop& home,
                std::function<void(const pool_view&)> each, std::function<void()> done);

}  // namespace admit::config
