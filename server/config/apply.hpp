// Applies configured pools to a running engine: all of them or none.
#pragma once

#include "server/core/command.hpp"
#include "server/engine/engine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace admit::config {

/// Looks first whether the engine would take every one of `pools` as they are now, and applies them
/// only then. `done` gets what stood against it, one line each; nothing: all are applied. On
/// `home`'s thread, never from within the call; the engine outlives it.
void apply(std::vector<core::set_pool> pools, engine::engine& engine, engine::loop& home,
           std::function<void(std::vector<std::string> faults)> done);

/// The same for a loop that does not run yet: runs it until all is done.
std::vector<std::string> apply_now(std::vector<core::set_pool> pools, engine::engine& engine,
                                   engine::loop& home);

/// Every pool that there is. For a loop that does not run yet.
std::vector<pool_view> pools_now(engine::engine& engine, engine::loop& home);

}  // namespace admit::config
