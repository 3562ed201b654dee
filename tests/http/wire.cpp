#include "tests/http/wire.hpp"

#include <algorithm>
#include <cstring>

namespace admit::http::testing {

std::size_t body_limit(method, std::string_view target) {
    return target.starts_with("/large") ? 1024 * 1024 : 64 * 1024;
}

void wire::give(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::span<char> space = connection.prepare();
        if (space.empty()) return;
        const std::size_t size = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), size);
        connection.commit(size, now);
        bytes.remove_prefix(size);
        hear();
    }
}

void wire::hear() {
    while (const request* what = connection.next(now)) {
        std::string line;
        if (what->refused) {
            line = std::to_string(status(what->refused->code));
            line += ' ';
            line += name(what->refused->code);
        } else {
            line = name(what->method);
            line += ' ';
            line += what->target;
            if (!what->body.empty()) line += ' ';
            line += what->body;
        }
        const std::uint64_t serial = what->serial;
        const bool closes = connection.closes(serial);
        connection.reply(serial) += '[' + line.substr(0, 3) + (closes ? " close]" : "]");
        connection.replied(serial, now);
        lines.push_back(std::move(line));
        if (closes) lines.push_back("(closed)");
    }
}

std::string wire::take() {
    std::string out;
    for (;;) {
        const std::string_view bytes = connection.output(now);
        if (bytes.empty()) return out;
        out += bytes;
        connection.wrote(bytes.size(), now);
    }
}

heard hear(std::string_view first, std::string_view second) {
    wire wire;
    wire.give(first);
    wire.give(second);
    return wire.lines;
}

heard hear_each(std::string_view bytes) {
    wire wire;
    for (char byte : bytes)
        wire.give({&byte, 1});
    return wire.lines;
}

std::string post(std::string_view target, std::string_view body, std::string_view fields) {
    std::string out = "POST ";
    out += target;
    out += " HTTP/1.1\r\nHost: localhost\r\n";
    out += fields;
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    out += body;
    return out;
}

std::string get(std::string_view target, std::string_view fields) {
    std::string out = "GET ";
    out += target;
    out += " HTTP/1.1\r\nHost: localhost\r\n";
    out += fields;
    out += "\r\n";
    return out;
}

}  // namespace admit::http::testing
