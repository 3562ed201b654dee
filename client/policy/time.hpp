// The instants and spans that the client's policies reason with. Instants count from the boot of
// the machine and go on while it sleeps (CLOCK_BOOTTIME), so that a laptop that was closed knows
// that its lease is over. A policy is told the time; it never asks.
#pragma once

#include "proto/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace admit::client {

/// Names the clock in the type of its instants. It has no now(): that is client/async/boot_timer.
struct boot_time {
    using duration = std::chrono::microseconds;
};

using instant = std::chrono::time_point<boot_time>;
using span = boot_time::duration;

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// What the wire means by `ms`, kept within the contract's range whatever a server says.
inline span from_ms(std::int64_t ms) noexcept {
    return std::chrono::milliseconds{std::clamp<std::int64_t>(ms, 0, limits::duration_ms_max)};
}

/// What a caller asks for, as far as an instant can be told: a span that means "for ever" must not
/// overflow.
inline span bounded(std::chrono::milliseconds asked) noexcept {
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24 * 365 * 100};
    return std::clamp(asked, -longest, longest);
}

/// Whole milliseconds for the wire, rounded down, kept within the contract's range.
inline std::int64_t to_ms(span s) noexcept {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(s).count();
    return std::clamp<std::int64_t>(ms, 0, limits::duration_ms_max);
}

}  // namespace admit::client
