// The state as text, for tests that compare and for people who look.
#include "server/core/state.hpp"

#include <string>

namespace admit::core {
namespace {

std::string number(std::int64_t n) { return std::to_string(n); }

std::string time(instant at) { return number(to_ms(at.time_since_epoch())); }

std::string describe(const admission& who) {
    std::string out = " worker=" + who.worker + " slots=" + number(who.slots) +
                      " id=" + who.request_id + (who.by_client ? "" : "(ours)") +
                      " ttl=" + number(who.ttl_ms) + (who.start ? " start" : "");
    for (const auto& [key, value] : who.labels)
        out += " " + key + ":" + value;
    return out;
}

std::string describe(const pool& p, bool durable_only) {
    std::string out = "pool " + p.name + " v" + number(static_cast<std::int64_t>(p.version)) +
                      " source=" + std::string(name(p.source)) +
                      " limit=" + number(p.settings.limit) +
                      " mode=" + std::string(name(p.settings.mode)) +
                      " active=" + number(p.active) + " unclaimed=" + number(p.unclaimed) +
                      " granted=" + number(p.stats.granted) +
                      " ended=" + number(p.stats.released) + "/" + number(p.stats.expired) + "/" +
                      number(p.stats.evicted) + " held_us=" + number(p.avg_held_us);
    if (!durable_only)
        out += " waiting=" + number(static_cast<std::int64_t>(p.line.size())) +
               " rejected=" + number(p.stats.rejected);
    return out + "\n";
}

std::string describe(const lease& l, bool durable_only) {
    std::string out = "lease " + number(static_cast<std::int64_t>(l.token)) + " " + l.in->name +
                      " " + std::string(name(l.state)) + " ttl=" + number(l.ttl_ms) +
                      " keep=" + number(l.keep_ms) + " granted=" + time(l.granted_at);
    if (!durable_only)
        out += " end=" + time(l.end) + " handed=" + number(l.handed) +
               (l.confirmed ? " confirmed" : "");
    return out + describe(*l.who) + "\n";
}

std::string describe(const waiter& w, bool durable_only) {
    std::string out = "waiter " + number(static_cast<std::int64_t>(w.ticket())) + " " +
                      w.in->name + " keep=" + number(w.keep_ms);
    if (!durable_only)
        out += " since=" + time(w.since) + " calls=" + number(static_cast<std::int64_t>(
                                                          w.calls.size()));
    return out + describe(*w.who) + "\n";
}

}  // namespace

std::string core::describe(bool durable_only) const {
    const state& s = *state_;
    std::string out = "next token=" + std::to_string(s.next_token);
    if (!durable_only)
        out += " ticket=" + std::to_string(s.next_ticket);
    out += "\n";
    for (const auto& [name, p] : s.pools) {
        out += admit::core::describe(p, durable_only);
        for (const auto& [token, l] : p.leases)
            out += admit::core::describe(*l, durable_only);
    }
    for (const auto& [ticket, w] : s.waiters) {
        if (w.keep_ms > 0 || !durable_only)
            out += admit::core::describe(w, durable_only);
    }
    for (const ended_lease* e = s.ended_order.first(); e != nullptr; e = s.ended_order.after(*e))
        out += "ended " + std::to_string(e->token) + " " + std::string(name(e->how)) +
               " at=" + time(e->at) + " id=" + e->who->request_id + "\n";
    for (const auto& id : s.cancelled_order)
        out += "cancelled " + id.who->request_id + " at=" + time(id.at) + "\n";
    return out;
}

}  // namespace admit::core
