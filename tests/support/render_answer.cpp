#include "tests/support/render.hpp"
#include "tests/support/text.hpp"

namespace admit::test {
namespace {

/// "db 1/2" with the slots and the floor where there are any.
void add_share(text& line, const pool_share& share) {
    line.word(share.pool);
    if (share.slots != 0) line.count("slots", share.slots);
    line.pair("active", std::to_string(share.active) + "/" + std::to_string(share.limit));
    if (share.floor != 0) line.id("floor", share.floor);
}

std::string to_line(const nobody&) { return "nobody"; }
std::string to_line(const done&) { return "done"; }

std::string to_line(const problem& p) {
    text line(std::to_string(status(p.code)));
    line.word(name(p.code));
    if (!p.field.empty()) line.pair("field", p.field);
    for (const pool_share& share : p.pools)
        add_share(line, share);
    if (p.retry_after_ms != 0) line.ms("retry_after", p.retry_after_ms);
    return line.pair("detail", p.detail).str();
}

std::string to_line(const acquired& a) {
    text line("acquired");
    line.number(a.token).pair("id", a.request_id).pair("worker", a.worker);
    add_share(line, a.pool);
    return line.ms("ttl", a.ttl_ms).ms("renew_in", a.renew_in_ms).ms("waited", a.waited_ms).str();
}

std::string to_line(const queued& q) {
    text line("queued");
    line.id("ticket", q.ticket).pair("id", q.request_id);
    line.pair("position", std::to_string(q.position) + "/" + std::to_string(q.waiting));
    return line.ms("estimate", q.estimate_ms).pair("reason", q.reason).str();
}

std::string to_line(const renewed& r) {
    text line("renewed");
    line.flag("many", !r.single);
    for (const renewed_lease& lease : r.leases) {
        line.number(lease.token).word(name(lease.status));
        if (lease.status != lease_status::renewed) continue;
        line.ms("ttl", lease.ttl_ms).ms("renew_in", lease.renew_in_ms).id("floor", lease.floor);
    }
    return line.str();
}

std::string to_line(const released& r) {
    text line("released");
    line.flag("many", !r.single);
    for (const released_lease& lease : r.leases) {
        line.number(lease.token).word(name(lease.status));
        if (lease.status != lease_status::released) continue;
        line.ms("held", lease.held_ms);
        add_share(line, lease.pool);
    }
    return line.str();
}

std::string to_line(const cancelled& c) {
    return c.token == 0 ? "cancelled" : "released " + std::to_string(c.token);
}

std::string to_line(const checked& c) {
    text line("checked");
    return line.word(c.pool)
        .number(c.token)
        .word(c.live ? "live" : "dead")
        .id("floor", c.floor)
        .str();
}

std::string pool_line(const pool_view& p) {
    text line(p.pool);
    line.id("version", p.version).pair("source", name(p.source));
    line.pair("active", std::to_string(p.active) + "/" + std::to_string(p.settings.limit));
    line.count_of("waiting", p.waiting).count_of("unclaimed", p.unclaimed);
    line.count_of("over_limit_by", p.over_limit_by);
    const pool_settings usual;
    const pool_settings& s = p.settings;
    if (s.mode != usual.mode) line.pair("mode", name(s.mode));
    if (!s.note.empty()) line.pair("note", s.note);
    if (s.default_ttl_ms != usual.default_ttl_ms) line.ms("default_ttl", s.default_ttl_ms);
    if (s.max_ttl_ms != usual.max_ttl_ms) line.ms("max_ttl", s.max_ttl_ms);
    if (s.max_waiters != usual.max_waiters) line.count("max_waiters", s.max_waiters);
    if (s.max_wait_ms != usual.max_wait_ms) line.ms("max_wait", s.max_wait_ms);
    if (s.claim_ms != usual.claim_ms) line.ms("claim", s.claim_ms);
    if (s.start_within_ms != 0) line.ms("start_within", s.start_within_ms);
    line.labels(s.labels);
    const pool_stats& n = p.stats;
    line.count_of("granted", n.granted).count_of("rejected", n.rejected);
    line.count_of("released", n.released).count_of("expired", n.expired);
    line.count_of("evicted", n.evicted);
    if (n.avg_held_ms != 0) line.ms("avg_held", n.avg_held_ms);
    if (n.oldest_wait_ms != 0) line.ms("oldest_wait", n.oldest_wait_ms);
    return line.str();
}

std::string lease_line(const lease_row& row) {
    text line(std::to_string(row.token));
    line.word(row.pool).pair("worker", row.worker);
    if (row.slots != 1) line.count("slots", row.slots);
    return line.word(name(row.state))
        .ms("age", row.age_ms)
        .ms("ttl", row.ttl_ms)
        .labels(row.labels)
        .str();
}

std::string waiter_line(const waiter_row& row) {
    text line(std::to_string(row.ticket));
    line.word(row.pool).pair("worker", row.worker);
    if (row.slots != 1) line.count("slots", row.slots);
    line.count("position", row.position).ms("age", row.age_ms).ms("estimate", row.estimate_ms);
    return line.word(row.attached ? "attached" : "kept")
        .labels(row.labels)
        .pair("reason", row.reason)
        .str();
}

std::string ended_line(const ended_row& row) {
    text line(std::to_string(row.token));
    line.word(row.pool).pair("worker", row.worker);
    if (row.slots != 1) line.count("slots", row.slots);
    return line.word(row.how ? name(*row.how) : "unknown")
        .ms("held", row.held_ms)
        .ms("age", row.age_ms)
        .labels(row.labels)
        .str();
}

template <class Row, class Line>
std::string page(std::string_view what, const std::vector<Row>& rows, const std::string& next,
                 Line line_of) {
    text head{std::to_string(rows.size())};
    head.word(what);
    if (!next.empty()) head.pair("next", next);
    std::string result = head.str();
    for (const Row& row : rows)
        result.append("\n  ").append(line_of(row));
    return result;
}

std::string next_text(std::uint64_t next) { return next == 0 ? "" : std::to_string(next); }

std::string to_line(const pool_answer& p) {
    return (p.created ? "created " : "pool ") + pool_line(p.pool);
}
std::string to_line(const pools_page& p) { return page("pools", p.pools, p.next, pool_line); }
std::string to_line(const leases_page& p) {
    return page("leases", p.leases, next_text(p.next), lease_line);
}
std::string to_line(const waiters_page& p) {
    return page("waiters", p.waiters, next_text(p.next), waiter_line);
}
std::string to_line(const history_page& p) {
    return page("ended", p.ended, next_text(p.next), ended_line);
}
std::string to_line(const worker_view& w) {
    std::string result = "worker " + quoted(w.worker) + " is " + w.state;
    for (const lease_row& row : w.leases)
        result.append("\n  lease ").append(lease_line(row));
    for (const waiter_row& row : w.waits)
        result.append("\n  waits ").append(waiter_line(row));
    return result;
}
std::string to_line(const evicted_count& e) { return "evicted " + std::to_string(e.evicted); }

}  // namespace

std::string render(const answer& a) {
    return std::visit([](const auto& x) { return to_line(x); }, a);
}

}  // namespace admit::test
