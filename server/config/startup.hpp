// From a port that is bound to a server that admits: recovery, configuration, and only then the
// rest. Meanwhile the server says that it is not ready.
#pragma once

#include "server/config/disk_watch.hpp"
#include "server/config/state_place.hpp"
#include "server/core/command.hpp"
#include "server/engine/engine.hpp"
#include "server/telemetry/log.hpp"
#include "server/telemetry/metrics.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace admit::config {

class startup {
public:
    /// All references outlive it.
    struct parts {
        engine::engine& engine;
        engine::loop& first;
        telemetry::log& log;
        telemetry::metrics& metrics;
        disk_watch& disk;
        const state_place& state;
        bool accept_data_loss = false;
    };
    /// Both on the first loop; one of them at most, once. `ready`: the engine is open. `refused`:
    /// it never will be. Neither where the engine was stopped or its journal failed meanwhile.
    struct outcome {
        std::function<void()> ready;
        std::function<void(const refused_start&)> refused;
    };

    startup(parts, std::vector<core::set_pool> pools, outcome);
    /// Waits for the recovery, which ends soon once the engine was stopped.
    ~startup();
    startup(const startup&) = delete;
    startup& operator=(const startup&) = delete;

    /// Begins; goes on on a thread of its own and then on the first loop.
    void begin();

private:
    void recover();
    void recovered(const engine::recovery&);
    /// The line that the log begins with.
    void tell(const engine::recovery&) const;
    /// Whether the handles that are out there are ours, or can be made so.
    bool settle_key(const engine::recovery&);
    void open();
    void refuse(int status, std::string why);

    const parts with_;
    std::vector<core::set_pool> pools_;
    const outcome then_;
    std::chrono::steady_clock::time_point begun_{};
    std::thread thread_;
};

}  // namespace admit::config
