#include "bench/parked/exchange.hpp"

#include "bench/load/reply.hpp"
#include "bench/load/requests.hpp"

#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace admit::bench {

exchange::exchange(const endpoint& to) : host_(to.text()), socket_(connect_to(to)) {}

std::string exchange::ask(std::string_view method, std::string_view path, std::string_view body) {
    const auto fail = [&](std::string_view why) {
        throw std::runtime_error(std::string(method) + ' ' + std::string(path) + ": " +
                                 std::string(why));
    };
    if (!write_all(socket_, request(method, path, host_, body))) fail("the server has gone");
    std::string bytes;
    std::array<char, 64 * 1024> buffer;
    while (true) {
        const ssize_t got = ::read(socket_.get(), buffer.data(), buffer.size());
        if (got <= 0) fail("the server has closed the connection");
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        const std::optional<reply> whole = read_reply(bytes);
        if (!whole) fail("not a reply that can be framed: " + bytes);
        if (whole->size == 0) continue;
        if (!whole->status.starts_with("200") && !whole->status.starts_with("201")) fail(bytes);
        return std::string(whole->body);
    }
}

}  // namespace admit::bench
