// The process's signals as calls on a loop.
#pragma once

#include "server/engine/loop.hpp"

#include <boost/asio/signal_set.hpp>

#include <functional>

namespace admit::config {

/// SIGTERM, SIGINT and SIGHUP wait until there is a `signals`: by default each would end a process
/// that is still starting. Before any other thread is started: threads inherit it.
void hold_signals();

/// While it listens its loop has work. On the loop's thread, or before the loop runs.
class signals {
public:
    /// From now on the signals come, those too that were held.
    /// `end`: the first SIGTERM or SIGINT; the second one ends the process there and then, with
    /// status 128 + its number, whatever the loops are doing. `reload`: every SIGHUP.
    signals(engine::loop&, std::function<void()> end, std::function<void()> reload);

    /// Lets go of the loop. The process has done all it had to and is about to end with `status`;
    /// SIGTERM and SIGINT still end it at once, but with that.
    void stop(int status);

private:
    void wait_for_end(std::function<void()> end);
    void wait_for_reload();

    boost::asio::signal_set ends_;
    boost::asio::signal_set reloads_;
    const std::function<void()> reload_;
};

}  // namespace admit::config
