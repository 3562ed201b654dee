// SIGHUP: reads file and flags again and applies them to the running engine.
#pragma once

#include "server/config/options.hpp"
#include "server/engine/engine.hpp"
#include "server/telemetry/log.hpp"

namespace admit::config {

/// On the loop's thread; the references outlive the engine's answers. What comes of it, is logged.
void reload(const options&, engine::engine&, engine::loop& home, telemetry::log&);

}  // namespace admit::config
