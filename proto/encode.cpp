// The bodies of answers.
#include "proto/codec.hpp"
#include "proto/writer.hpp"

namespace admit {

namespace {

void write_share(json_writer& to, const pool_share& share) {
    to.begin_object();
    to.field("pool", share.pool);
    to.field_unless_0("slots", share.slots);
    to.field("active", share.active);
    to.field("limit", share.limit);
    to.field_unless_0("floor", share.floor);
    to.end_object();
}

/// The contract has room for admissions over several pools.
void write_share_alone(json_writer& to, const pool_share& share) {
    to.begin_array("pools");
    write_share(to, share);
    to.end_array();
}

void write_acquired(json_writer& to, const acquired& what, const handle_maker& handle_of) {
    to.begin_object();
    to.field("status", "acquired");
    to.field("handle", std::string_view(handle_of(what.token)));
    to.field("token", what.token);
    to.field("request_id", what.request_id);
    to.field("worker", what.worker);
    write_share_alone(to, what.pool);
    to.field("ttl_ms", what.ttl_ms);
    to.field("renew_in_ms", what.renew_in_ms);
    to.field("waited_ms", what.waited_ms);
    to.end_object();
}

void write(json_writer& to, const queued& what) {
    to.begin_object();
    to.field("status", "queued");
    to.field("request_id", what.request_id);
    to.field("ticket", what.ticket);
    to.field("position", what.position);
    to.field("waiting", what.waiting);
    to.field("reason", what.reason);
    to.field("estimate_ms", what.estimate_ms);
    to.end_object();
}

void write(json_writer& to, const renewed_lease& lease) {
    to.begin_object();
    to.field_unless_0("token", lease.token);
    to.field("status", name(lease.status));
    if (lease.status == lease_status::renewed) {
        to.field("ttl_ms", lease.ttl_ms);
        to.field("renew_in_ms", lease.renew_in_ms);
        to.field("floor", lease.floor);
    }
    to.end_object();
}

void write(json_writer& to, const released_lease& lease) {
    to.begin_object();
    to.field("status", name(lease.status));
    to.field_unless_0("token", lease.token);
    if (lease.status == lease_status::released) {
        to.field("held_ms", lease.held_ms);
        write_share_alone(to, lease.pool);
    }
    to.end_object();
}

void write_row(json_writer& to, const renewed_lease& lease) { write(to, lease); }

/// Of several the contract says only how each ended.
void write_row(json_writer& to, const released_lease& lease) {
    to.begin_object();
    to.field("status", name(lease.status));
    to.field_unless_0("token", lease.token);
    to.end_object();
}

/// `renewed` and `released`: the one object itself, or the list.
template <class Leases>
void write_leases(json_writer& to, const Leases& what) {
    if (what.single && what.leases.size() == 1) {
        write(to, what.leases.front());
        return;
    }
    to.begin_object();
    to.begin_array("leases");
    for (const auto& lease : what.leases) {
        write_row(to, lease);
    }
    to.end_array();
    to.end_object();
}

void write(json_writer& to, const cancelled& what) {
    to.begin_object();
    to.field("status", what.token == 0 ? "cancelled" : "released");
    to.field_unless_0("token", what.token);
    to.end_object();
}

void write(json_writer& to, const checked& what) {
    to.begin_object();
    to.field("pool", what.pool);
    to.field("token", what.token);
    to.field("live", what.live);
    to.field("floor", what.floor);
    to.end_object();
}

void write_settings(json_writer& to, const pool_settings& settings) {
    to.field("note", settings.note);
    to.field("default_ttl_ms", settings.default_ttl_ms);
    to.field("max_ttl_ms", settings.max_ttl_ms);
    to.field("max_waiters", settings.max_waiters);
    to.field("max_wait_ms", settings.max_wait_ms);
    to.field("claim_ms", settings.claim_ms);
    to.field("start_within_ms", settings.start_within_ms);
    to.field("labels", settings.labels);
}

void write_stats(json_writer& to, const pool_stats& stats) {
    to.begin_object("stats");
    to.field("granted", stats.granted);
    to.field("rejected", stats.rejected);
    to.field("released", stats.released);
    to.field("expired", stats.expired);
    to.field("evicted", stats.evicted);
    to.field("avg_held_ms", stats.avg_held_ms);
    to.field("oldest_wait_ms", stats.oldest_wait_ms);
    to.end_object();
}

void write(json_writer& to, const pool_view& pool) {
    to.begin_object();
    to.field("pool", pool.pool);
    to.field("version", pool.version);
    to.field("source", name(pool.source));
    to.field("limit", pool.settings.limit);
    to.field("active", pool.active);
    to.field("waiting", pool.waiting);
    to.field("unclaimed", pool.unclaimed);
    to.field("delayed", 0);  // slots closed after their lease: no setting causes them yet
    to.field("mode", name(pool.settings.mode));
    to.field("over_limit_by", pool.over_limit_by);
    write_settings(to, pool.settings);
    write_stats(to, pool.stats);
    to.end_object();
}

void write(json_writer& to, const lease_row& row) {
    to.begin_object();
    to.field("token", row.token);
    to.field("pool", row.pool);
    to.field("worker", row.worker);
    to.field("slots", row.slots);
    to.field("state", name(row.state));
    to.field("labels", row.labels);
    to.field("age_ms", row.age_ms);
    to.field("ttl_ms", row.ttl_ms);
    to.end_object();
}

void write(json_writer& to, const waiter_row& row) {
    to.begin_object();
    to.field("ticket", row.ticket);
    to.field("pool", row.pool);
    to.field("worker", row.worker);
    to.field("slots", row.slots);
    to.field("labels", row.labels);
    to.field("age_ms", row.age_ms);
    to.field("position", row.position);
    to.field("estimate_ms", row.estimate_ms);
    to.field("reason", row.reason);
    to.field("attached", row.attached);
    to.end_object();
}

void write(json_writer& to, const ended_row& row) {
    to.begin_object();
    to.field("token", row.token);
    to.field("pool", row.pool);
    to.field("worker", row.worker);
    to.field("slots", row.slots);
    to.field("labels", row.labels);
    if (row.how) { to.field("outcome", name(*row.how)); }
    to.field("held_ms", row.held_ms);
    to.field("age_ms", row.age_ms);
    to.end_object();
}

template <class Row>
void write_rows(json_writer& to, std::string_view name, const std::vector<Row>& rows) {
    to.begin_array(name);
    for (const Row& row : rows) {
        write(to, row);
    }
    to.end_array();
}

template <class Row>
void write_page(json_writer& to, std::string_view name, const std::vector<Row>& rows,
                std::uint64_t next) {
    to.begin_object();
    write_rows(to, name, rows);
    to.field_unless_0("next", next);
    to.end_object();
}

void write(json_writer& to, const pools_page& page) {
    to.begin_object();
    write_rows(to, "pools", page.pools);
    if (!page.next.empty()) { to.field("next", page.next); }
    to.end_object();
}

void write(json_writer& to, const worker_view& worker) {
    to.begin_object();
    to.field("worker", worker.worker);
    to.field("state", worker.state);
    write_rows(to, "leases", worker.leases);
    write_rows(to, "waits", worker.waits);
    to.end_object();
}

/// One overload for each alternative, so that a new one does not compile before it is written.
struct answer_writer {
    json_writer& to;
    const handle_maker& handle_of;

