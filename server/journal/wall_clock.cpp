#include "server/journal/wall_clock.hpp"

#include <chrono>
#include <ctime>

namespace admit::journal {

std::int64_t wall_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string wall_text(std::int64_t ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    char text[40] = "";
    if (gmtime_r(&seconds, &parts) != nullptr)
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

}  // namespace admit::journal
