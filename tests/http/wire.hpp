// Bytes through a `connection` without a socket: what it hears, piece by piece, as one line each.
#pragma once

#include "server/http/connection.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace admit::http::testing {

/// 1 MiB for targets that begin with /large, 64 KiB for others.
std::size_t body_limit(method, std::string_view target);

/// What a connection made of some bytes: "POST /v1/acquire {}", or "400 bad_request" for a refusal;
/// "(closed)" once it hears no more.
using heard = std::vector<std::string>;

/// A connection that answers each request at once, with nothing but its status.
class wire {
public:
    wire() : connection(&body_limit, instant(0)) {}

    /// Gives `bytes` in one piece, as far as the connection takes them.
    void give(std::string_view bytes);
    /// Takes all output there is.
    std::string take();

    http::connection connection;
    instant now{0};
    heard lines;

private:
    void hear();
};

/// What is heard when the bytes come in these pieces.
heard hear(std::string_view first, std::string_view second = {});
/// What is heard when they come one at a time.
heard hear_each(std::string_view bytes);

/// "POST /x HTTP/1.1", a Host, a Content-Length that fits, and the body.
std::string post(std::string_view target, std::string_view body, std::string_view fields = {});
std::string get(std::string_view target, std::string_view fields = {});

}  // namespace admit::http::testing
