#include "client/run/notice.hpp"

#include <unistd.h>

#include <cstdio>

namespace admit::client {
namespace {

void write_error(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

/// What the server says may hold anything; a terminal is not to obey it.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return out;
}

}  // namespace

void complain(std::string_view text) { write_error("admit: " + printable(text) + "\n"); }

bool line_notice::watched() noexcept { return ::isatty(STDERR_FILENO) == 1; }

void line_notice::show(std::string_view pool, const queued& place) {
    if (!watched()) return;
    std::string line = "\r\x1b[Kadmit: waiting for " + printable(pool) + ", " +
                       std::to_string(place.position) + " of " + std::to_string(place.waiting) +
                       " in line";
    if (!place.reason.empty()) line += " (" + printable(place.reason) + ")";
    write_error(line);
    shown_ = true;
}

void line_notice::clear() {
    if (shown_) write_error("\r\x1b[K");
    shown_ = false;
}

}  // namespace admit::client
