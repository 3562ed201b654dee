// The core's only notion of time: instants of the lease clock, which are arguments. There is no
// way to ask for the current one; the engine knows it (server/engine/lease_clock.hpp).
#pragma once

#include <chrono>
#include <cstdint>

namespace admit::core {

using duration = std::chrono::nanoseconds;

/// The clock that leases live by: never goes back, and stands still while the server does.
struct lease_clock {
    using duration = core::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<lease_clock>;
    static constexpr bool is_steady = true;
};
using instant = lease_clock::time_point;

constexpr duration from_ms(std::int64_t ms) { return std::chrono::milliseconds(ms); }

/// Whole milliseconds, rounded down: what is left of a lease is never overstated.
constexpr std::int64_t to_ms(duration d) {
    return std::chrono::floor<std::chrono::milliseconds>(d).count();
}

}  // namespace admit::core
