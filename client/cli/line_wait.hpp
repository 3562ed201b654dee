// The wait of `admit acquire`: shows the place in line, and leaves it when told to end.
#pragma once

#include "client/client.hpp"
#include "client/run/notice.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

namespace admit::client {

/// For the main thread. What it acquires is renewed only while it runs one of its calls.
class line_wait {
public:
    explicit line_wait(client_options options)
        : server_(loop_.get_executor(), std::move(options)) {}

    /// INT, TERM and HUP leave the line, unless they were ignored before; a second one ends the
    /// process as it always does.
    result<lease> acquire(acquire_options);
    /// The signal that ended the last wait; 0: none.
    int interrupted_by() const noexcept { return interrupted_by_; }

    result<released_lease> release(lease, outcome);

private:
    boost::asio::io_context loop_{1};
    client server_;
    boost::asio::cancellation_signal leave_line_;
    line_notice notice_;
    int interrupted_by_ = 0;
};

}  // namespace admit::client
