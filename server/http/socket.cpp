#include "server/http/socket.hpp"

#include "server/http/limits.hpp"

#include <boost/asio/socket_base.hpp>

#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace admit::http {
namespace {

void set(acceptor_type& acceptor, int name, int value) {
    if (::setsockopt(acceptor.native_handle(), IPPROTO_TCP, name, &value, sizeof value) != 0)
        throw std::system_error(errno, std::generic_category(), "a TCP option cannot be set");
}

int tcp_state(socket_type& socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return TCP_CLOSE;
    return info.tcpi_state;
}

}  // namespace

void set_options(acceptor_type& acceptor) {
    acceptor.set_option(boost::asio::socket_base::keep_alive(true));
    acceptor.set_option(boost::asio::ip::tcp::no_delay(true));
    set(acceptor, TCP_KEEPIDLE, limits::keepalive_idle_seconds);
    set(acceptor, TCP_KEEPINTVL, limits::keepalive_interval_seconds);
    set(acceptor, TCP_KEEPCNT, limits::keepalive_probes);
    set(acceptor, TCP_USER_TIMEOUT, limits::unacknowledged_ms_max);
}

void keep_unsent_below(socket_type& socket, int bytes) noexcept {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

std::size_t unacknowledged_bytes(socket_type& socket) noexcept {
    int bytes = 0;
    if (::ioctl(socket.native_handle(), TIOCOUTQ, &bytes) != 0 || bytes < 0) return 0;
    return static_cast<std::size_t>(bytes);
}

bool peer_has_ended(socket_type& socket) noexcept {
    const int state = tcp_state(socket);
    return state == TCP_CLOSE_WAIT || state == TCP_CLOSE;
}

bool is_dead(socket_type& socket) noexcept { return tcp_state(socket) == TCP_CLOSE; }

}  // namespace admit::http
