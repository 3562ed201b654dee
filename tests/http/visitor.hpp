// A client's socket, as simple as can be: it sends what it is told and never waits by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace admit::http::testing {

struct reply {
    int status = 0;
    std::string head;
    std::string body;

    bool closes() const { return head.find("\r\nConnection: close\r\n") != std::string::npos; }
};

class visitor {
public:
    /// Connects to 127.0.0.1. `receive_bytes`: how much the kernel may hold for it; 0: as it likes.
    explicit visitor(std::uint16_t port, int receive_bytes = 0);
    visitor(visitor&& other) noexcept;
    visitor& operator=(visitor&&) = delete;
    ~visitor() { close(); }

    void send(std::string_view bytes);
    /// As much as the kernel takes at once; how much that was.
    std::size_t send_some(std::string_view bytes);
    /// The next reply, if it is there as a whole; interim ones are replies, too.
    std::optional<reply> take();
    /// Whatever is there, as it is.
    std::string bytes();
    /// Whether the server has ended the connection. What came before may still be taken.
    bool ended();
    /// Nothing is there to read, not even an end.
    bool silent();

    void close();
    void half_close();
    /// Goes with a reset instead of an end.
    void reset();

    int descriptor() const noexcept { return fd_; }

private:
    void pull();

    int fd_ = -1;
    bool ended_ = false;
    std::string inbox_;
};

}  // namespace admit::http::testing
