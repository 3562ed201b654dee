#include "server/telemetry/histogram.hpp"

#include <prometheus/client_metric.h>

#include <algorithm>
#include <limits>

namespace admit::telemetry {

void histogram::observe(std::chrono::nanoseconds took) noexcept {
    const auto* const bound =
        std::find_if(bounds_ms.begin(), bounds_ms.end(), [took](std::int64_t bound_ms) {
            return took <= std::chrono::milliseconds(bound_ms);
        });
    const auto bucket = static_cast<std::size_t>(bound - bounds_ms.begin());
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_s_.fetch_add(std::chrono::duration<double>(took).count(), std::memory_order_relaxed);
}

bool histogram::is_empty() const noexcept {
    return std::all_of(counts_.begin(), counts_.end(), [](const std::atomic<std::uint64_t>& n) {
        return n.load(std::memory_order_relaxed) == 0;
    });
}

void histogram::collect(prometheus::ClientMetric& out) const {
    std::uint64_t count = 0;
    out.histogram.bucket.reserve(counts_.size());
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        count += counts_[i].load(std::memory_order_relaxed);
        const double bound_s = i < bounds_ms.size() ? static_cast<double>(bounds_ms[i]) / 1000
                                                    : std::numeric_limits<double>::infinity();
        prometheus::ClientMetric::Bucket bucket;
        bucket.cumulative_count = count;
        bucket.upper_bound = bound_s;
        out.histogram.bucket.push_back(bucket);
    }
    out.histogram.sample_count = count;
    out.histogram.sample_sum = sum_s_.load(std::memory_order_relaxed);
}

}  // namespace admit::telemetry
