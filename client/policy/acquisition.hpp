// Getting a lease: one admission from the first request to the answer, over lost connections and
// restarts of the server, with the place in line kept in between and nothing left behind at the
// end. Sans-IO: the shell asks for the next step, does it, and tells what came.
#pragma once

#include "client/policy/advice.hpp"
#include "proto/codec.hpp"
#include "proto/requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace admit::client {

struct acquisition_plan {
    /// What is asked for. It has a `request_id`; its `wait_ms` and `keep_ms` are not looked at.
    acquire_request request;
    /// How long to stand in line altogether: 0 is a single try, nothing is without limit.
    std::optional<span> wait = span{0};
    /// Ask for the position before standing in line, because somebody watches.
    bool announce = false;
    /// The request id was made up for this admission alone, so another one does as well.
    bool may_rename = false;

    /// The longest wait of one call: below what proxies and firewalls forget.
    span slice = 50s;
    /// How long the place in line outlives a broken connection.
    span keep = 10s;
    /// What an answer may take beyond the wait that was asked for.
    span answer_slack = 5s;
    /// How long a server that was never reached is tried; a single try is never tried longer.
    span reach_first = 3s;
    /// How long a server that was reached, and gives no answer since, is tried.
    span reach_again = 30s;
    /// How long leaving the line may take.
    span leave = 2s;
};

/// An admission with what its deadline is computed from.
struct held_lease {
    admitted grant;
    instant sent_at;      ///< when the call that got it was sent
    instant answered_at;  ///< when its answer came
};

/// Call `next(now)` and do what it says: after `ask` exactly one of `queued`, `granted` and
/// `failed`, after `leave` exactly one of `left` and `leave_failed`, after `pause` nothing. `over`
/// is final.
class acquisition {
public:
    /// Send this acquire; take no answer for a failure at `answer_by`.
    struct ask {
        acquire_request request;
        instant answer_by;
    };
    struct pause {
        instant until;
    };
    /// Send a cancel of this request id.
    struct leave {
        std::string request_id;
        instant answer_by;
    };
    struct over {
        result<held_lease> outcome;
    };
    using step = std::variant<ask, pause, leave, over>;

    acquisition(acquisition_plan plan, instant now, std::uint64_t seed);

    step next(instant now);

    void queued(const admit::queued&, instant now);
    void granted(const admitted&, instant sent_at, instant now);
    void failed(const failure&, instant now);
    void left() noexcept;
    void leave_failed(const failure&, instant now);

    /// The caller wants it no more. A call that is on its way should be broken off; its failure is
    /// told as always. Said again while leaving: that is not waited for either.
    void give_up(instant now);

    /// Where it stood when the server last said so.
    const std::optional<admit::queued>& place() const noexcept { return place_; }

private:
    enum class phase : std::uint8_t { asking, leaving, over };

    step next_ask(instant now);
    void refused(const failure&, instant now);
    void rename();
    bool silent_too_long() const noexcept;
    void end(result<held_lease> outcome);
    void leave_with(failure why, instant now);
    failure out_of_time() const;
    bool waits() const noexcept { return !plan_.wait || *plan_.wait > span{0}; }

    acquisition_plan plan_;
    backoff backoff_;
    phase phase_ = phase::asking;
    std::optional<instant> wait_until_;
    std::optional<instant> silent_since_;  ///< the first failure after the last answer
    instant resume_at_;                    ///< no step before this instant
    instant asked_at_;
    span asked_wait_{0};
    instant leave_until_;
    bool asked_ = false;
    bool asking_ = false;     ///< an `ask` is on its way
    bool reached_ = false;    ///< the server has seen a call of ours
    bool unwanted_ = false;   ///< `give_up` was called
    bool may_stand_ = false;  ///< the server may hold a place or a lease for us
    int renamed_ = 0;
    std::string first_id_;
    std::optional<admit::queued> place_;
    std::optional<failure> refusal_;  ///< the last "not admitted, try later"
    result<held_lease> outcome_;
};

}  // namespace admit::client
