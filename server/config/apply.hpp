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
};

/// Looks first whether the engine would take every one of `pools` as they are now, and applies them
/// only then: all, unless somebody else changes one in between. `done` is called on `home`'s
/// thread, never from within the call; the engine outlives it.
void apply(std::vector<core::set_pool> pools, engine::engine& engine, engine::loop& home,
           std::function<void(const applied&)> done);

/// The same for a loop that does not run yet: runs it until all is done. Returns the faults.
std::vector<std::string> apply_now(std::vector<core::set_pool> pools, engine::engine& engine,
                                   engine::loop& home);

/// Every pool that there is. For a loop that does not run yet.
std::vector<pool_view> pools_now(engine::engine& engine, engine::loop& home);

}  // namespace admit::config
