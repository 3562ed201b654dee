// The slow, obvious model of admission, written from the wire contract alone: flat vectors, linear
// scans, everything recomputed. The core has to give the same answers.
#pragma once

#include "server/core/core.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::test {

/// What a step answers, by call. Texts for people are left empty; a `retry_after_ms` of `any_hint`
/// may be anything in range.
using answers = std::map<core::call_id, admit::answer>;
inline constexpr std::int64_t any_hint = -1;

/// The first acquire of an admission, with the pool's default filled in for its TTL.
struct admission_asked {
    core::acquire call;
    std::int64_t ttl_ms = 0;
};

/// A call that waits at a place in line.
struct waiting_call {
    core::call_id call = 0;
    core::instant arrived;
    core::instant until;
};

/// A place in a pool's line.
struct place {
    admit::ticket ticket = 0;
    admission_asked who;
    std::int64_t keep_ms = 0;
    std::vector<waiting_call> calls;
    core::instant since;
    std::optional<core::instant> journaled;  ///< when its place was first asked to be kept
    core::instant kept_until;                ///< holds while `calls` is empty
};

/// A live lease, unclaimed ones included.
struct held_lease {
    admit::token token = 0;
    admission_asked who;
    std::int64_t keep_ms = 0;
    lease_state state = lease_state::acquired;
    std::int64_t ttl_ms = 0;
    core::instant granted;
    std::optional<core::instant> first_told;  ///< when its TTL first began
    core::instant until;                      ///< its TTL's or its claim's end
    std::optional<core::instant> start_by;
    std::int64_t told = 0;  ///< calls that it was handed to
    bool proven = false;    ///< a renewal showed that the client has it

    core::instant due() const { return start_by ? std::min(until, *start_by) : until; }
};

/// A lease that is over and still remembered.
struct ended_lease {
    held_lease lease;
    ending how{};
    core::instant at;
    bool holds_id = false;  ///< its request id is spent
    bool listed = true;     ///< in its pool's history, which goes with the pool
};

struct cancelled_id {
    std::string id;
    core::instant at;
};

struct pool_model {
    std::string name;
    pool_settings settings;
    pool_source source = pool_source::api;
    std::uint64_t version = 0;
    pool_stats stats;
    bool samples = false;  ///< a lease of it has ended, so that waits can be estimated
};

class model {
public:
    explicit model(const core::settings&);

    answers step(const core::command&, core::call_id, core::instant now);
    /// The process ended and a new one has the journal.
    void restart(const core::settings&, core::instant now);
    std::optional<core::instant> next_deadline() const;
    core::core::counts count() const;

    // What there is, for invariants and for whoever makes up commands.
    const std::vector<pool_model>& pools() const { return pools_; }
    const std::vector<place>& places() const { return places_; }
    const std::vector<held_lease>& leases() const { return leases_; }
    const std::vector<ended_lease>& ended() const { return ended_; }
    admit::token next_token() const { return next_token_; }
    admit::ticket next_ticket() const { return next_ticket_; }
    bool draining() const { return draining_; }

private:
    // Commands, one each.
    void decide(const core::acquire&);
    void decide(const core::renew&);
    void decide(const core::release&);
    void decide(const core::cancel&);
    void decide(const core::check&);
    void decide(const core::abandon&);
    void decide(const core::expire&);
    void decide(const core::drain&);
    void decide(const core::set_pool&);
    void decide(const core::delete_pool&);
    void decide(const core::evict&);
    void decide(const core::evict_worker&);
    void decide(const core::drop_waiter&);
    void decide(const core::list_pools&);
    void decide(const core::show_pool&);
    void decide(const core::list_leases&);
    void decide(const core::list_waiters&);
    void decide(const core::list_history&);
    void decide(const core::show_worker&);

    // Acquiring.
    std::optional<problem> refused_at_once(const core::acquire&, const pool_model&) const;
    std::optional<problem> known_id_problem(const core::acquire&, const pool_model&) const;
    std::optional<problem> no_place_problem(const core::acquire&, const pool_model&) const;
    void attach(place&, const core::acquire&);
    void tell_again(held_lease&, const core::acquire&);
    void enqueue(const core::acquire&, std::int64_t ttl_ms);

    // Places and calls.
    place* find_place(std::string_view id);
    place* find_place_of_call(core::call_id);
    std::int64_t waiting(std::string_view pool) const;
    std::int64_t position(const place&) const;
    admit::queued queued_answer(const place&) const;
    /// The place is gone; its calls get `why`, or 202 and 429 texts as the reason says.
    void leave(admit::ticket, const admit::answer& to_calls);
    /// The call no longer waits; `last_one` is its answer when the place goes with it.
    void detach(place&, core::call_id, const admit::answer* living_on,
                const admit::answer& last_one);

    // Leases.
    held_lease* find_lease(std::string_view id);
    held_lease* find_lease(admit::token);
    const ended_lease* find_ended(admit::token) const;
    const ended_lease* find_ended(std::string_view id) const;
    std::int64_t active(std::string_view pool) const;
    std::int64_t unclaimed_count(std::string_view pool) const;
    admit::token floor(std::string_view pool) const;
    held_lease& give(const admission_asked&, std::int64_t keep_ms);
    void begin_ttl(held_lease&);
    void end(admit::token, ending, bool holds_id);
    acquired acquired_answer(const held_lease&, core::duration waited) const;
    std::int64_t renew_in_ms(const held_lease&) const;
    lease_status gone_status(admit::token, bool releasing) const;
    renewed_lease renew_one(admit::token, std::optional<std::int64_t> ttl_ms);
    released_lease release_one(admit::token, outcome);

    // Pools.
    pool_model* find_pool(std::string_view name);
    const pool_model* find_pool(std::string_view name) const;
    void settle(std::string_view pool);
    void apply_change(const pool_model&);
    bool refuse_precondition(const core::precondition&, const pool_model*);
    pool_view view(const pool_model&) const;
    bool known_pool(std::string_view name);
    lease_row row(const held_lease&) const;
    waiter_row row(const place&) const;

    // Time.
    struct due_thing;
    std::optional<due_thing> next_due() const;
    void fall_due(const due_thing&);
    void forget_overdue(core::instant until);
    void remember_cancelled(const core::acquire&);
    void remember_cancelled(const std::string& id);

    // Answers.
    void answer(core::call_id call, admit::answer a) { out_.insert_or_assign(call, std::move(a)); }
    void answer(admit::answer a) { answer(call_, std::move(a)); }
    problem refusal(errc, const pool_model&) const;
    static problem plain(errc code) { return {.code = code}; }

    std::int64_t remember_ms_;
    std::size_t ended_max_;
    std::vector<pool_model> pools_;   ///< by name
    std::vector<place> places_;       ///< by ticket
    std::vector<held_lease> leases_;  ///< by token
    std::vector<ended_lease> ended_;  ///< as they ended
    std::vector<cancelled_id> cancelled_;
    admit::token next_token_;
    admit::ticket next_ticket_;
    std::uint64_t last_version_ = 0;
    bool draining_ = false;

    // Of the step that runs.
    core::instant now_{};
    core::call_id call_ = 0;
    answers out_;
};

}  // namespace admit::test
