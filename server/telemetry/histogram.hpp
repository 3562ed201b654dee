// A histogram of durations that one thread or many may fill while another reads it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace prometheus {
struct ClientMetric;
}

namespace admit::telemetry {

/// Counts durations in fixed buckets from 1 ms to 2 h. Any thread; never blocks.
class histogram {
public:
    /// Upper bounds in milliseconds, inclusive; what is longer goes into one more bucket. Few and
    /// far apart on purpose: a thousand pools have two histograms each.
    static constexpr std::array<std::int64_t, 11> bounds_ms{1,    5,      20,     100,       500,
                                                            2000, 10'000, 60'000, 5 * 60'000,
                                                            30 * 60'000,  120 * 60'000};

    void observe(std::chrono::nanoseconds took) noexcept;

    bool is_empty() const noexcept;

    /// Writes buckets, count and sum (in seconds) as of about now; the count is that of the
    /// buckets.
    void collect(prometheus::ClientMetric& out) const;

private:
    std::array<std::atomic<std::uint64_t>, bounds_ms.size() + 1> counts_{};
    std::atomic<double> sum_s_{0};  ///< an integer of nanoseconds would overflow within days
};

}  // namespace admit::telemetry
