// One HTTP/1.1 connection to the server, kept open between calls and opened again when needed.
#pragma once

#include "client/address.hpp"
#include "client/policy/time.hpp"
#include "client/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace admit::client {

struct http_request {
    std::string method;
    std::string target;
    std::string body;  ///< JSON; no body where empty
};

struct http_response {
    int status = 0;
    std::string body;
    std::int64_t retry_after_ms = 0;  ///< the header Retry-After; 0 where absent or a date
};

/// Used from its executor's thread; outlives the calls on it. Every request may be sent twice: one
/// that finds the kept connection closed goes out again on a new one.
class connection {
public:
    /// How long the connection itself may take to come about.
    static constexpr span connect_within = 5s;
    static constexpr std::uint32_t header_bytes_max = 16 * 1024;
    /// A page of 100 pools with all their labels stays below half of this.
    static constexpr std::uint64_t body_bytes_max = 2 * 1024 * 1024;

    connection(const boost::asio::any_io_executor&, server_address);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Sends one request and reads its answer, whatever its status. One at a time. Fails with
    /// `unreachable`, `lost` or `garbled`.
    boost::asio::awaitable<result<http_response>> exchange(http_request, instant answer_by);

    /// Breaks off the exchange that is under way, if any; the server sees the connection end.
    void abort();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace admit::client
