// Holding a lease: until when it may be believed, when to renew it, and when its holder has to be
// told that it is over. Sans-IO: the shell asks for the next step, does it, and tells what came.
#pragma once

#include "client/policy/advice.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace admit::client {

/// Until when a lease may be believed, by the contract's formula: clocks may differ by a
/// thousandth, and `margin` is what the holder needs to act on its last check.
instant lease_deadline(instant sent_at, std::int64_t waited_ms, std::int64_t ttl_ms,
                       span margin) noexcept;

struct tenure_settings {
    /// Subtracted from each deadline.
    span margin = 100ms;
    /// How long the holder needs between being told and having stopped. At most a third of the
    /// lease's time is kept for it, so that a short lease can still be renewed.
    span reserve{0};
};

/// One lease from its grant to its loss.
///
/// Call `next(now)` and do what it says: after `renew` exactly one of `renewed` and `failed`, after
/// `wait` nothing. Ask again after each, and whenever time has passed. `lost` is final.
class tenure {
public:
    /// Send a renewal; take no answer for a failure at `answer_by`.
    struct renew {
        instant answer_by;
    };
    struct wait {
        instant until;
    };
    /// The lease is gone, or it could not be renewed in time: `deadline()` is near.
    struct lost {
        failure why;
    };
    using step = std::variant<renew, wait, lost>;

    /// `sent_at`: when the acquire that got the lease was sent; `now`: when its answer came.
    tenure(const acquired& lease, instant sent_at, instant now, tenure_settings settings,
           std::uint64_t seed);

    step next(instant now);
    void renewed(const renewed_lease&, instant sent_at, instant now);
    void failed(const failure&, instant now);

    /// From here on the server may have given the slots to somebody else.
    instant deadline() const noexcept { return deadline_; }
    /// When the holder is told to stop if no renewal succeeds before.
    instant stop_at() const noexcept { return stop_at_; }

    /// The server said that it is over, whatever the time.
    bool is_gone() const noexcept { return gone_; }

    /// Whether a renewal that is sent for others anyway may take this lease along: half of the way
    /// to its own is behind it.
    bool may_join(instant now) const noexcept;
    /// When a renewal that is sent now counts as failed.
    instant attempt_until(instant now) const noexcept;

private:
    void held_until(instant deadline, instant now);
    void renew_in(span delay, instant now) noexcept;

    tenure_settings settings_;
    backoff backoff_;
    instant deadline_;
    instant stop_at_;
    instant renew_at_;
    instant join_from_;
    bool gone_ = false;               ///< the server said so
    bool renewable_ = true;           ///< false: the server will not renew it, but it still lives
    std::optional<failure> trouble_;  ///< of the last renewal
};

/// When to KILL a command that was sent TERM at `now`: after its grace, but before the server may
/// give its slots away, and at once where that is already so.
instant kill_at(instant now, instant deadline, span grace) noexcept;

}  // namespace admit::client