    void operator()(const nobody&) const {}
    void operator()(const done&) const {}
    void operator()(const problem&) const {}  // has an `encode` of its own
    void operator()(const acquired& what) const { write_acquired(to, what, handle_of); }
    void operator()(const queued& what) const { write(to, what); }
    void operator()(const renewed& what) const { write_leases(to, what); }
    void operator()(const released& what) const { write_leases(to, what); }
    void operator()(const cancelled& what) const { write(to, what); }
    void operator()(const checked& what) const { write(to, what); }
    void operator()(const pool_answer& what) const { write(to, what.pool); }
    void operator()(const pools_page& page) const { write(to, page); }
    void operator()(const leases_page& page) const {
        write_page(to, "leases", page.leases, page.next);
    }
    void operator()(const waiters_page& page) const {
        write_page(to, "waiters", page.waiters, page.next);
    }
    void operator()(const history_page& page) const {
        write_page(to, "ended", page.ended, page.next);
    }
    void operator()(const worker_view& what) const { write(to, what); }
    void operator()(const evicted_count& what) const {
        to.begin_object();
        to.field("evicted", what.evicted);
        to.end_object();
    }
};

}  // namespace

void encode(const answer& what, const handle_maker& handle_of, std::string& out) {
    json_writer to(out);
    std::visit(answer_writer{to, handle_of}, what);
}

void encode(const problem& what, std::string& out) {
    json_writer to(out);
    to.begin_object();
    to.field("type", "about:blank");
    to.field("title", title(what.code));
    to.field("status", status(what.code));
    to.field("detail", what.detail.empty() ? title(what.code) : what.detail);
    to.field("code", name(what.code));
    if (!what.field.empty()) { to.field("field", what.field); }
    if (!what.pools.empty()) {
        to.begin_array("pools");
        for (const pool_share& share : what.pools) {
            write_share(to, share);
        }
        to.end_array();
    }
    to.field_unless_0("retry_after_ms", what.retry_after_ms);
    to.end_object();
}

}  // namespace admit
