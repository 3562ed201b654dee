// How the server ends: in order, and in time.
#pragma once

#include "server/engine/engine.hpp"
#include "server/http/server.hpp"
#include "server/telemetry/log.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace admit::config {

/// Everything happens on the first loop. All references outlive it.
class orderly_end {
public:
    /// `patience`: how long requests in flight may take. `at_end`: lets go of what else keeps the
    /// loops running; called once, when the sessions have gone and the engine has stopped.
    orderly_end(engine::engine&, http::server&, engine::loop& first, telemetry::log&,
                std::chrono::milliseconds patience, std::function<void()> at_end);

    /// Refuses what is new, answers what waits, lets what is in work finish. On the first loop;
    /// nothing more happens when it is called again. `status`: what the process is to end with.
    void begin(int status, const std::string& reason);

    bool has_begun() const noexcept { return begun_; }
    int status() const noexcept { return status_; }

private:
    void end();

    engine::engine& engine_;
    http::server& server_;
    engine::loop& first_;
    telemetry::log& log_;
    const std::chrono::milliseconds patience_;
    const std::function<void()> at_end_;
    boost::asio::steady_timer deadline_;
    bool begun_ = false;
    int status_ = 0;
};

}  // namespace admit::config
