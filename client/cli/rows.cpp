#include "client/cli/rows.hpp"

#include "client/run/duration.hpp"

#include <chrono>

namespace admit::client {
namespace {

std::string number(std::int64_t value) { return std::to_string(value); }
std::string number(std::uint64_t value) { return std::to_string(value); }
std::string unless_zero(std::int64_t value) { return value == 0 ? "" : number(value); }
std::string spelled_unless_zero(std::int64_t ms) { return ms == 0 ? "" : spelled(ms); }

colour of(pool_mode mode) { return mode == pool_mode::open ? colour::plain : colour::yellow; }

colour of(const pool_view& p) {
    if (p.active == 0) return colour::plain;
    return p.active < p.settings.limit ? colour::green : colour::red;
}

colour of(lease_state state) { return state == lease_state::busy ? colour::green : colour::yellow; }

}  // namespace

std::string spelled(std::int64_t ms) { return spell_duration(std::chrono::milliseconds{ms}); }

std::string text_of(const labels& all) {
    std::string out;
    for (const auto& [key, value] : all)
        out.append(out.empty() ? "" : " ").append(key).append("=").append(value);
    return out;
}

table table_of(const std::vector<pool_view>& pools) {
    table out{{"POOL", "LIMIT", "ACTIVE", "WAITING", "UNCLAIMED", "OLDEST WAIT", "MODE", "NOTE"}};
    for (const pool_view& p : pools)
        out.add({{p.pool},
                 {number(p.settings.limit)},
                 {number(p.active), of(p)},
                 {number(p.waiting)},
                 {unless_zero(p.unclaimed)},
                 {spelled_unless_zero(p.stats.oldest_wait_ms)},
                 {std::string{name(p.settings.mode)}, of(p.settings.mode)},
                 {p.settings.note}});
    return out;
}

table table_of(const std::vector<lease_row>& leases) {
    table out{{"TOKEN", "POOL", "WORKER", "SLOTS", "STATE", "AGE", "TIME LEFT", "LABELS"}};
    for (const lease_row& l : leases)
        out.add({{number(l.token)},
                 {l.pool},
                 {l.worker},
                 {number(l.slots)},
                 {std::string{name(l.state)}, of(l.state)},
                 {spelled(l.age_ms)},
                 {spelled(l.ttl_ms)},
                 {text_of(l.labels)}});
    return out;
}

table table_of(const std::vector<waiter_row>& waiters) {
    table out{{"TICKET", "POOL", "PLACE", "WORKER", "SLOTS", "AGE", "ESTIMATE", "CALL", "REASON",
               "LABELS"}};
    for (const waiter_row& w : waiters)
        out.add({{number(w.ticket)},
                 {w.pool},
                 {number(w.position)},
                 {w.worker},
                 {number(w.slots)},
                 {spelled(w.age_ms)},
                 {spelled_unless_zero(w.estimate_ms)},
                 {w.attached ? "" : "away", colour::yellow},
                 {w.reason},
                 {text_of(w.labels)}});
    return out;
}

table table_of(const std::vector<ended_row>& ended) {
    table out{{"TOKEN", "POOL", "WORKER", "SLOTS", "OUTCOME", "HELD", "ENDED", "LABELS"}};
    for (const ended_row& e : ended)
        out.add({{number(e.token)},
                 {e.pool},
                 {e.worker},
                 {number(e.slots)},
                 {e.how ? std::string{name(*e.how)} : "other",
                  e.how == ending::ok ? colour::plain : colour::yellow},
                 {spelled(e.held_ms)},
                 {spelled(e.age_ms) + " ago"},
                 {text_of(e.labels)}});
    return out;
}

std::vector<line> lines_of(const pool_view& p) {
    table out{{"POOL", p.pool}};
    const pool_settings& s = p.settings;
    const auto add = [&out](const char* what, std::string value, colour how = colour::plain) {
        out.add({{what}, {std::move(value), how}});
    };
    add("limit", number(s.limit));
    add("active", number(p.active), of(p));
    add("waiting", number(p.waiting));
    add("unclaimed", number(p.unclaimed));
    if (p.over_limit_by != 0) add("over limit by", number(p.over_limit_by), colour::yellow);
    add("mode", std::string{name(s.mode)}, of(s.mode));
    if (!s.note.empty()) add("note", s.note);
    add("default_ttl", spelled(s.default_ttl_ms));
    add("max_ttl", spelled(s.max_ttl_ms));
    add("max_waiters", number(s.max_waiters));
    add("max_wait", spelled(s.max_wait_ms));
    add("claim", spelled(s.claim_ms));
    add("start_within", s.start_within_ms == 0 ? "off" : spelled(s.start_within_ms));
    for (const auto& [key, value] : s.labels)
        add(("label." + key).c_str(), value);
    add("set by", std::string{name(p.source)} + ", version " + number(p.version));
    add("granted", number(p.stats.granted));
    add("rejected", number(p.stats.rejected));
    add("released", number(p.stats.released));
    add("expired", number(p.stats.expired));
    add("evicted", number(p.stats.evicted));
    add("held on average", spelled(p.stats.avg_held_ms));
    if (p.stats.oldest_wait_ms != 0) add("oldest wait", spelled(p.stats.oldest_wait_ms));
    return out.lines();
}

}  // namespace admit::client
