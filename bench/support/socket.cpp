#include "bench/support/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace admit::bench {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// `result`, unless it says that a call has failed.
int checked(int result, const char* what) {
    if (result < 0) fail(what);
    return result;
}

sockaddr_in address_of(const std::string& text, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    if (::inet_pton(AF_INET, text.c_str(), &out.sin_addr) != 1)
        throw std::system_error(EINVAL, std::generic_category(), "'" + text + "' as IPv4 address");
    return out;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

void set(const descriptor& fd, int level, int option) {
    const int on = 1;
    checked(::setsockopt(fd.get(), level, option, &on, sizeof on), "setsockopt");
}

}  // namespace

descriptor::descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

descriptor::~descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

endpoint endpoint_of(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    endpoint out;
    if (colon != std::string_view::npos) {
        out.address = text.substr(0, colon);
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), out.port);
    }
    address_of(out.address, out.port);
    return out;
}

descriptor connect_to(const endpoint& to, const std::string& source) {
    descriptor out(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    set(out, IPPROTO_TCP, TCP_NODELAY);
    if (!source.empty()) {
        // The port is chosen when the other side is known: each source has all ports again.
        set(out, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
        const sockaddr_in from = address_of(source, 0);
        checked(::bind(out.get(), generic(from), sizeof from), "bind");
    }
    const sockaddr_in address = address_of(to.address, to.port);
    checked(::connect(out.get(), generic(address), sizeof address), "connect");
    return out;
}

descriptor listen_anywhere() {
    descriptor out(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const sockaddr_in address = address_of("127.0.0.1", 0);
    checked(::bind(out.get(), generic(address), sizeof address), "bind");
    checked(::listen(out.get(), 4096), "listen");
    return out;
}

std::uint16_t port_of(const descriptor& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    checked(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size),
            "getsockname");
    return ntohs(address.sin_port);
}

descriptor accept_from(const descriptor& listener, bool non_blocking) {
    const int flags = SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0);
    descriptor out(checked(::accept4(listener.get(), nullptr, nullptr, flags), "accept"));
    set(out, IPPROTO_TCP, TCP_NODELAY);
    return out;
}

void make_non_blocking(const descriptor& fd) {
    const int flags = checked(::fcntl(fd.get(), F_GETFL), "fcntl");
    checked(::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK), "fcntl");
}

descriptor make_epoll() { return descriptor(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll")); }

void watch(const descriptor& epoll, const descriptor& what, std::uint64_t data) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = data;
    checked(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, what.get(), &event), "epoll_ctl");
}

bool write_all(const descriptor& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t wrote = ::send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

}  // namespace admit::bench
