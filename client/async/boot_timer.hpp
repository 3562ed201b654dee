// The clock of the client's policies, and a timer on it that also fires on time after the machine
// slept. Asio's own timers stand still during a suspend, which is when a lease ends unnoticed.
#pragma once

#include "client/policy/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <utility>

namespace admit::client {

/// CLOCK_BOOTTIME.
instant boot_now() noexcept;

/// One timer, one wait at a time. Used from its executor's thread.
class boot_timer {
public:
    /// Throws std::system_error where the process has no descriptor left.
    explicit boot_timer(const boost::asio::any_io_executor&);

    /// A wait that begins, or goes on, after this call ends at that instant; in the past: at once.
    /// It may end early, so the clock decides whether the time has come.
    void expires_at(instant);

    /// Completes with error_code: none, or operation_aborted.
    template <class Token>
    auto async_wait(Token&& token) {
        return timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                 std::forward<Token>(token));
    }

    /// Ends the wait with operation_aborted.
    void cancel();

private:
    boost::asio::posix::stream_descriptor timer_;
};

}  // namespace admit::client
