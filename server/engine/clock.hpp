// The one place where the server reads a clock for its decisions.
#pragma once

#include <chrono>

namespace admit::engine {

/// A monotonic clock as a seam: real in the server, moved by hand in tests.
class monotonic_clock {
public:
    /// Since some fixed point; never decreases. Any thread.
    virtual std::chrono::nanoseconds now() const noexcept = 0;

protected:
    ~monotonic_clock() = default;
};

/// CLOCK_MONOTONIC: does not run while the machine sleeps, which can only lengthen leases.
class system_monotonic_clock final : public monotonic_clock {
public:
    std::chrono::nanoseconds now() const noexcept override;
};

}  // namespace admit::engine
