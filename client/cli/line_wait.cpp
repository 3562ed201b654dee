#include "client/cli/line_wait.hpp"

#include "client/run/signals.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <string>
#include <utility>

namespace admit::client {

namespace asio = boost::asio;

result<lease> line_wait::acquire(acquire_options wish) {
    if (line_notice::watched())
        wish.on_queued = [this, pool = wish.pool](const queued& place) {
            notice_.show(pool, place);
        };
    asio::signal_set signals{loop_};
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        if (!is_ignored(number)) signals.add(number);
    signals.async_wait([&](const boost::system::error_code& ec, int number) {
        if (ec) return;
        interrupted_by_ = number;
        leave_line_.emit(asio::cancellation_type::terminal);
        signals.clear();
    });
    result<lease> got;
    server_.async_acquire(std::move(wish),
                          asio::bind_cancellation_slot(leave_line_.slot(), [&](result<lease> end) {
                              got = std::move(end);
                              loop_.stop();
                          }));
    loop_.run();
    notice_.clear();
    return got;
}

result<released_lease> line_wait::release(lease held, outcome how) {
    result<released_lease> gone;
    held.async_release(how, [&](result<released_lease> end) {
        gone = std::move(end);
        loop_.stop();
    });
    loop_.restart();
    loop_.run();
    return gone;
}

}  // namespace admit::client
