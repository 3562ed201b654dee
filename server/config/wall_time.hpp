// The time on the wall, for people.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace admit::config {

/// "2025-01-01T12:00:00Z", of milliseconds since 1970; "-" where that is 0: not known.
inline std::string wall_time(std::int64_t ms) {
    if (ms == 0) return "-";
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    char text[40] = "";
    if (gmtime_r(&seconds, &parts) != nullptr)
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

}  // namespace admit::config
