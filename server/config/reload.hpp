// SIGHUP: reads file and flags again and applies them to the running engine.
#pragma once

#include "server/config/apply.hpp"
#include "server/config/options.hpp"
#include "server/engine/engine.hpp"
#include "server/telemetry/log.hpp"

#include <cstddef>

namespace admit::config {

/// On the loop's thread. All references outlive the engine's answers.
class reloader {
public:
    reloader(const options&, engine::engine&, engine::loop& home, telemetry::log&);

    /// What comes of it, is logged. Asked for while it is at it, it starts anew when it has
    /// finished: two at once could leave pools as an older file had them.
    void reload();

private:
    void finished(std::size_t wanted, const applied&);

    const options& options_;
    engine::engine& engine_;
    engine::loop& home_;
    telemetry::log& log_;
    bool busy_ = false;
    bool again_ = false;
};

}  // namespace admit::config
