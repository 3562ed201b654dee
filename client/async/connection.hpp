// One HTTP/1.1 connection to the server, kept open between calls and opened again when needed.
#pragma once

#include "client/address.hpp"
#include "client/http_message.hpp"
#include "client/policy/time.hpp"
#include "client/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace admit::client {

/// Used from its executor's thread; outlives the calls on it. Every request may be sent twice: one
/// that finds the kept connection closed goes out again on a new one.
class connection {
public:
    static constexpr std::uint32_t header_bytes_max = 16 * 1024;
    /// A page of 100 pools with all their labels stays below half of this.
    static constexpr std::uint64_t body_bytes_max = 2 * 1024 * 1024;

    connection(const boost::asio::any_io_executor&, server_address);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Sends one request and reads its answer, whatever its status. One at a time. Fails with
    /// `unreachable`, after `connect_within` at the latest, or with `lost` or `garbled`.
    boost::asio::awaitable<result<http_response>> exchange(http_request, span connect_within,
                                                           instant answer_by);
    /// Whether the next exchange may find a connection that stands already.
    bool is_open() const noexcept;

    /// Breaks off the exchange that is under way, if any; the server sees the connection end.
    void abort();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace admit::client
