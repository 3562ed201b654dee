#include "client/run/notice.hpp"

#include "client/run/duration.hpp"
#include "client/run/printable.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace admit::client {
namespace {

void write_error(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
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
    if (place.estimate_ms > 0)
        line += ", about " + spell_duration(std::chrono::milliseconds{place.estimate_ms});
    write_error(line);
    shown_ = true;
}

void line_notice::clear() {
    if (shown_) write_error("\r\x1b[K");
    shown_ = false;
}

}  // namespace admit::client
