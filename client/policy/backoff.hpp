// How long to stay away from a server that did not answer: longer each time, never in step with
// others. Pure: its chance comes from a seed.
#pragma once

#include "client/policy/time.hpp"

#include <cstdint>

namespace admit::client {

/// Doubling delays with jitter: the n-th is between half of and the whole `first`·2^n, at most
/// `longest`.
class backoff {
public:
    static constexpr span first = 100ms;
    static constexpr span longest = 5s;

    explicit backoff(std::uint64_t seed) noexcept : random_(seed) {}

    /// The delay before the next attempt.
    span next() noexcept;
    /// After a success: the next delay is a short one again.
    void reset() noexcept { ceiling_ = first; }

    /// `whole`, less up to `percent` of it by chance.
    span shortened(span whole, int percent) noexcept;

private:
    std::uint64_t word() noexcept;

    std::uint64_t random_;
    span ceiling_ = first;
};

}  // namespace admit::client
