#include "server/telemetry/loop_lag.hpp"

namespace admit::telemetry {
namespace {

/// Often enough to meet a stall that matters, seldom enough not to keep an idle machine awake.
constexpr std::chrono::milliseconds period{250};

}  // namespace

loop_lag::loop_lag(engine::loop& loop, metrics& m)
    : timer_(loop.context().get_executor()), metrics_(m) {}

void loop_lag::start() {
    timer_.expires_after(period);
    measure();
}

void loop_lag::stop() {
    stopped_ = true;
    timer_.cancel();
}

void loop_lag::measure() {
    timer_.async_wait([this](boost::system::error_code) {
        if (stopped_)
            return;
        const auto now = steady::now();
        metrics_.loop_late(now - timer_.expiry());
        timer_.expires_at(now + period);
        measure();
    });
}

}  // namespace admit::telemetry
