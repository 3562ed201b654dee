#include "bench/load/histogram.hpp"

#include <bit>
#include <cmath>

namespace admit::bench {

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
    if (value < per_doubling) return static_cast<std::size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - digits;
    // The leading digit is always one: it counts the doubling that comes before.
    return shift * per_doubling + static_cast<std::size_t>(value >> shift);
}

std::uint64_t histogram::end_of(std::size_t bucket) noexcept {
    if (bucket < 2 * per_doubling) return bucket;
    const std::size_t shift = bucket / per_doubling - 1;
    const std::uint64_t first = static_cast<std::uint64_t>(bucket - shift * per_doubling) << shift;
    return first + ((std::uint64_t{1} << shift) - 1);
}

std::uint64_t histogram::at(double share) const noexcept {
    if (total_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen >= wanted && seen > 0) return end_of(bucket);
    }
    return end_of(counts_.size() - 1);
}

}  // namespace admit::bench
