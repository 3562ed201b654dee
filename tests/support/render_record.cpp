#include "tests/support/render.hpp"
#include "tests/support/text.hpp"

namespace admit::test {
namespace {

/// What the client asked for; what is usual is left out.
void add_admission(text& line, const core::admission_ref& who) {
    if (!who) {
        line.word("?");
        return;
    }
    line.word(who->pool).pair("worker", who->worker);
    if (who->slots != 1) line.count("slots", who->slots);
    if (who->by_client) line.pair("id", who->request_id);
    line.flag("start", who->start).labels(who->labels);
}

// Of the instants in a record none is rendered: the answers and listings show what comes of them.
struct record_text {
    text line;

    void operator()(const core::queued& r) {
        line.number(r.ticket);
        add_admission(line, r.who);
        if (r.keep_ms != 0) line.ms("keep", r.keep_ms);
    }
    void operator()(const core::attached& r) { line.number(r.ticket).id("call", r.call); }
    void operator()(const core::detached& r) { line.id("call", r.call); }
    void operator()(const core::left& r) { line.number(r.ticket).word(name(r.why)); }
    void operator()(const core::granted& r) {
        line.number(r.token);
        add_admission(line, r.who);
        if (r.ticket != 0) line.id("ticket", r.ticket);
        if (r.who) line.ms("ttl", r.who->ttl_ms);
        if (r.keep_ms != 0) line.ms("keep", r.keep_ms);
        line.count("calls", r.calls);
    }
    void operator()(const core::claimed& r) {
        line.number(r.token);
        if (r.keep_ms != 0) line.ms("keep", r.keep_ms);
        if (r.who) line.pair("id", r.who->request_id);
    }
    void operator()(const core::unclaimed& r) { line.number(r.token); }
    void operator()(const core::handed& r) {
        line.number(r.token);
        if (r.keep_ms != 0) line.ms("keep", r.keep_ms);
        if (r.who) line.pair("id", r.who->request_id);
    }
    void operator()(const core::undelivered& r) { line.number(r.token); }
    void operator()(const core::renewed& r) { line.number(r.token); }
    void operator()(const core::confirmed& r) { line.number(r.token).ms("ttl", r.ttl_ms); }
    void operator()(const core::ended& r) { line.number(r.token).word(name(r.how)); }
    void operator()(const core::id_cancelled& r) { line.pair("id", r.request_id); }
    void operator()(const core::forgotten& r) {
        line.count("leases", r.leases).count("ids", r.ids);
    }
    void operator()(const core::refused& r) { line.word(r.pool).word(name(r.code)); }
    void operator()(const core::pool_set& r) {
        line.word(r.pool).id("version", r.version).count("limit", r.settings.limit);
        line.pair("mode", name(r.settings.mode)).pair("source", name(r.source));
    }
    void operator()(const core::pool_deleted& r) { line.word(r.pool); }
    void operator()(const core::raised& r) {
        line.id("token", r.next_token).id("ticket", r.next_ticket);
    }
};

std::string_view kind_name(core::event_kind kind) {
    constexpr std::string_view names[] = {"acquired", "claimed",      "unclaimed",   "busy",
                                          "released", "expired",      "evicted",     "taken_back",
                                          "queued",   "left",         "rejected",    "pool_changed",
                                          "pool_deleted"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string render(const core::record& record) {
    record_text out{text(core::is_durable(record) ? "+" : "~")};
    out.line.word(name(record));
    std::visit(out, record);
    return std::move(out.line).str();
}

std::string render(const core::event& e) {
    using core::event_kind;
    text line(kind_name(e.kind));
    if (e.token != 0) line.number(e.token);
    line.word(e.pool);
    if (e.who) line.pair("worker", e.who->worker);
    if (e.kind == event_kind::rejected) line.word(name(e.code));
    if (e.kind == event_kind::left) line.word(name(e.why));
    const bool ends = e.kind == event_kind::released || e.kind == event_kind::expired ||
                      e.kind == event_kind::evicted || e.kind == event_kind::taken_back;
    if (ends) line.word(name(e.how)).pair("held", duration_text(e.held));
    if (e.waited.count() != 0) line.pair("waited", duration_text(e.waited));
    line.pair("active", std::to_string(e.active) + "/" + std::to_string(e.limit));
    if (e.waiting != 0) line.count("waiting", e.waiting);
    if (e.unclaimed != 0) line.count("unclaimed", e.unclaimed);
    return line.str();
}

}  // namespace admit::test
