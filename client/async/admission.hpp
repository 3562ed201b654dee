// The asynchronous acquire: does what policy/acquisition says.
#pragma once

#include "client/async/boot_timer.hpp"
#include "client/async/calls.hpp"
#include "client/policy/acquisition.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace admit::client {

/// One admission over `calls`, which nobody else uses until `run` is over and which outlives it.
class admission {
public:
    admission(const boost::asio::any_io_executor&, calls&, acquisition_plan);

    /// Called from `run` when the server has told the place in line.
    std::function<void(const queued&)> on_queued;

    /// The lease, or why there is none. Once.
    boost::asio::awaitable<result<held_lease>> run();

    /// Ends `run` soon with `given_up`, after the place in line was left; said twice, at once.
    void give_up();

private:
    boost::asio::awaitable<void> ask(acquisition::ask);
    boost::asio::awaitable<void> leave(acquisition::leave);

    calls& calls_;
    boot_timer timer_;
    acquisition policy_;
};

}  // namespace admit::client
