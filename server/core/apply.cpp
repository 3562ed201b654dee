// What each record does to the state. No decision is made here, and nothing can fail: a record says
// what has happened.
#include "server/core/state.hpp"

#include <algorithm>
#include <cassert>

namespace admit::core {

struct state::applier {
    state& s;
    const instant at;
    std::vector<event>* const events;

    // --- Waiters and calls

    void operator()(const queued& r) {
        const auto [found, is_new] = s.waiters.try_emplace(r.ticket);
        waiter& w = found->second;
        w.keep_ms = r.keep_ms;
        w.kept = w.kept || r.kept;
        if (is_new) {
            w.who = r.who;
            w.in = &s.pools.find(r.who->pool)->second;
            w.since = at;
            w.place.rank = r.ticket;
            w.place.slots = r.who->slots;
            w.place_end.kind = due_kind::place;
            w.place_end.id = r.ticket;
            w.in->line.insert(w.place);
            s.next_ticket = std::max(s.next_ticket, r.ticket + 1);
            worker(r.who->worker).waiters.insert(r.ticket);
            bind_id(r.who, id_entry::kind::waiting, r.ticket);
            tell(event_kind::queued, *w.in, r.who);
        }
        if (w.calls.empty())
            start_keeping(w);
    }

    void operator()(const attached& r) {
        waiter& w = s.waiters.at(r.ticket);
        call& c = s.calls[r.call];
        c.at = &w;
        c.arrived = at;
        c.wait_end.kind = due_kind::call;
        c.wait_end.id = r.call;
        s.deadlines.set(c.wait_end, r.until);
        w.calls.push_back(r.call);
        s.deadlines.clear(w.place_end);
    }

    void operator()(const detached& r) {
        waiter& w = *s.calls.at(r.call).at;
        std::erase(w.calls, r.call);
        end_call(r.call);
        if (w.calls.empty())
            start_keeping(w);
    }

    void operator()(const left& r) {
        const auto found = s.waiters.find(r.ticket);
        if (found == s.waiters.end())
            return;
        waiter& w = found->second;
        const admission_ref who = w.who;
        pool& p = *w.in;
        const duration waited = at - w.since;
        unlink(w);
        s.ids.erase(who->request_id);
        s.waiters.erase(found);
        wake(p);
        if (event* e = tell(event_kind::left, p, who)) {
            e->why = r.why;
            e->waited = waited;
        }
    }

    // --- Leases

    void operator()(const granted& r) {
        duration waited{};
        if (const auto found = s.waiters.find(r.ticket); found != s.waiters.end()) {
            waited = at - found->second.since;
            unlink(found->second);
            s.waiters.erase(found);
        }
        pool& p = s.pools.find(r.who->pool)->second;
        lease& l = s.leases[r.token];
        l.token = r.token;
        l.who = r.who;
        l.in = &p;
        l.ttl_ms = r.who->ttl_ms;
        l.keep_ms = r.keep_ms;
        l.granted_at = at;
        l.due.kind = due_kind::lease;
        l.due.id = r.token;
        s.next_token = std::max(s.next_token, r.token + 1);
        s.next_ticket = std::max(s.next_ticket, r.ticket + 1);
        p.active += r.who->slots;
        p.leases.emplace_hint(p.leases.end(), r.token, &l);
        ++p.stats.granted;
        worker(r.who->worker).leases.insert(r.token);
        bind_id(r.who, id_entry::kind::live, r.token);
        if (r.calls > 0) {
            begin_ttl(l);
            l.handed = r.calls;
        } else {
            wait_for_claim(l, r.take_back);
        }
        wake(p);
        if (event* e = tell(event_kind::acquired, p, r.who)) {
            e->token = r.token;
            e->waited = waited;
        }
    }

    void operator()(const claimed& r) {
        lease& l = s.leases.at(r.token);
        --l.in->unclaimed;
        begin_ttl(l);
        l.handed = 1;
    }

    void operator()(const unclaimed& r) {
        lease& l = s.leases.at(r.token);
        l.handed = 0;
        const std::int64_t claim_ms = std::min(l.keep_ms, l.in->settings.claim_ms);
        wait_for_claim(l, at + from_ms(claim_ms));
    }

    void operator()(const handed& r) { ++s.leases.at(r.token).handed; }
    void operator()(const undelivered& r) { --s.leases.at(r.token).handed; }

