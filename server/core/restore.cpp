// What each image adds to a state: what all the records together did that made it so.
#include "server/core/apply.hpp"

#include <utility>

namespace admit::core {

void state::restore(const image& i) { std::visit(applier{*this, newest, nullptr}, i); }

void applier::operator()(const counters_image& i) {
    s.next_token = i.next_token;
    s.next_ticket = i.next_ticket;
    s.next_version = i.next_version;
    s.next_uid = i.next_uid;
    s.newest = i.at;
    // The pool that a new state is born with is in the images, unless it was made again since.
    for (auto& [name, p] : s.pools)
        unmark(p);
    for (const auto& [name, p] : s.pools)
        s.pool_places.erase(name);
    s.pools.clear();
}

void applier::operator()(const pool_image& i) {
    pool& p = add_pool(i.pool);
    p.uid = i.uid;
    p.settings = i.settings;
    p.source = i.source;
    p.version = i.version;
    p.held_at_change = i.held_at_change;
    p.stats = i.stats;
    p.avg_held_us = i.avg_held_us;
    mark(p);
}

void applier::operator()(const lease_image& i) {
    lease& l = add_lease(i.token, i.who);
    l.ttl_ms = i.ttl_ms;
    l.keep_ms = i.keep_ms;
    l.granted_at = i.granted_at;
    l.since = i.since;
    // When it ends is said when recovery ends; only whether it has to start is a fact until then.
    l.start_by = i.must_start ? i.since : instant::max();
    // Somebody was told of it, who may be there still.
    l.handed = i.state == lease_state::unclaimed ? 0 : 1;
    become(l, i.state);
    mark(l);
}

void applier::operator()(const waiter_image& i) {
    waiter& w = s.waiters[i.ticket];
    add_waiter(w, i.ticket, i.who);
    w.keep_ms = i.keep_ms;
    w.kept = true;
    w.since = i.since;
    mark(w);
}

void applier::operator()(const ended_image& i) {
    if (is_id_remembered(i.how, *i.who) && !is_id_alive(i.who->request_id))
        bind_id(i.who, id_entry::kind::ended, i.token);
    add_ended(i);
}

void applier::operator()(const cancelled_image& i) {
    auto who = std::make_shared<admission>();
    who->request_id = i.request_id;
    if (!is_id_newer(i.request_id, i.at)) bind_id(who, id_entry::kind::cancelled, 0);
    s.cancelled_order.push_back({std::move(who), i.at});
}

/// Whether somebody waits or holds under the id. A core that never saw what was forgotten may have
/// seen the id used again.
bool applier::is_id_alive(const std::string& id) const {
    const id_entry* found = s.ids.find(std::string_view(id));
    return found != nullptr && found->what <= id_entry::kind::live;
}

/// Whether the id has come to stand for something else since `then`.
bool applier::is_id_newer(const std::string& id, instant then) const {
    const id_entry* found = s.ids.find(std::string_view(id));
    if (found == nullptr || found->what == id_entry::kind::cancelled) return false;
    return found->what <= id_entry::kind::live || s.ended_leases.at(found->number).at > then;
}

}  // namespace admit::core
