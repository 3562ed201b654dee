// The log's JSON, for programs. Member names are the words of the wire where it has one.
#include "server/telemetry/log_line.hpp"

#include "proto/codec.hpp"

#include <charconv>

namespace admit::telemetry {
namespace {

void add_name(std::string& out, std::string_view name) {
    if (!out.empty())
        out += ',';
    out += '"';
    out += name;
    out += "\":";
}

/// Words and names of pools: short and clean by their own rules.
void add(std::string& out, std::string_view name, std::string_view word) {
    add_name(out, name);
    append_json_string(out, word);
}

void add(std::string& out, std::string_view name, std::int64_t number) {
    add_name(out, name);
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void add_clean(std::string& out, std::string_view name, std::string_view text) {
    std::string clean;
    append_clean(clean, text);
    add(out, name, clean);
}

std::string_view word(core::event_kind kind) noexcept {
    switch (kind) {
        case core::event_kind::acquired: return "acquired";
        case core::event_kind::claimed: return "claimed";
        case core::event_kind::unclaimed: return "unclaimed";
        case core::event_kind::busy: return "busy";
        case core::event_kind::released: return "released";
        case core::event_kind::expired: return "expired";
        case core::event_kind::evicted: return "evicted";
        case core::event_kind::taken_back: return "taken_back";
        case core::event_kind::queued: return "queued";
        case core::event_kind::left: return "left";
        case core::event_kind::rejected: return "rejected";
        case core::event_kind::pool_changed: return "pool_changed";
        case core::event_kind::pool_deleted: return "pool_deleted";
    }
    return "?";
}

/// What only this kind of event has.
void add_particulars(std::string& out, const core::event& e) {
    switch (e.kind) {
        case core::event_kind::acquired:
            add(out, "waited_ms", core::to_ms(e.waited));
            break;
        case core::event_kind::left:
            add(out, "reason", core::name(e.why));
            add(out, "waited_ms", core::to_ms(e.waited));
            break;
        case core::event_kind::rejected: add(out, "code", name(e.code)); break;
        case core::event_kind::released:
        case core::event_kind::expired:
        case core::event_kind::evicted:
        case core::event_kind::taken_back:
            add(out, "outcome", name(e.how));
            add(out, "held_ms", core::to_ms(e.held));
            break;
        default: break;
    }
}

}  // namespace

log_level level_of(const core::event& e) noexcept {
    switch (e.kind) {
        case core::event_kind::busy: return log_level::debug;
        case core::event_kind::expired:
        case core::event_kind::evicted: return log_level::warn;
        default: return log_level::info;
    }
}

void write_json(const core::event& e, std::string& out) {
    out.clear();
    add(out, "event", word(e.kind));
    add(out, "pool", e.pool);
    if (const std::string_view worker = worker_of(e); !worker.empty())
        add_clean(out, "worker", worker);
    if (e.who)
        add(out, "slots", e.who->slots);
    if (e.token != 0)
        add(out, "token", static_cast<std::int64_t>(e.token));
    add(out, "active", e.active);
    add(out, "limit", e.limit);
    add(out, "waiting", e.waiting);
    add(out, "unclaimed", e.unclaimed);
    add_particulars(out, e);
}

void write_json(const access_line& a, std::string& out) {
    out.clear();
    add(out, "event", "request");
    add(out, "method", a.method);
    add_clean(out, a.is_route ? "route" : "path", without_handles(a.path));
    add(out, "status", a.status);
    add(out, "took_us", std::chrono::duration_cast<std::chrono::microseconds>(a.took).count());
    add(out, "bytes", static_cast<std::int64_t>(a.bytes));
}

void write_json(const message& m, std::string& out) {
    out.clear();
    add(out, "event", m.event);
    add_clean(out, "message", m.text);
}

}  // namespace admit::telemetry
