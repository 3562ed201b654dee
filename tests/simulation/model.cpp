// The model's bookkeeping: what stands where, what falls due, what is remembered.
#include "tests/simulation/model.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace admit::test {

using core::from_ms;

model::model(const core::settings& s)
    : remember_ms_(s.remember_ms),
      ended_max_(s.ended_max),
      next_token_(s.first_token),
      next_ticket_(s.first_ticket) {
    // "The pool `default` always exists."
    pool_model born;
    born.name = "default";
    born.settings.limit = 4;
    born.source = pool_source::builtin;
    born.version = ++last_version_;
    pools_.push_back(born);
}

answers model::step(const core::command& command, core::call_id call, core::instant now) {
    now_ = now;
    call_ = call;
    out_.clear();
    std::visit([this](const auto& c) { decide(c); }, command);
    return std::move(out_);
}

// --- What there is -------------------------------------------------------------------------------

pool_model* model::find_pool(std::string_view name) {
    for (pool_model& pool : pools_) {
        if (pool.name == name) return &pool;
    }
    return nullptr;
}
const pool_model* model::find_pool(std::string_view name) const {
    return const_cast<model*>(this)->find_pool(name);
}

place* model::find_place(std::string_view id) {
    for (place& p : places_) {
        if (p.who.call.request_id == id) return &p;
    }
    return nullptr;
}

place* model::find_place_of_call(core::call_id call) {
    for (place& p : places_) {
        for (const waiting_call& waiting : p.calls) {
            if (waiting.call == call) return &p;
        }
    }
    return nullptr;
}

held_lease* model::find_lease(std::string_view id) {
    for (held_lease& lease : leases_) {
        if (lease.who.call.request_id == id) return &lease;
    }
    return nullptr;
}

held_lease* model::find_lease(admit::token token) {
    for (held_lease& lease : leases_) {
        if (lease.token == token) return &lease;
    }
    return nullptr;
}

const ended_lease* model::find_ended(admit::token token) const {
    for (const ended_lease& over : ended_) {
        if (over.lease.token == token) return &over;
    }
    return nullptr;
}

const ended_lease* model::find_ended(std::string_view id) const {
    for (const ended_lease& over : ended_) {
        if (over.holds_id && over.lease.who.call.request_id == id) return &over;
    }
    return nullptr;
}

std::int64_t model::active(std::string_view pool) const {
    std::int64_t slots = 0;
    for (const held_lease& lease : leases_) {
        if (lease.who.call.pool == pool) slots += lease.who.call.slots;
    }
    return slots;
}

std::int64_t model::unclaimed_count(std::string_view pool) const {
    return std::count_if(leases_.begin(), leases_.end(), [&](const held_lease& lease) {
        return lease.who.call.pool == pool && lease.state == lease_state::unclaimed;
    });
}

admit::token model::floor(std::string_view pool) const {
    for (const held_lease& lease : leases_) {
        if (lease.who.call.pool == pool) return lease.token;
    }
    return next_token_;
}

std::int64_t model::waiting(std::string_view pool) const {
    return std::count_if(places_.begin(), places_.end(),
                         [&](const place& p) { return p.who.call.pool == pool; });
}

std::int64_t model::position(const place& of) const {
    return std::count_if(places_.begin(), places_.end(), [&](const place& p) {
        return p.who.call.pool == of.who.call.pool && p.ticket <= of.ticket;
    });
}

core::core::counts model::count() const {
    core::core::counts n;
    n.pools = pools_.size();
    n.leases = leases_.size();
    n.waiters = places_.size();
    for (const place& p : places_)
        n.calls += p.calls.size();
    n.ended = ended_.size();
    n.cancelled_ids = cancelled_.size();
    return n;
}

// --- Time ----------------------------------------------------------------------------------------

/// At one instant leases end first, then waits, then places.
struct model::due_thing {
    core::instant at;
    int kind = 0;  ///< 0 lease, 1 call, 2 place
    std::uint64_t id = 0;

    auto key() const { return std::tuple(at, kind, id); }
};

std::optional<model::due_thing> model::next_due() const {
    std::optional<due_thing> first;
    const auto offer = [&](due_thing thing) {
        if (!first || thing.key() < first->key()) first = thing;
    };
    for (const held_lease& lease : leases_)
        offer({lease.due(), 0, lease.token});
    for (const place& p : places_) {
        for (const waiting_call& waiting : p.calls)
            offer({waiting.until, 1, waiting.call});
        if (p.calls.empty()) offer({p.kept_until, 2, p.ticket});
    }
    return first;
}

