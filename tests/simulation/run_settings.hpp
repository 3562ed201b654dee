// How long a randomized run is, and where it begins.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace admit::test {

/// ADMIT_SEED: a number, or "random"; printed by each run, so that a failure can be repeated.
inline std::uint64_t seed_of_run() {
    const char* const text = std::getenv("ADMIT_SEED");
    if (text == nullptr) return 20'250'101;
    if (std::string_view(text) == "random") {
        return static_cast<std::uint64_t>(
            std::chrono::system_clock::now().time_since_epoch().count());
    }
    return std::strtoull(text, nullptr, 10);
}

/// ADMIT_STEPS: commands in all.
inline std::int64_t steps_of_run() {
    const char* const text = std::getenv("ADMIT_STEPS");
    return text == nullptr ? 200'000 : std::strtoll(text, nullptr, 10);
}

}  // namespace admit::test
