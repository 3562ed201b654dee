// The few system calls on sockets that generators and servers here share. No library: what is
// measured beside these programs is one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace admit::bench {

/// A file descriptor that is closed in the end.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept;
    descriptor& operator=(descriptor&& other) noexcept;
    ~descriptor();

    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

// The following throw std::system_error where the system refuses.

/// An IPv4 address as text and its port, from "127.0.0.1:8080".
struct endpoint {
    std::string address;
    std::uint16_t port = 0;
    std::string text() const { return address + ":" + std::to_string(port); }
};
endpoint endpoint_of(std::string_view text);

/// Connected, without Nagle's algorithm, blocking. `source`: the address to come from, "" for any.
descriptor connect_to(const endpoint& to, const std::string& source = {});
/// Listens on a free port of 127.0.0.1, blocking.
descriptor listen_anywhere();
std::uint16_t port_of(const descriptor&);
/// The next connection, without Nagle's algorithm; blocking unless told.
descriptor accept_from(const descriptor& listener, bool non_blocking);

void make_non_blocking(const descriptor&);
/// Registers for input, level-triggered.
void watch(const descriptor& epoll, const descriptor& what, std::uint64_t data);
descriptor make_epoll();

/// Writes all of it. False where the other side has gone.
bool write_all(const descriptor& to, std::string_view bytes);

}  // namespace admit::bench