    void operator()(const renewed& r) {
        lease& l = s.leases.at(r.token);
        l.confirmed = true;
        l.end = at + from_ms(l.ttl_ms);
        s.deadlines.set(l.due, std::min(l.end, l.start_by));
    }

    void operator()(const confirmed& r) {
        lease& l = s.leases.at(r.token);
        const bool was_busy = l.state == lease_state::busy;
        if (l.state == lease_state::unclaimed) {
            --l.in->unclaimed;
            begin_ttl(l);
        }
        l.confirmed = true;
        l.state = lease_state::busy;
        l.start_by = instant::max();
        l.ttl_ms = r.ttl_ms;
        l.end = at + from_ms(l.ttl_ms);
        s.deadlines.set(l.due, l.end);
        if (was_busy)
            return;
        if (event* e = tell(event_kind::busy, *l.in, l.who))
            e->token = r.token;
    }

    void operator()(const ended& r) {
        const auto found = s.leases.find(r.token);
        assert(found != s.leases.end());
        lease& l = found->second;
        pool& p = *l.in;
        const admission_ref who = l.who;
        const duration held = l.state == lease_state::unclaimed ? duration{} : at - l.since;
        if (l.state == lease_state::unclaimed)
            --p.unclaimed;
        s.deadlines.clear(l.due);
        p.active -= who->slots;
        p.leases.erase(r.token);
        leave_worker(who->worker, [&](worker_entry& w) { w.leases.erase(r.token); });
        s.leases.erase(found);
        remember(r, who, p, held);
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

    void operator()(const id_cancelled& r) {
        auto who = std::make_shared<admission>();
        who->request_id = r.request_id;
        bind_id(who, id_entry::kind::cancelled, 0);
        s.cancelled_order.push_back({std::move(who), at});
        if (s.cancelled_order.size() > s.conf.ended_max)
            forget_id();
    }

    void operator()(const forgotten& r) {
        for (std::int64_t i = 0; i < r.leases; ++i)
            forget_lease();
        for (std::int64_t i = 0; i < r.ids; ++i)
            forget_id();
    }

    // --- Pools

    void operator()(const refused& r) {
        pool& p = s.pools.find(r.pool)->second;
        ++p.stats.rejected;
        if (event* e = tell(event_kind::rejected, p, nullptr))
            e->code = r.code;
    }

    void operator()(const pool_set& r) {
        const auto [found, is_new] = s.pools.try_emplace(r.pool);
        pool& p = found->second;
        if (is_new) {
            p.name = r.pool;
            p.uid = s.next_uid++;
        }
        if (p.settings.limit != r.settings.limit)
            p.held_at_change = p.active;
        p.settings = r.settings;
        p.source = r.source;
        p.version = r.version;
        s.next_version = std::max(s.next_version, r.version + 1);
        wake(p);
        tell(event_kind::pool_changed, p, nullptr);
    }

    void operator()(const pool_deleted& r) {
        const auto found = s.pools.find(r.pool);
        pool& p = found->second;
        assert(p.leases.empty() && p.line.empty());
        tell(event_kind::pool_deleted, p, nullptr);
        std::erase(s.awake, &p);
        s.pools.erase(found);
    }

    // --- Parts

    event* tell(event_kind kind, const pool& p, admission_ref who) {
        if (events == nullptr)
            return nullptr;
        event& e = events->emplace_back();
        e.kind = kind;
        e.pool = p.name;
        e.who = std::move(who);
        e.limit = p.settings.limit;
        e.active = p.active;
        e.waiting = static_cast<std::int64_t>(p.line.size());
        e.unclaimed = p.unclaimed;
        return &e;
    }

    static event_kind kind_of(ending how) {
        switch (how) {
            case ending::expired:
            case ending::not_started: return event_kind::expired;
            case ending::evicted: return event_kind::evicted;
            case ending::unclaimed:
            case ending::abandoned: return event_kind::taken_back;
            default: return event_kind::released;
        }
    }

    static void count(pool_stats& stats, ending how) {
        switch (kind_of(how)) {
            case event_kind::expired: ++stats.expired; break;
            case event_kind::evicted: ++stats.evicted; break;
            case event_kind::released: ++stats.released; break;
            default: break;
        }
    }

    /// Exponential smoothing with weight 1/8, as TCP does with round-trip times (RFC 6298).
    static void smooth(std::int64_t& average_us, duration sample) {
        const std::int64_t us = std::max<std::int64_t>(
            1, std::chrono::duration_cast<std::chrono::microseconds>(sample).count());
        average_us = average_us == 0 ? us : average_us + (us - average_us) / 8;
    }

    void wake(pool& p) {
        if (p.awake || p.line.empty())
            return;
        p.awake = true;
        s.awake.push_back(&p);
    }

    void start_keeping(waiter& w) {
        if (w.keep_ms > 0)
            s.deadlines.set(w.place_end, at + from_ms(w.keep_ms));
        else
            s.deadlines.clear(w.place_end);
    }

    void end_call(call_id id) {
        const auto found = s.calls.find(id);
        s.deadlines.clear(found->second.wait_end);
        s.calls.erase(found);
    }

    /// Takes a waiter out of everything that knows it but its id and the table of waiters.
    void unlink(waiter& w) {
        for (const call_id id : w.calls)
            end_call(id);
        s.deadlines.clear(w.place_end);
        w.in->line.erase(w.place);
        leave_worker(w.who->worker, [&](worker_entry& e) { e.waiters.erase(w.ticket()); });
    }

    void begin_ttl(lease& l) {
        l.state = l.who->start ? lease_state::busy : lease_state::acquired;
        l.since = at;
        l.end = at + from_ms(l.ttl_ms);
        const std::int64_t start_ms = l.in->settings.start_within_ms;
        const bool must_start = l.state == lease_state::acquired && start_ms > 0;
        l.start_by = must_start ? at + from_ms(start_ms) : instant::max();
        s.deadlines.set(l.due, std::min(l.end, l.start_by));
    }

    void wait_for_claim(lease& l, instant until) {
        l.state = lease_state::unclaimed;
        ++l.in->unclaimed;
        l.end = until;
        l.start_by = instant::max();
        s.deadlines.set(l.due, until);
    }

    worker_entry& worker(const std::string& name) { return s.workers[name]; }

    template <class Function>
    void leave_worker(const std::string& name, Function leave) {
        const auto found = s.workers.find(name);
        leave(found->second);
        if (found->second.leases.empty() && found->second.waiters.empty())
            s.workers.erase(found);
    }

    /// The id's key points into the admission, so a new admission means a new key.
    void bind_id(const admission_ref& who, id_entry::kind what, std::uint64_t number) {
        const auto found = s.ids.find(who->request_id);
        if (found != s.ids.end() && found->second.who == who) {
            found->second.what = what;
            found->second.number = number;
            return;
        }
        if (found != s.ids.end())
            s.ids.erase(found);
        s.ids.emplace(who->request_id, id_entry{what, number, who});
    }

    void remember(const ended& r, const admission_ref& who, const pool& p, duration held) {
        // An abandoned grant had no effect that anybody saw; its id may be used again.
        if (r.how != ending::abandoned && (who->by_client || r.how == ending::cancelled))
            bind_id(who, id_entry::kind::ended, r.token);
        else
            s.ids.erase(who->request_id);
        s.ended_leases.insert_or_assign(r.token, ended_lease{who, r.how, p.uid, at, held});
        s.ended_order.push_back(r.token);
        s.history.emplace(p.uid, r.token);
        if (s.ended_order.size() > s.conf.ended_max)
            forget_lease();
    }

    /// Drops the id only where it still stands for this admission: a journal without the volatile
    /// `forgotten` may have seen the id used again.
    void forget_id_of(const admission_ref& who) {
        const auto found = s.ids.find(who->request_id);
        if (found != s.ids.end() && found->second.who == who &&
            found->second.what >= id_entry::kind::ended)
            s.ids.erase(found);
    }

    void forget_lease() {
        const auto found = s.ended_leases.find(s.ended_order.front());
        s.ended_order.pop_front();
        forget_id_of(found->second.who);
        s.history.erase({found->second.pool_uid, found->first});
        s.ended_leases.erase(found);
    }

    void forget_id() {
        forget_id_of(s.cancelled_order.front().who);
        s.cancelled_order.pop_front();
    }
};

void state::apply(const record& r, instant at, std::vector<event>* events) {
    std::visit(applier{*this, at, events}, r);
}

}  // namespace admit::core
