// What the holder of a lease can ask for, and cancel: renew, release, cancel, check.
#include "server/core/decide.hpp"

#include <algorithm>

namespace admit::core {
namespace {

/// What a renewal or release of a lease that is over is told.
lease_status status_of(ending how) {
    switch (how) {
        case ending::ok:
        case ending::dropped:
        case ending::failed:
        case ending::cancelled: return lease_status::already_released;
        case ending::evicted: return lease_status::evicted;
        case ending::expired:
        case ending::not_started:
        case ending::unclaimed:
        case ending::abandoned: return lease_status::expired;
    }
    return lease_status::ended;
}

}  // namespace

void decider::decide(const renew& r) {
    for (const admit::token t : r.tokens) {
        const lease* l = s_.find_lease(t);
        if (l == nullptr || !r.ttl_ms || *r.ttl_ms <= l->ttl_ms)
            continue;
        if (*r.ttl_ms > l->in->settings.max_ttl_ms)
            return answer(problem{.code = errc::bad_request,
                                  .detail = "ttl_ms is at most " +
                                            std::to_string(l->in->settings.max_ttl_ms) +
                                            " in pool " + l->in->name,
                                  .field = "ttl_ms",
                                  .pools = {}});
    }
    admit::renewed out{.leases = {}, .single = r.single};
    out.leases.reserve(r.tokens.size());
    for (const admit::token t : r.tokens) {
        renewed_lease& told = out.leases.emplace_back();
        told.token = t;
        if (const lease* l = s_.find_lease(t)) {
            const std::int64_t ttl_ms = std::max(l->ttl_ms, r.ttl_ms.value_or(0));
            if (l->state == lease_state::busy && ttl_ms == l->ttl_ms)
                commit(renewed{t});
            else
                commit(confirmed{t, ttl_ms});
            told.status = lease_status::renewed;
            told.ttl_ms = ttl_ms;
            told.renew_in_ms = renew_in_ms(*l, ttl_ms);
            told.floor = s_.floor(*l->in);
        } else if (const ended_lease* e = s_.find_ended(t)) {
            const lease_status was = status_of(e->how);
            told.status = was == lease_status::already_released ? lease_status::released : was;
        }
    }
    answer(std::move(out));
}

void decider::decide(const release& r) {
    admit::released out{.leases = {}, .single = r.single};
    out.leases.reserve(r.tokens.size());
    for (const admit::token t : r.tokens) {
        released_lease& told = out.leases.emplace_back();
        told.token = t;
        if (const lease* l = s_.find_lease(t)) {
            const pool& p = *l->in;
            told.held_ms = l->state == lease_state::unclaimed ? 0 : to_ms(now_ - l->since);
            commit(ended{t, ending_of(r.outcome)});
            told.status = lease_status::released;
            told.pool = share(p, 0, false);
        } else if (const ended_lease* e = s_.find_ended(t)) {
            told.status = status_of(e->how);
        } else if (t != 0) {
            told.status = lease_status::ended;
        }
    }
    answer(std::move(out));
}

void decider::decide(const cancel& c) {
    const id_entry* known = s_.find_id(c.request_id);
    if (known == nullptr) {
        commit(id_cancelled{c.request_id});
        return answer(admit::cancelled{});
    }
    switch (known->what) {
        case id_entry::kind::cancelled: return answer(admit::cancelled{});
        case id_entry::kind::waiting: {
            dismiss(*s_.find_waiter(known->number), leave_reason::cancelled,
                    problem{.code = errc::cancelled,
                            .detail = "This request was cancelled by its request id",
                            .field = {},
                            .pools = {}});
            commit(id_cancelled{c.request_id});
            return answer(admit::cancelled{});
        }
        case id_entry::kind::live: {
            const lease& l = *s_.find_lease(known->number);
            const admit::token token = l.token;
            const bool unclaimed = l.state == lease_state::unclaimed;
            commit(ended{token, ending::cancelled});
            if (unclaimed)
                commit(id_cancelled{c.request_id});
            return answer(admit::cancelled{unclaimed ? 0 : token});
        }
        case id_entry::kind::ended: break;
    }
    const ended_lease& over = *s_.find_ended(known->number);
    switch (status_of(over.how)) {
        case lease_status::already_released:
            return answer(admit::cancelled{known->number});
        case lease_status::evicted:
            return answer(problem{.code = errc::lease_evicted,
                                  .detail = "The lease of this request id was evicted",
                                  .field = {},
                                  .pools = {}});
        default: break;
    }
    if (over.how == ending::unclaimed)
        return answer(admit::cancelled{});
    answer(problem{.code = errc::lease_expired,
                   .detail = "The lease of this request id expired",
                   .field = {},
                   .pools = {}});
}

void decider::decide(const check& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    const lease* l = s_.find_lease(c.token);
    answer(checked{p->name, c.token, l != nullptr && l->in == p, s_.floor(*p)});
}

}  // namespace admit::core
