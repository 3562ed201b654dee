// Writes the line language.
#include "tests/support/command_line.hpp"
#include "tests/support/text.hpp"

namespace admit::test {
namespace {

std::string joined(const few<token>& tokens) {
    std::string result;
    for (const token t : tokens) {
        if (!result.empty()) result += ',';
        result += std::to_string(t);
    }
    return result;
}

void add_precondition(text& line, const core::precondition& only_if) {
    if (only_if.must_exist) line.pair("if_match", "*");
    if (!only_if.versions.empty()) line.pair("if_match", joined(only_if.versions));
    if (only_if.must_not_exist) line.pair("if_none_match", "*");
}

void add_change(text& line, const pool_change& change) {
    if (change.limit) line.count("limit", *change.limit);
    if (change.mode) line.pair("mode", name(*change.mode));
    if (change.note) line.pair("note", *change.note);
    if (change.default_ttl_ms) line.ms("default_ttl", *change.default_ttl_ms);
    if (change.max_ttl_ms) line.ms("max_ttl", *change.max_ttl_ms);
    if (change.max_waiters) line.count("max_waiters", *change.max_waiters);
    if (change.max_wait_ms) line.ms("max_wait", *change.max_wait_ms);
    if (change.claim_ms) line.ms("claim", *change.claim_ms);
    if (change.start_within_ms) line.ms("start_within", *change.start_within_ms);
    if (change.labels) {
        change.labels->empty() ? line.pair("labels", "") : line.labels(*change.labels);
    }
}

std::string to_line(const core::acquire& c) {
    text line("acquire");
    line.pair("pool", c.pool).pair("worker", c.worker);
    if (c.slots != 1) line.count("slots", c.slots);
    if (c.wait_ms != 0) line.ms("wait", c.wait_ms);
    if (c.ttl_ms) line.ms("ttl", *c.ttl_ms);
    if (!c.request_id.empty()) line.pair(c.by_client ? "id" : "server_id", c.request_id);
    if (c.keep_ms != 0) line.ms("keep", c.keep_ms);
    return line.flag("start", c.start).labels(c.labels).str();
}

std::string to_line(const core::renew& c) {
    text line("renew");
    line.word(joined(c.tokens)).flag("many", !c.single && c.tokens.size() == 1);
    if (c.ttl_ms) line.ms("ttl", *c.ttl_ms);
    return line.str();
}

std::string to_line(const core::release& c) {
    text line("release");
    line.word(joined(c.tokens)).flag("many", !c.single && c.tokens.size() == 1);
    if (c.outcome != outcome::ok) line.pair("outcome", name(c.outcome));
    return line.str();
}

std::string to_line(const core::cancel& c) { return text("cancel").word(c.request_id).str(); }
std::string to_line(const core::check& c) {
    return text("check").word(c.pool).number(c.token).str();
}
std::string to_line(const core::abandon& c) {
    text line("abandon");
    line.id("call", c.call);
    if (c.granted != 0) line.id("token", c.granted);
    return line.str();
}
std::string to_line(const core::expire& c) {
    text line("expire");
    if (c.until != core::instant::max()) {
        line.pair("until", duration_text(c.until.time_since_epoch()));
    }
    return line.str();
}
std::string to_line(const core::drain&) { return "drain"; }

std::string to_line(const core::set_pool& c) {
    constexpr std::string_view verbs[] = {"pool", "patch", "configure"};
    text line(verbs[static_cast<std::size_t>(c.how)]);
    line.word(c.pool);
    add_change(line, c.change);
    if (c.source != pool_source::api) line.pair("source", name(c.source));
    add_precondition(line, c.only_if);
    return line.str();
}

std::string to_line(const core::delete_pool& c) {
    text line("delete");
    line.word(c.pool).flag("force", c.force);
    add_precondition(line, c.only_if);
    return line.str();
}

std::string to_line(const core::evict& c) {
    return text("evict").word(c.pool).number(c.token).str();
}
std::string to_line(const core::evict_worker& c) {
    return text("evict_worker").word(c.worker).str();
}
std::string to_line(const core::drop_waiter& c) {
    return text("drop").word(c.pool).number(c.ticket).str();
}

std::string to_line(const core::list_pools& c) {
    text line("pools");
    if (c.limit != 100) line.count("limit", c.limit);
    if (!c.after.empty()) line.pair("after", c.after);
    return line.str();
}

template <class Listing>
std::string listing_line(std::string_view verb, const Listing& c) {
    text line(verb);
    line.word(c.pool);
    if (c.limit != 100) line.count("limit", c.limit);
    if (c.after != 0) line.id("after", c.after);
    return line.str();
}

std::string to_line(const core::show_pool& c) { return text("show").word(c.pool).str(); }
std::string to_line(const core::list_leases& c) { return listing_line("leases", c); }
std::string to_line(const core::list_waiters& c) { return listing_line("waiters", c); }
std::string to_line(const core::list_history& c) { return listing_line("history", c); }
std::string to_line(const core::show_worker& c) { return text("worker").word(c.worker).str(); }

}  // namespace

std::string render(const core::command& command) {
    return std::visit([](const auto& c) { return to_line(c); }, command);
}

}  // namespace admit::test
