#include "server/core/apply.hpp"

#include <algorithm>
#include <cassert>

namespace admit::core {

void state::apply(const record& r, instant at, std::vector<event>* events) {
    newest = std::max(newest, at);
    std::visit(applier{*this, at, events}, r);
}

// --- Waiters and their calls

void applier::operator()(const queued& r) {
    // A new ticket is the highest so far.
    waiter& w = s.waiters.try_emplace(s.waiters.end(), r.ticket)->second;
    const bool is_new = w.in == nullptr;
    w.keep_ms = r.keep_ms;
    w.kept = w.kept || r.kept;
    if (is_new) {
        add_waiter(w, r.ticket, r.who);
        w.since = at;
        s.next_ticket = std::max(s.next_ticket, r.ticket + 1);
        tell(event_kind::queued, *w.in, r.who);
    } else if (w.who != r.who) {
        w.who = r.who;
        bind_id(r.who, id_entry::kind::waiting, r.ticket);
    }
    if (r.kept) mark(w);
    if (w.calls.empty())
        start_keeping(w);
}

void applier::operator()(const attached& r) {
    waiter& w = s.place_of_waiter(r.ticket)->second;
    call& c = s.calls[r.call];
    c.at = &w;
    c.arrived = at;
    c.wait_end.kind = due_kind::call;
    c.wait_end.id = r.call;
    s.deadlines.set(c.wait_end, r.until);
    w.calls.insert(w.calls.end(), r.call);
    s.deadlines.clear(w.place_end);
}

void applier::operator()(const detached& r) {
    waiter& w = *s.calls.at(r.call).at;
    w.calls.erase(r.call);
    end_call(r.call);
    if (w.calls.empty())
        start_keeping(w);
}

void applier::operator()(const left& r) {
    const auto found = s.place_of_waiter(r.ticket);
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

// --- Pools

void applier::operator()(const refused& r) {
    pool& p = s.pool_at(r.pool);
    ++p.stats.rejected;
    if (event* e = tell(event_kind::rejected, p, nullptr))
        e->code = r.code;
}

void applier::operator()(const pool_set& r) {
    pool& p = add_pool(r.pool);
    if (p.uid == 0) p.uid = s.next_uid++;
    if (p.settings.limit != r.settings.limit)
        p.held_at_change = p.active;
    p.settings = r.settings;
    p.source = r.source;
    p.version = r.version;
    s.next_version = std::max(s.next_version, r.version + 1);
    mark(p);
    wake(p);
    tell(event_kind::pool_changed, p, nullptr);
}

void applier::operator()(const pool_deleted& r) {
    const auto found = s.pools.find(r.pool);
    pool& p = found->second;
    assert(p.leases.empty() && p.line.empty());
    tell(event_kind::pool_deleted, p, nullptr);
    if (p.awake) s.awake.erase(p);
    unmark(p);
    s.pool_places.erase(p.name);
    s.pools.erase(found);
}

void applier::operator()(const raised& r) {
    s.next_token = std::max(s.next_token, r.next_token);
    s.next_ticket = std::max(s.next_ticket, r.next_ticket);
}

// --- Parts

event* applier::tell(event_kind kind, const pool& p, admission_ref who) {
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

void applier::wake(pool& p) {
    if (p.awake || p.line.empty())
        return;
    p.awake = true;
    s.awake.push_back(p);
}

void applier::start_keeping(waiter& w) {
    if (w.keep_ms > 0)
        s.deadlines.set(w.place_end, at + from_ms(w.keep_ms));
    else
        s.deadlines.clear(w.place_end);
}

void applier::end_call(call_id id) {
    s.deadlines.clear(s.calls.at(id).wait_end);
    s.calls.erase(id);
}

/// Takes a waiter out of everything that knows it but its id and the table of waiters.
void applier::unlink(waiter& w) {
    for (const call_id id : w.calls)
        end_call(id);
    s.deadlines.clear(w.place_end);
    w.in->line.erase(w);
    unmark(w);
    w.by->waiters.erase(w);
    tidy(*w.by);
}

/// The id's key points into the admission, so a new admission means a new key.
id_entry& applier::bind_id(const admission_ref& who, id_entry::kind what, std::uint64_t number) {
    id_entry* bound = &s.ids[std::string_view(who->request_id)];
    if (bound->who != nullptr && bound->who != who) {
        s.ids.erase(*bound);
        bound = &s.ids[std::string_view(who->request_id)];
    }
    bound->what = what;
    bound->number = number;
    bound->who = who;
    return *bound;
}

void applier::tidy(worker_entry& w) {
    if (w.leases.empty() && w.waiters.empty()) s.workers.erase(w);
}

// --- Into the tables

/// The one that there is, or one with nothing but its name.
pool& applier::add_pool(const std::string& name) {
    if (const pool_place* const known = s.pool_places.find(name)) return *known->at;
    pool& p = s.pools[name];
    p.name = name;
    s.pool_places[std::string_view(p.name)].at = &p;
    return p;
}

void applier::add_waiter(waiter& w, admit::ticket ticket, const admission_ref& who) {
    w.who = who;
    w.in = &s.pool_at(who->pool);
    w.rank = ticket;
    w.slots = who->slots;
    w.place_end.kind = due_kind::place;
    w.place_end.id = ticket;
    w.in->line.insert(w);
    w.by = &s.workers[who->worker];
    w.by->waiters.push_back(w);
    bind_id(who, id_entry::kind::waiting, ticket);
}

}  // namespace admit::core
