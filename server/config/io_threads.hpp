// The I/O threads: a loop for each, and a measurement of how late it is.
#pragma once

#include "server/engine/loop.hpp"
#include "server/telemetry/loop_lag.hpp"
#include "server/telemetry/metrics.hpp"

#include <deque>
#include <span>
#include <vector>

namespace admit::config {

class io_threads {
public:
    /// `count`: above 0. `metrics` outlives it.
    io_threads(unsigned count, telemetry::metrics& metrics);

    std::span<engine::loop* const> loops() const noexcept { return pointers_; }
    engine::loop& first() noexcept { return loops_.front(); }

    /// Each loop on a thread of its own, the first on this one, until all are out of work.
    void run();

    /// Any thread: from now on a loop runs only as long as somebody else has work for it.
    void let_go();

private:
    std::deque<engine::loop> loops_;
    std::deque<telemetry::loop_lag> lags_;
    std::vector<engine::loop*> pointers_;
};

}  // namespace admit::config
