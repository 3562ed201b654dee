// The clock that leases live by: pure arithmetic over instants that it is given. It follows the
// monotonic clock while the server is seen to live, and stands still while it is not, so that a
// stall can only lengthen leases.
#pragma once

#include "server/core/time.hpp"

#include <chrono>

namespace admit::engine {

/// Nanoseconds throughout: nothing is rounded, so nothing can make a lease shorter.
/// Not thread-safe.
class lease_clock {
public:
    /// Goes on from `at` (the newest instant in the journal); `monotonic` is the monotonic instant
    /// that corresponds to it.
    void start(std::chrono::nanoseconds monotonic, core::instant at) noexcept;

    /// Follows the monotonic clock to `monotonic`, but
    ///  - never to more than `limits::lead_max` after `alive`, the newest monotonic instant at
    ///    which everything that leases depend on was known to work, and
    ///  - by `limits::lead_max` at most: ticks come more often than that, so a longer step means
    ///    that the whole process stood still, whatever was seen alive before this call.
    /// What is not followed now never is. Returns whether something was left out (a *clamped*
    /// step).
    bool advance(std::chrono::nanoseconds monotonic, std::chrono::nanoseconds alive) noexcept;

    core::instant now() const noexcept { return now_; }
    /// The monotonic instant of the newest step.
    std::chrono::nanoseconds monotonic() const noexcept { return monotonic_; }
    /// By how much all leases have been lengthened since `start`.
    std::chrono::nanoseconds lost() const noexcept { return lost_; }

private:
    core::instant now_{};
    std::chrono::nanoseconds monotonic_{};
    std::chrono::nanoseconds lost_{};
};

}  // namespace admit::engine
