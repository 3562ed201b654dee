// The log's sentences, for people.
#include "server/telemetry/log_line.hpp"

#include "proto/utf8.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>

namespace admit::telemetry {
namespace {

std::string_view verb(core::event_kind kind) noexcept {
    switch (kind) {
        case core::event_kind::acquired: return "acquired";
        case core::event_kind::claimed: return "claimed";
        case core::event_kind::unclaimed: return "unclaimed";
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_mac_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/// How many characters at the beginning of `text` are such.
std::size_t run_of(std::string_view text, bool (*is_such)(char)) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_such);
    return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

std::string_view worker_of(const core::event& e) noexcept {
    return e.who ? e.who->worker : e.worker;
}

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

std::string without_handles(std::string_view path) {
    constexpr std::size_t mac_chars_min = 16;
    std::string out;
    while (!path.empty()) {
        const auto digits = run_of(path, is_digit);
        const bool dotted = digits > 0 && digits < path.size() && path[digits] == '.';
        const auto mac = dotted ? run_of(path.substr(digits + 1), is_mac_char) : 0;
        const bool is_handle = mac >= mac_chars_min;
        const std::size_t size = is_handle ? digits + 1 + mac : std::max<std::size_t>(digits, 1);
        out += is_handle ? "[handle]" : path.substr(0, size);
        path.remove_prefix(size);
    }
    return out;
}

void write_text(const core::event& e, std::string& out) {
    const std::string_view worker = worker_of(e);
    out = worker.empty() ? "Pool " : "Worker ";
    append_clean(out, worker.empty() ? e.pool : worker);
    auto to = std::back_inserter(out);
    fmt::format_to(to, ": {} ({}/{} active", verb(e.kind), e.active, e.limit);
    if (is_about_line(e))
        fmt::format_to(to, ", {} waiting", e.waiting);
    out += ')';
    if (!worker.empty() && e.pool != "default")
        fmt::format_to(to, ", pool {}", e.pool);
    if (e.kind == core::event_kind::acquired && core::to_ms(e.waited) > 0)
        fmt::format_to(to, ", waited {} ms", core::to_ms(e.waited));
    if (const std::string_view why = reason(e); !why.empty())
        fmt::format_to(to, ", {}", why);
}

void write_text(const access_line& a, std::string& out) {
    out.clear();
    const double took_ms = std::chrono::duration<double, std::milli>(a.took).count();
    out += a.method;
    out += ' ';
    append_clean(out, without_handles(a.path));
    fmt::format_to(std::back_inserter(out), " {} in {:.3f} ms, {} bytes", a.status, took_ms,
                   a.bytes);
}

void write_text(const message& m, std::string& out) {
    out.clear();
    append_clean(out, m.text);
}

}  // namespace admit::telemetry
