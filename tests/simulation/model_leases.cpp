// The model's leases: renew, release, cancel, check, evict.
#include "tests/simulation/model.hpp"

#include <algorithm>
#include <utility>

namespace admit::test {

using core::from_ms;
using core::to_ms;

held_lease& model::give(const admission_asked& who, std::int64_t keep_ms) {
    held_lease lease;
    lease.token = next_token_++;
    lease.who = who;
    lease.keep_ms = keep_ms;
    lease.state = lease_state::unclaimed;
    lease.ttl_ms = who.ttl_ms;
    lease.granted = now_;
    ++find_pool(who.call.pool)->stats.granted;
    leases_.push_back(lease);
    return leases_.back();
}

/// "TTL and start_within_ms start when the answer is handed to an attached call."
void model::begin_ttl(held_lease& lease) {
    const pool_settings& s = find_pool(lease.who.call.pool)->settings;
    lease.state = lease.who.call.start ? lease_state::busy : lease_state::acquired;
    lease.until = now_ + from_ms(lease.ttl_ms);
    if (!lease.first_told) lease.first_told = now_;
    lease.start_by.reset();
    if (!lease.who.call.start && s.start_within_ms > 0) {
        lease.start_by = now_ + from_ms(s.start_within_ms);
    }
}

/// Enough free slots and nobody before you, again and again.
void model::settle(std::string_view pool_name) {
    const pool_model* pool = find_pool(pool_name);
    while (pool != nullptr && pool->settings.mode == pool_mode::open) {
        const auto head = std::find_if(places_.begin(), places_.end(), [&](const place& p) {
            return p.who.call.pool == pool->name;
        });
        if (head == places_.end()) return;
        if (active(pool->name) + head->who.call.slots > pool->settings.limit) return;
        const place p = *head;
        places_.erase(head);
        held_lease& lease = give(p.who, p.keep_ms);
        lease.told = static_cast<std::int64_t>(p.calls.size());
        if (p.calls.empty()) {
            lease.until = std::min(p.kept_until, now_ + from_ms(pool->settings.claim_ms));
            continue;
        }
        begin_ttl(lease);
        for (const waiting_call& waiting : p.calls) {
            answer(waiting.call, acquired_answer(lease, now_ - waiting.arrived));
        }
    }
}

/// "min(ttl/3, start_within/2)", both of what is left: a renewal after that would come too late.
std::int64_t model::renew_in_ms(const held_lease& lease) const {
    const auto left_ms = [this](core::instant until) {
        return std::max<std::int64_t>(to_ms(until - now_), 0);
    };
    const std::int64_t by_ttl_ms = left_ms(lease.until) / 3;
    return lease.start_by ? std::min(by_ttl_ms, left_ms(*lease.start_by) / 2) : by_ttl_ms;
}

acquired model::acquired_answer(const held_lease& lease, core::duration waited) const {
    const pool_model& pool = *find_pool(lease.who.call.pool);
    return {.token = lease.token,
            .request_id = lease.who.call.request_id,
            .worker = lease.who.call.worker,
            .pool = {.pool = pool.name,
                     .slots = lease.who.call.slots,
                     .active = active(pool.name),
                     .limit = pool.settings.limit,
                     .floor = floor(pool.name)},
            .ttl_ms = std::max<std::int64_t>(to_ms(lease.until - now_), 0),
            .renew_in_ms = renew_in_ms(lease),
            .waited_ms = to_ms(waited)};
}

lease_status model::gone_status(admit::token token, bool releasing) const {
    const ended_lease* over = token == 0 ? nullptr : find_ended(token);
    if (over == nullptr) {
        return releasing && token != 0 ? lease_status::ended : lease_status::unknown;
    }
    if (is_release(over->how) || over->how == ending::cancelled) {
        return releasing ? lease_status::already_released : lease_status::released;
    }
    return over->how == ending::evicted ? lease_status::evicted : lease_status::expired;
}

renewed_lease model::renew_one(admit::token token, std::optional<std::int64_t> ttl_ms) {
    held_lease* lease = find_lease(token);
    if (lease == nullptr) return {.token = token, .status = gone_status(token, false)};
    if (ttl_ms) lease->ttl_ms = std::max(lease->ttl_ms, *ttl_ms);
    lease->proven = true;
    lease->state = lease_state::busy;
    lease->start_by.reset();
    lease->until = now_ + from_ms(lease->ttl_ms);
    if (!lease->first_told) lease->first_told = now_;
    return {.token = token,
            .status = lease_status::renewed,
            .ttl_ms = lease->ttl_ms,
            .renew_in_ms = renew_in_ms(*lease),
            .floor = floor(lease->who.call.pool)};
}

void model::decide(const core::renew& c) {
    for (const admit::token token : c.tokens) {
        const held_lease* lease = find_lease(token);
        if (lease == nullptr || !c.ttl_ms || *c.ttl_ms <= lease->ttl_ms) continue;
        if (*c.ttl_ms > find_pool(lease->who.call.pool)->settings.max_ttl_ms) {
            return answer(problem{.code = errc::bad_request, .detail = {}, .field = "ttl_ms"});
        }
    }
    renewed all{.leases = {}, .single = c.single};
    for (const admit::token token : c.tokens)
        all.leases.push_back(renew_one(token, c.ttl_ms));
    answer(all);
}

released_lease model::release_one(admit::token token, outcome how) {
    const held_lease* lease = find_lease(token);
    if (lease == nullptr) return {.token = token, .status = gone_status(token, true), .pool = {}};
    const std::string pool = lease->who.call.pool;
    const core::instant since = lease->first_told.value_or(now_);
    end(token, ending_of(how), lease->who.call.by_client);
    return {
        .token = token,
        .status = lease_status::released,
        .held_ms = to_ms(now_ - since),
        .pool = {.pool = pool, .active = active(pool), .limit = find_pool(pool)->settings.limit}};
}

void model::decide(const core::release& c) {
    released all{.leases = {}, .single = c.single};
    for (const admit::token token : c.tokens)
        all.leases.push_back(release_one(token, c.outcome));
    answer(all);
    // Nobody gets in before the last of them is given back.
    for (const released_lease& one : all.leases)
        settle(one.pool.pool);
}

void model::decide(const core::cancel& c) {
    if (const place* p = find_place(c.request_id)) {
        const core::acquire asked = p->who.call;
        leave(p->ticket, plain(errc::cancelled));
        remember_cancelled(c.request_id);
        settle(asked.pool);
        return answer(admit::cancelled{});
    }
    if (const held_lease* lease = find_lease(c.request_id)) {
        const held_lease was = *lease;
        const bool seen = was.state != lease_state::unclaimed;
        // Whoever made the id, a client has sent it now: it is remembered.
        end(was.token, ending::cancelled, seen);
        if (!seen) remember_cancelled(c.request_id);
        settle(was.who.call.pool);
        return answer(admit::cancelled{seen ? was.token : 0});
    }
    if (const ended_lease* over = find_ended(c.request_id)) {
        switch (over->how) {
            case ending::expired:
            case ending::not_started:
                return answer(plain(errc::lease_expired));
            case ending::evicted:
                return answer(plain(errc::lease_evicted));
            case ending::unclaimed:
                return answer(admit::cancelled{});
            default:
                return answer(admit::cancelled{over->lease.token});
        }
    }
    const bool known = std::any_of(cancelled_.begin(), cancelled_.end(),
                                   [&](const cancelled_id& id) { return id.id == c.request_id; });
    if (!known) remember_cancelled(c.request_id);
    answer(admit::cancelled{});
}

void model::decide(const core::check& c) {
    if (!known_pool(c.pool)) return;
    const held_lease* lease = find_lease(c.token);
    const bool live = lease != nullptr && lease->who.call.pool == c.pool;
    answer(checked{.pool = c.pool, .token = c.token, .live = live, .floor = floor(c.pool)});
}

void model::decide(const core::evict& c) {
    if (!known_pool(c.pool)) return;
    const held_lease* lease = find_lease(c.token);
    if (lease == nullptr || lease->who.call.pool != c.pool) {
        return answer(plain(errc::unknown_lease));
    }
    end(c.token, ending::evicted, lease->who.call.by_client);
    settle(c.pool);
    answer(done{});
}

void model::decide(const core::evict_worker& c) {
    evicted_count n;
    for (const held_lease& lease : std::vector(leases_)) {
        if (lease.who.call.worker != c.worker) continue;
        end(lease.token, ending::evicted, lease.who.call.by_client);
        settle(lease.who.call.pool);
        ++n.evicted;
    }
    answer(n);
}

}  // namespace admit::test
