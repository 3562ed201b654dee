// The model's acquire, and what calls that wait live through.
#include "tests/simulation/model.hpp"

#include <algorithm>
#include <utility>

namespace admit::test {
namespace {

using core::from_ms;

/// "everything else must be equal (defaults filled in)"
bool same_request(const core::acquire& again, const admission_asked& first,
                  const pool_settings& pool) {
    const core::acquire& f = first.call;
    const bool same_ttl =
        (!again.ttl_ms && !f.ttl_ms) || again.ttl_ms.value_or(pool.default_ttl_ms) == first.ttl_ms;
    return again.pool == f.pool && again.slots == f.slots && again.worker == f.worker && same_ttl &&
           again.start == f.start && again.labels == f.labels;
}

problem bad_field(std::string field) {
    return {.code = errc::bad_request, .detail = {}, .field = std::move(field)};
}

}  // namespace

problem model::refusal(errc code, const pool_model& pool) const {
    const pool_settings& s = pool.settings;
    problem p{.code = code};
    p.pools.push_back({.pool = pool.name, .active = active(pool.name), .limit = s.limit});
    const bool closed = s.mode == pool_mode::paused || s.limit == 0;
    p.retry_after_ms = closed ? 30'000 : pool.samples ? any_hint : 1'000;
    // Api.md calls a pool of limit 0 and a paused one closed, and says nothing of a draining one.
    if (s.mode == pool_mode::draining) p.retry_after_ms = any_hint;
    return p;
}

void model::decide(const core::acquire& c) {
    if (draining_) return answer(plain(errc::shutting_down));
    pool_model* pool = find_pool(c.pool);
    if (pool == nullptr) return answer(plain(errc::unknown_pool));
    if (const auto wrong = known_id_problem(c, *pool)) return answer(*wrong);
    if (place* p = find_place(c.request_id)) return attach(*p, c);
    if (held_lease* lease = find_lease(c.request_id)) return tell_again(*lease, c);
    // What a pool allows is for new requests. A repeat may be older than that.
    if (c.wait_ms > pool->settings.max_wait_ms) return answer(bad_field("wait_ms"));
    if (c.ttl_ms.value_or(0) > pool->settings.max_ttl_ms) return answer(bad_field("ttl_ms"));
    if (const auto no = refused_at_once(c, *pool)) {
        ++pool->stats.rejected;
        return answer(*no);
    }

    const std::int64_t ttl_ms = c.ttl_ms.value_or(pool->settings.default_ttl_ms);
    const bool fits =
        pool->settings.mode == pool_mode::open && active(c.pool) + c.slots <= pool->settings.limit;
    if (fits && waiting(c.pool) == 0) {
        held_lease& lease = give({c, ttl_ms}, c.keep_ms);
        lease.told = 1;
        begin_ttl(lease);
        return answer(acquired_answer(lease, {}));
    }
    if (const auto no = no_place_problem(c, *pool)) {
        ++pool->stats.rejected;
        return answer(*no);
    }
    enqueue(c, ttl_ms);
}

std::optional<problem> model::known_id_problem(const core::acquire& c,
                                               const pool_model& pool) const {
    auto& self = const_cast<model&>(*this);
    const place* p = self.find_place(c.request_id);
    if (p != nullptr && !same_request(c, p->who, pool.settings)) {
        return plain(errc::request_mismatch);
    }
    const held_lease* lease = self.find_lease(c.request_id);
    if (lease != nullptr && !same_request(c, lease->who, pool.settings)) {
        return plain(errc::request_mismatch);
    }
    if (find_ended(c.request_id) != nullptr) return plain(errc::request_ended);
    for (const cancelled_id& id : cancelled_) {
        if (id.id == c.request_id) return plain(errc::cancelled);
    }
    return std::nullopt;
}

std::optional<problem> model::refused_at_once(const core::acquire& c,
                                              const pool_model& pool) const {
    const pool_settings& s = pool.settings;
    if (s.limit != 0 && c.slots > s.limit) return plain(errc::slots_exceed_limit);
    if (s.mode == pool_mode::draining) return refusal(errc::draining, pool);
    return std::nullopt;
}

std::optional<problem> model::no_place_problem(const core::acquire& c,
                                               const pool_model& pool) const {
    if (c.wait_ms == 0 && c.keep_ms == 0) {
        const bool paused = pool.settings.mode == pool_mode::paused;
        return refusal(paused ? errc::paused : errc::pool_full, pool);
    }
    if (waiting(c.pool) >= pool.settings.max_waiters) return refusal(errc::queue_full, pool);
    return std::nullopt;
}

void model::enqueue(const core::acquire& c, std::int64_t ttl_ms) {
    place p;
    p.ticket = next_ticket_++;
    p.who = {c, ttl_ms};
    p.keep_ms = c.keep_ms;
    if (c.keep_ms > 0) p.journaled = now_;
    p.since = now_;
    p.kept_until = now_ + from_ms(c.keep_ms);
    if (c.wait_ms > 0) p.calls.push_back({call_, now_, now_ + from_ms(c.wait_ms)});
    places_.push_back(p);
    if (c.wait_ms == 0) answer(queued_answer(places_.back()));
}

void model::attach(place& p, const core::acquire& c) {
    // Whoever made the id, a client has sent it now: it is remembered.
    if (c.by_client) p.who.call.by_client = true;
    p.keep_ms = c.keep_ms;
    if (c.keep_ms > 0 && !p.journaled) p.journaled = now_;
    const std::int64_t wait_ms =
        std::min(c.wait_ms, find_pool(p.who.call.pool)->settings.max_wait_ms);
    p.calls.push_back({call_, now_, now_ + from_ms(wait_ms)});
    if (wait_ms > 0) return;
    // A call without a wait detaches at once.
    const std::string pool = p.who.call.pool;
    const admit::answer living_on = queued_answer(p);
    detach(p, call_, &living_on, refusal(errc::wait_timeout, *find_pool(pool)));
    settle(pool);
}

void model::tell_again(held_lease& lease, const core::acquire& c) {
    if (c.by_client) lease.who.call.by_client = true;
    lease.keep_ms = c.keep_ms;
    ++lease.told;
    if (lease.state == lease_state::unclaimed) begin_ttl(lease);
    answer(acquired_answer(lease, {}));
}

admit::queued model::queued_answer(const place& p) const {
    return {.request_id = p.who.call.request_id,
            .ticket = p.ticket,
            .position = position(p),
            .waiting = waiting(p.who.call.pool),
            .reason = {}};
}

void model::leave(admit::ticket ticket, const admit::answer& to_calls) {
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [&](const place& p) { return p.ticket == ticket; });
    const place gone = *found;
    places_.erase(found);
    for (const waiting_call& waiting : gone.calls)
        answer(waiting.call, to_calls);
}

