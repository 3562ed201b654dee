// A connection's socket, and what the kernel knows of its other end.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>

namespace admit::http {

/// With the concrete executor: the type-erased one costs an indirection per operation.
using socket_type =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using acceptor_type = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                         boost::asio::io_context::executor_type>;

using timer_type =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      boost::asio::io_context::executor_type>;

/// Keepalive, a bound on unacknowledged data, no delay of small replies. Set on a listening socket:
/// on Linux the accepted ones inherit them, at no cost per connection. Throws.
void set_options(acceptor_type&);

/// For what is as large as it likes: of it no more than `bytes` lie in the kernel before they are
/// sent, so that a slow reader is seen to read. Otherwise the kernel takes megabytes, and asks for
/// more only when a third of them has gone.
void keep_unsent_below(socket_type&, int bytes) noexcept;

/// Bytes written that the other end's kernel has not acknowledged; 0 where the kernel does not say.
std::size_t unacknowledged_bytes(socket_type&) noexcept;

/// Whether the other end has closed its sending side or is gone.
bool peer_has_ended(socket_type&) noexcept;
/// Whether the connection is dead in both directions: reset, or given up.
bool is_dead(socket_type&) noexcept;

}  // namespace admit::http
