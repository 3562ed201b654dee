// What the contract says to do after a failure: its column "retry", as a function.
#pragma once

#include "client/policy/backoff.hpp"
#include "client/result.hpp"

#include <optional>

namespace admit::client {

enum class advice : std::uint8_t {
    repeat,  ///< the same call with the same request id: whatever it did, it did once
    later,   ///< not admitted: ask again after the hint, if still wanted
    never,   ///< the answer will not change
};

advice advise(const failure&) noexcept;

/// How long the server asked to be left alone; 0 where it did not say.
span hint(const failure&) noexcept;

/// When to repeat one call that did not bring an answer. Every call of the contract may be repeated
/// without doing harm, so the only question is for how long.
class retry {
public:
    /// No attempt begins with less than this left: it would only hide what the one before has said.
    static constexpr span attempt_min = 200ms;

    /// No attempt goes on after `give_up_at`.
    retry(instant give_up_at, std::uint64_t seed) noexcept
        : give_up_at_(give_up_at), backoff_(seed) {}

    /// When to send it again; nothing where the failure stands.
    std::optional<instant> again_at(const failure&, instant now) noexcept;

    instant give_up_at() const noexcept { return give_up_at_; }

private:
    instant give_up_at_;
    backoff backoff_;
};

}  // namespace admit::client
