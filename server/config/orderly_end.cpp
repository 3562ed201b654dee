#include "server/config/orderly_end.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace admit::config {
namespace {

using std::chrono::milliseconds;

/// Of the patience, the part that ending by force may take.
constexpr milliseconds force_max{250};

milliseconds until_force(milliseconds patience) {
    return patience - std::min(force_max, patience / 4);
}

}  // namespace

orderly_end::orderly_end(engine::engine& engine, http::server& server, engine::loop& first,
                   telemetry::log& log, milliseconds patience, std::function<void()> at_end)
    : engine_(engine),
      server_(server),
      first_(first),
      log_(log),
      patience_(patience),
      at_end_(std::move(at_end)),
      deadline_(first.context()) {}

void orderly_end::begin(int status, const std::string& reason) {
    if (std::exchange(begun_, true))
        return;
    status_ = status;
    log_.say(status == 0 ? telemetry::log_level::info : telemetry::log_level::error, "draining",
             reason + ": draining for at most " + std::to_string(patience_.count()) + " ms");
    // In this order, so that the replies to those who wait say that the connection is closed.
    server_.drain([this] { boost::asio::post(first_.context(), [this] { end(); }); });
    engine_.drain();
    deadline_.expires_after(until_force(patience_));
    deadline_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled)
            return;
        log_.say(telemetry::log_level::warn, "cut_off",
                 std::to_string(server_.connections()) + " connections are cut off after " +
                     std::to_string(patience_.count()) + " ms");
        server_.abort();
    });
}

void orderly_end::end() {
    deadline_.cancel();
    engine_.stop();
    at_end_();
    log_.say(telemetry::log_level::info, "ended", "Ended in order");
}

}  // namespace admit::config
