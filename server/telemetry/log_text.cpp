// The log's sentences, for people.
#include "server/telemetry/log_line.hpp"

#include "proto/utf8.hpp"

#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace admit::telemetry {
namespace {

std::string_view verb(core::event_kind kind) noexcept {
    switch (kind) {
        case core::event_kind::acquired: return "acquired";
        case core::event_kind::busy: return "busy";
        case core::event_kind::released: return "released";
        case core::event_kind::expired: return "expired";
        case core::event_kind::evicted: return "evicted";
        case core::event_kind::taken_back: return "taken back";
        case core::event_kind::queued: return "queued";
        case core::event_kind::left: return "left the line";
        case core::event_kind::rejected: return "rejected";
        case core::event_kind::pool_changed: return "changed";
        case core::event_kind::pool_deleted: return "deleted";
    }
    return "?";
}

/// What the numbers alone do not say; empty where the ordinary happened.
std::string_view reason(const core::event& e) noexcept {
    switch (e.kind) {
        case core::event_kind::rejected: return name(e.code);
        case core::event_kind::left: return core::name(e.why);
        case core::event_kind::released:
            return e.how == ending::ok ? std::string_view() : name(e.how);
        case core::event_kind::taken_back: return name(e.how);
        case core::event_kind::expired:
            return e.how == ending::expired ? std::string_view() : name(e.how);
        default: return {};
    }
}

bool is_about_line(const core::event& e) noexcept {
    return e.kind == core::event_kind::queued || e.kind == core::event_kind::left ||
           e.kind == core::event_kind::pool_changed;
}

}  // namespace

void append_clean(std::string& out, std::string_view text) {
    const std::size_t end = out.size() + logged_bytes_max;
    while (!text.empty()) {
        const utf8::code_point next = utf8::first(text);
        const bool broken = next.bytes == 0 || utf8::is_control_or_separator(next.value);
        const std::string_view shown = broken ? "?" : text.substr(0, next.bytes);
        if (out.size() + shown.size() > end)
            break;
        out += shown;
        text.remove_prefix(next.bytes == 0 ? 1 : next.bytes);
    }
}

void write_text(const core::event& e, std::string& out) {
    out = e.who ? "Worker " : "Pool ";
    append_clean(out, e.who ? e.who->worker : e.pool);
    auto to = std::back_inserter(out);
    fmt::format_to(to, ": {} ({}/{} active", verb(e.kind), e.active, e.limit);
    if (is_about_line(e))
        fmt::format_to(to, ", {} waiting", e.waiting);
    out += ')';
    if (e.who && e.pool != "default")
        fmt::format_to(to, ", pool {}", e.pool);
    if (e.kind == core::event_kind::acquired && core::to_ms(e.waited) > 0)
        fmt::format_to(to, ", waited {} ms", core::to_ms(e.waited));
    if (const std::string_view why = reason(e); !why.empty())
        fmt::format_to(to, ", {}", why);
}

void write_text(const access_line& a, std::string& out) {
    out.clear();
    const double took_ms = std::chrono::duration<double, std::milli>(a.took).count();
    fmt::format_to(std::back_inserter(out), "{} {} {} in {:.3f} ms, {} bytes", a.method, a.route,
                   a.status, took_ms, a.bytes);
}

void write_text(const message& m, std::string& out) {
    out.clear();
    append_clean(out, m.text);
}

}  // namespace admit::telemetry
