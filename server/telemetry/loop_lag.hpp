// Measures how late a loop runs a timer that was due: as long does a request wait for its turn.
#pragma once

#include "server/engine/loop.hpp"
#include "server/telemetry/metrics.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace admit::telemetry {

/// One per loop; both references outlive it. Until it is stopped its loop has work.
class loop_lag {
public:
    loop_lag(engine::loop&, metrics&);

    /// On the loop's thread, or before the loop runs.
    void start();
    void stop();

private:
    using steady = std::chrono::steady_clock;
    using timer = boost::asio::basic_waitable_timer<steady, boost::asio::wait_traits<steady>,
                                                    boost::asio::io_context::executor_type>;
    void measure();

    timer timer_;
    metrics& metrics_;
    bool stopped_ = false;
};

}  // namespace admit::telemetry
