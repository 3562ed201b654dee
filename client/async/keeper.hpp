// Keeps a lease alive in the background: does what policy/tenure says.
#pragma once

#include "client/async/boot_timer.hpp"
#include "client/async/calls.hpp"
#include "client/policy/acquisition.hpp"
#include "client/policy/tenure.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace admit::client {

/// Renews one lease over `calls`, which nobody else uses until `run` is over and which outlives it.
class keeper {
public:
    keeper(const boost::asio::any_io_executor&, calls&, const held_lease&, tenure_settings);

    /// Renews until the lease is lost, and says why; or until `stop`, then nothing. Once. Whoever
    /// hears of the loss has until `deadline()` to end what the lease allowed.
    boost::asio::awaitable<std::optional<failure>> run();

    /// Ends `run` soon.
    void stop();

    /// From here on the server may have given the slots to somebody else.
    instant deadline() const noexcept { return policy_.deadline(); }

private:
    boost::asio::awaitable<void> renew(instant answer_by);

    calls& calls_;
    boot_timer timer_;
    tenure policy_;
    std::string handle_;
    bool stopped_ = false;
};

}  // namespace admit::client
