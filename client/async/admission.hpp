// The asynchronous acquire: does what policy/acquisition says.
#pragma once

#include "client/async/boot_timer.hpp"
#include "client/async/canceller.hpp"
#include "client/async/hub.hpp"
#include "client/policy/acquisition.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace admit::client {

/// One admission. The hub outlives it.
class admission {
public:
    admission(hub&, acquisition_plan, std::function<void(const queued&)> on_queued);

    /// The lease, or why there is none. Once.
    boost::asio::awaitable<result<held_lease>> run();

    /// Ends `run` soon with `given_up`, after the place in line was left; said twice, at once.
    void give_up();

private:
    boost::asio::awaitable<void> ask(acquisition::ask);
    boost::asio::awaitable<void> leave(acquisition::leave);

    hub& hub_;
    std::function<void(const queued&)> on_queued_;
    boot_timer timer_;
    canceller* under_way_ = nullptr;  ///< of the call that `run` waits for
    acquisition policy_;
};

}  // namespace admit::client
