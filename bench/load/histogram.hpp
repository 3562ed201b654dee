// Latencies as counts: buckets that grow with their values, so that any number of samples takes the
// same memory and recording one touches a single word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace admit::bench {

class histogram {
public:
    /// Any value, in the caller's unit.
    void record(std::uint64_t value, std::uint64_t times = 1) noexcept {
        counts_[bucket_of(value)] += times;
        total_ += times;
    }

    std::uint64_t total() const noexcept { return total_; }

    /// The smallest value that at least this share (0 to 1) of the samples does not exceed, less
    /// than 1/128 above the exact one. 0 without samples.
    std::uint64_t at(double share) const noexcept;

private:
    /// Values below 2^7 have a bucket each; every doubling from there on has 2^7 buckets.
    static constexpr unsigned digits = 7;
    static constexpr std::size_t per_doubling = std::size_t{1} << digits;

    static std::size_t bucket_of(std::uint64_t value) noexcept;
    /// The largest value of a bucket.
    static std::uint64_t end_of(std::size_t bucket) noexcept;

    std::array<std::uint64_t, (65 - digits) * per_doubling> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace admit::bench
