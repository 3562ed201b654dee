#include "tests/http/visitor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace admit::http::testing {

visitor::visitor(std::uint16_t port, int receive_bytes)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_bytes > 0)
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    // What is sent is there at once: Nagle's algorithm would wait for an acknowledgement.
    const int yes = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        throw std::runtime_error("cannot connect");
}

visitor::visitor(visitor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ended_(other.ended_), inbox_(std::move(other.inbox_)) {}

void visitor::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) throw std::runtime_error("cannot send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t visitor::send_some(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void visitor::pull() {
    std::array<char, 65536> bytes;
    while (!ended_) {
        const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        ended_ = got <= 0;
        if (got > 0) inbox_.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

std::optional<reply> visitor::take() {
    pull();
    const std::size_t end = inbox_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    reply out;
    out.head = inbox_.substr(0, end + 2);
    std::from_chars(out.head.data() + 9, out.head.data() + 12, out.status);
    std::size_t length = 0;
    const std::string_view name = "\r\nContent-Length: ";
    if (const std::size_t at = out.head.find(name); at != std::string::npos)
        std::from_chars(out.head.data() + at + name.size(), out.head.data() + out.head.size(),
                        length);
    if (inbox_.size() < end + 4 + length) return std::nullopt;
    out.body = inbox_.substr(end + 4, length);
    inbox_.erase(0, end + 4 + length);
    return out;
}

std::string visitor::bytes() {
    pull();
    return std::exchange(inbox_, {});
}

bool visitor::ended() {
    pull();
    return ended_;
}

bool visitor::silent() {
    pull();
    return inbox_.empty() && !ended_;
}

void visitor::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void visitor::half_close() { ::shutdown(fd_, SHUT_WR); }

void visitor::reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

}  // namespace admit::http::testing