std::optional<core::instant> model::next_deadline() const {
    std::optional<core::instant> first;
    const auto offer = [&](core::instant at) { first = first ? std::min(*first, at) : at; };
    if (const auto due = next_due()) offer(due->at);
    // What is remembered may be remembered a little longer: it is not worth a deadline of its own.
    const auto offer_forgetting = [&](core::instant over) {
        const core::duration since_start = (over + from_ms(remember_ms_)).time_since_epoch();
        const core::duration tenth = from_ms(100);
        const auto rounded_up = (since_start + tenth - core::duration(1)) / tenth;
        offer(core::instant(rounded_up * tenth));
    };
    for (const ended_lease& over : ended_)
        offer_forgetting(over.at);
    for (const cancelled_id& id : cancelled_)
        offer_forgetting(id.at);
    return first;
}

void model::decide(const core::expire& c) {
    const core::instant until = std::min(c.until, now_);
    while (const auto due = next_due()) {
        if (due->at > until) break;
        fall_due(*due);
    }
    forget_overdue(until);
}

void model::fall_due(const due_thing& due) {
    if (due.kind == 0) {
        const held_lease& lease = *find_lease(due.id);
        const std::string pool = lease.who.call.pool;
        const bool late_start = lease.start_by && *lease.start_by < lease.until;
        ending how = late_start ? ending::not_started : ending::expired;
        if (lease.state == lease_state::unclaimed) how = ending::unclaimed;
        end(lease.token, how, lease.who.call.by_client);
        settle(pool);
    } else if (due.kind == 1) {
        place& p = *find_place_of_call(due.id);
        const std::string pool = p.who.call.pool;
        const admit::answer living_on = queued_answer(p);
        detach(p, due.id, &living_on, refusal(errc::wait_timeout, *find_pool(pool)));
        settle(pool);
    } else {
        const auto p = std::find_if(places_.begin(), places_.end(),
                                    [&](const place& x) { return x.ticket == due.id; });
        const std::string pool = p->who.call.pool;
        leave(due.id, nobody{});
        settle(pool);
    }
}

void model::forget_overdue(core::instant until) {
    std::erase_if(
        ended_, [&](const ended_lease& over) { return over.at + from_ms(remember_ms_) <= until; });
    std::erase_if(cancelled_,
                  [&](const cancelled_id& id) { return id.at + from_ms(remember_ms_) <= until; });
}

void model::remember_cancelled(const core::acquire& call) {
    if (call.by_client) remember_cancelled(call.request_id);
}

void model::remember_cancelled(const std::string& id) {
    cancelled_.push_back({id, now_});
    if (cancelled_.size() > ended_max_) cancelled_.erase(cancelled_.begin());
}

void model::end(admit::token token, ending how, bool holds_id) {
    const auto found = std::find_if(leases_.begin(), leases_.end(),
                                    [&](const held_lease& x) { return x.token == token; });
    pool_model& pool = *find_pool(found->who.call.pool);
    pool.samples = true;
    if (is_release(how) || how == ending::cancelled) ++pool.stats.released;
    if (how == ending::expired || how == ending::not_started) ++pool.stats.expired;
    if (how == ending::evicted) ++pool.stats.evicted;
    ended_.push_back({*found, how, now_, holds_id});
    leases_.erase(found);
    if (ended_.size() > ended_max_) ended_.erase(ended_.begin());
}

void model::restart(const core::settings& s, core::instant now) {
    now_ = now;
    draining_ = false;
    next_token_ = std::max(next_token_, s.first_token);
    next_ticket_ = std::max(next_ticket_, s.first_ticket);
    std::erase_if(places_, [](const place& p) { return p.keep_ms == 0; });
    for (place& p : places_) {
        p.calls.clear();
        p.since = p.journaled.value_or(p.since);
        p.kept_until = now_ + from_ms(p.keep_ms);
    }
    for (held_lease& lease : leases_) {
        const pool_model& pool = *find_pool(lease.who.call.pool);
        if (lease.state == lease_state::unclaimed) {
            lease.until = now_ + from_ms(std::min(lease.keep_ms, pool.settings.claim_ms));
            continue;
        }
        lease.until = now_ + from_ms(lease.ttl_ms);
        if (lease.start_by) lease.start_by = now_ + from_ms(pool.settings.start_within_ms);
    }
    // Refusals are counted only while the process lives.
    for (pool_model& pool : pools_)
        pool.stats.rejected = 0;
    for (const pool_model& pool : std::vector(pools_))
        settle(pool.name);
}

}  // namespace admit::test
