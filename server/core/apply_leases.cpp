#include "server/core/apply.hpp"

#include <algorithm>

namespace admit::core {
namespace {

event_kind kind_of(ending how) {
    switch (how) {
        case ending::expired:
        case ending::not_started: return event_kind::expired;
        case ending::evicted: return event_kind::evicted;
        case ending::unclaimed:
        case ending::abandoned: return event_kind::taken_back;
        default: return event_kind::released;
    }
}

void count(pool_stats& stats, ending how) {
    switch (kind_of(how)) {
        case event_kind::expired: ++stats.expired; break;
        case event_kind::evicted: ++stats.evicted; break;
        case event_kind::released: ++stats.released; break;
        default: break;
    }
}

/// Exponential smoothing with weight 1/8, as TCP does with round-trip times (RFC 6298).
void smooth(std::int64_t& average_us, duration sample) {
    const std::int64_t us = std::max<std::int64_t>(
        1, std::chrono::duration_cast<std::chrono::microseconds>(sample).count());
    average_us = average_us == 0 ? us : average_us + (us - average_us) / 8;
}

}  // namespace

void applier::operator()(const granted& r) {
    duration waited{};
    if (const auto found = s.place_of_waiter(r.ticket); found != s.waiters.end()) {
        waited = at - found->second.since;
        unlink(found->second);
        s.waiters.erase(found);
    }
    lease& l = add_lease(r.token, r.who);
    pool& p = *l.in;
    l.ttl_ms = r.who->ttl_ms;
    l.keep_ms = r.keep_ms;
    l.granted_at = at;
    s.next_token = std::max(s.next_token, r.token + 1);
    s.next_ticket = std::max(s.next_ticket, r.ticket + 1);
    ++p.stats.granted;
    if (r.calls > 0) {
        begin_ttl(l);
        l.handed = r.calls;
    } else {
        wait_for_claim(l, r.take_back);
    }
    mark(l);
    wake(p);
    if (event* e = tell(event_kind::acquired, p, r.who)) {
        e->token = r.token;
        e->waited = waited;
    }
}

void applier::operator()(const claimed& r) {
    lease& l = s.leases.at(r.token);
    take_over(l, r.who);
    begin_ttl(l);
    l.handed = 1;
    l.keep_ms = r.keep_ms;
    mark(l);
    if (event* e = tell(event_kind::claimed, *l.in, l.who))
        e->token = r.token;
}

void applier::operator()(const unclaimed& r) {
    lease& l = s.leases.at(r.token);
    l.handed = 0;
    const std::int64_t claim_ms = std::min(l.keep_ms, l.in->settings.claim_ms);
    wait_for_claim(l, at + from_ms(claim_ms));
    mark(l);
    if (event* e = tell(event_kind::unclaimed, *l.in, l.who))
        e->token = r.token;
}

void applier::operator()(const handed& r) {
    lease& l = s.leases.at(r.token);
    take_over(l, r.who);
    ++l.handed;
    l.keep_ms = r.keep_ms;
    if (r.kept) mark(l);
}

void applier::operator()(const undelivered& r) { --s.leases.at(r.token).handed; }

void applier::operator()(const renewed& r) {
    lease& l = s.leases.at(r.token);
    l.confirmed = true;
    l.end = at + from_ms(l.ttl_ms);
    s.deadlines.set(l.due, std::min(l.end, l.start_by));
}

void applier::operator()(const confirmed& r) {
    lease& l = s.leases.at(r.token);
    const bool was_busy = l.state == lease_state::busy;
    if (l.state == lease_state::unclaimed) begin_ttl(l);
    l.confirmed = true;
    become(l, lease_state::busy);
    l.start_by = instant::max();
    l.ttl_ms = r.ttl_ms;
    l.end = at + from_ms(l.ttl_ms);
    s.deadlines.set(l.due, l.end);
    mark(l);
    if (was_busy)
        return;
    if (event* e = tell(event_kind::busy, *l.in, l.who))
        e->token = r.token;
}

void applier::operator()(const ended& r) {
    lease& l = s.leases.at(r.token);
    pool& p = *l.in;
    const admission_ref who = l.who;
    const duration held = l.state == lease_state::unclaimed ? duration{} : at - l.since;
    become(l, lease_state::acquired);  // which nobody counts
    s.deadlines.clear(l.due);
    p.active -= who->slots;
    p.leases.erase(l.place);
    l.by->leases.erase(l);
    tidy(*l.by);
    unmark(l);
    remember(l, r.how, held);
    s.leases.erase(l);
    count(p.stats, r.how);
    if (is_release(r.how))
        smooth(p.avg_held_us, held);
    wake(p);
    if (event* e = tell(kind_of(r.how), p, who)) {
        e->token = r.token;
        e->how = r.how;
        e->held = held;
    }
}

// --- What is remembered

void applier::operator()(const id_cancelled& r) {
    auto who = std::make_shared<admission>();
    who->request_id = r.request_id;
    bind_id(who, id_entry::kind::cancelled, 0);
    s.cancelled_order.push_back({std::move(who), at});
    if (s.cancelled_order.size() > s.conf.ended_max)
        forget_id();
}

void applier::operator()(const forgotten& r) {
    for (std::int64_t i = 0; i < r.leases; ++i)
        forget_lease();
    for (std::int64_t i = 0; i < r.ids; ++i)
        forget_id();
}

// --- Parts

void applier::begin_ttl(lease& l) {
    become(l, l.who->start ? lease_state::busy : lease_state::acquired);
    l.since = at;
    l.end = at + from_ms(l.ttl_ms);
    const std::int64_t start_ms = l.in->settings.start_within_ms;
    const bool must_start = l.state == lease_state::acquired && start_ms > 0;
    l.start_by = must_start ? at + from_ms(start_ms) : instant::max();
    s.deadlines.set(l.due, std::min(l.end, l.start_by));
}

void applier::take_over(lease& l, const admission_ref& who) {
    if (who == nullptr) return;
    l.who = who;
    l.id = &bind_id(who, id_entry::kind::live, l.token);
}

void applier::become(lease& l, lease_state next) {
    if (l.state == next) return;
    const auto count = [&l](int by) {
        if (l.state == lease_state::unclaimed) l.in->unclaimed += by;
        if (l.state == lease_state::busy)
            l.by->busy += static_cast<std::size_t>(by);
    };
    count(-1);
    l.state = next;
    count(1);
}

void applier::wait_for_claim(lease& l, instant until) {
    become(l, lease_state::unclaimed);
    l.end = until;
    l.start_by = instant::max();
    s.deadlines.set(l.due, until);
}

bool applier::is_id_remembered(ending how, const admission& who) noexcept {
    // An abandoned grant had no effect that anybody saw; its id may be used again.
    return how != ending::abandoned && (who.by_client || how == ending::cancelled);
}

void applier::remember(lease& l, ending how, duration held) {
    if (is_id_remembered(how, *l.who))
        l.id->what = id_entry::kind::ended;
    else
        s.ids.erase(*l.id);
    add_ended({l.token, std::move(l.who), how, l.in->uid, at, held});
    if (s.ended_leases.size() > s.conf.ended_max)
        forget_lease();
}

/// Drops the id only where it still stands for this admission: a journal without the volatile
/// `forgotten` may have seen the id used again.
void applier::forget_id_of(const admission_ref& who) {
    id_entry* found = s.ids.find(who->request_id);
    if (found != nullptr && found->who == who && found->what >= id_entry::kind::ended)
        s.ids.erase(*found);
}

void applier::forget_lease() {
    ended_lease& over = *s.ended_order.first();
    if (is_id_remembered(over.how, *over.who)) forget_id_of(over.who);
    pool_history& history = s.histories.at(over.pool_uid);
    history.ended.erase(over);
    if (history.ended.empty()) s.histories.erase(history);
    s.ended_order.erase(over);
    s.ended_leases.erase(over);
}

void applier::forget_id() {
    forget_id_of(s.cancelled_order.front().who);
    s.cancelled_order.pop_front();
}

// --- Into the tables

lease& applier::add_lease(admit::token token, const admission_ref& who) {
    lease& l = s.leases[token];
    l.token = token;
    l.who = who;
    l.in = &s.pool_at(who->pool);
    l.place = l.in->leases.emplace_hint(l.in->leases.end(), token, &l);
    l.in->active += who->slots;
    l.id = &bind_id(who, id_entry::kind::live, token);
    l.by = &s.workers[who->worker];
    l.by->leases.push_back(l);
    l.due.kind = due_kind::lease;
    l.due.id = token;
    return l;
}

void applier::add_ended(const ended_image& i) {
    ended_lease& e = s.ended_leases[i.token];
    e.token = i.token;
    e.who = i.who;
    e.how = i.how;
    e.pool_uid = i.pool_uid;
    e.at = i.at;
    e.held = i.held;
    s.ended_order.push_back(e);
    s.histories[i.pool_uid].ended.push_back(e);
}

}  // namespace admit::core