void model::detach(place& p, core::call_id call, const admit::answer* living_on,
                   const admit::answer& last_one) {
    if (p.calls.size() == 1 && p.keep_ms == 0) return leave(p.ticket, last_one);
    std::erase_if(p.calls, [&](const waiting_call& waiting) { return waiting.call == call; });
    if (p.calls.empty()) p.kept_until = now_ + from_ms(p.keep_ms);
    answer(call, living_on != nullptr ? *living_on : last_one);
}

void model::decide(const core::abandon& c) {
    if (place* p = find_place_of_call(c.call)) {
        const std::string pool = p->who.call.pool;
        detach(*p, c.call, nullptr, nobody{});
        return settle(pool);
    }
    held_lease* lease = c.granted != 0 ? find_lease(c.granted) : nullptr;
    if (lease == nullptr || lease->proven || lease->state == lease_state::unclaimed) return;
    if (--lease->told > 0) return;
    const pool_model& pool = *find_pool(lease->who.call.pool);
    if (lease->keep_ms == 0) {
        end(lease->token, ending::abandoned, false);
        return settle(pool.name);
    }
    // "An answer that cannot be written counts as never handed over."
    lease->state = lease_state::unclaimed;
    lease->first_told.reset();
    lease->start_by.reset();
    lease->until = now_ + from_ms(std::min(lease->keep_ms, pool.settings.claim_ms));
}

void model::decide(const core::drain&) {
    draining_ = true;
    const admit::answer goodbye = plain(errc::shutting_down);
    for (const place& p : std::vector(places_)) {
        if (p.keep_ms == 0) {
            leave(p.ticket, goodbye);
            continue;
        }
        for (const waiting_call& waiting : p.calls) {
            detach(*find_place(p.who.call.request_id), waiting.call, &goodbye, goodbye);
        }
    }
    for (const pool_model& pool : std::vector(pools_))
        settle(pool.name);
}

}  // namespace admit::test
