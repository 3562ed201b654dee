// Reads the line language.
#include "tests/support/command_line.hpp"

#include "tests/support/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace admit::test {
namespace {

labels parse_labels(std::string_view text) {
    labels result;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view pair = text.substr(0, comma);
        const std::size_t colon = std::min(pair.find(':'), pair.size());
        result.emplace_back(pair.substr(0, colon),
                            colon < pair.size() ? pair.substr(colon + 1) : std::string_view{});
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    std::sort(result.begin(), result.end());
    return result;
}

core::command acquire(words& w) {
    core::acquire c;
    c.pool = w.take_value("pool").value_or("default");
    c.slots = w.take_number("slots").value_or(1);
    c.worker = w.take_value("worker").value_or("w1");
    c.wait_ms = w.take_ms("wait").value_or(0);
    c.ttl_ms = w.take_ms("ttl");
    if (const auto id = w.take_value("id")) {
        c.request_id = *id;
        c.by_client = true;
    } else if (const auto made = w.take_value("server_id")) {
        c.request_id = *made;
    }
    c.keep_ms = w.take_ms("keep").value_or(0);
    c.start = w.take_flag("start");
    c.labels = parse_labels(w.take_value("labels").value_or(""));
    return c;
}

core::command renew(words& w) {
    core::renew c;
    c.ttl_ms = w.take_ms("ttl");
    const bool many = w.take_flag("many");
    c.tokens = parse_numbers(w.take());
    c.single = !many && c.tokens.size() == 1;
    return c;
}

core::command release(words& w) {
    core::release c;
    if (const auto outcome = w.take_value("outcome")) {
        const auto known = outcome_of(*outcome);
        if (!known) w.fail("unknown outcome");
        c.outcome = *known;
    }
    const bool many = w.take_flag("many");
    c.tokens = parse_numbers(w.take());
    c.single = !many && c.tokens.size() == 1;
    return c;
}

core::command cancel(words& w) { return core::cancel{w.take()}; }

core::command check(words& w) {
    core::check c;
    c.pool = w.take();
    c.token = static_cast<token>(parse_number(w.take()));
    return c;
}

core::command abandon(words& w) {
    core::abandon c;
    c.call = static_cast<core::call_id>(w.take_number("call").value_or(0));
    c.granted = static_cast<token>(w.take_number("token").value_or(0));
    return c;
}

core::precondition parse_precondition(words& w) {
    core::precondition p;
    if (const auto match = w.take_value("if_match")) {
        if (*match == "*") {
            p.must_exist = true;
        } else {
            p.versions = parse_numbers(*match);
        }
    }
    p.must_not_exist = w.take_value("if_none_match").has_value();
    return p;
}

pool_source parse_source(words& w) {
    const auto text = w.take_value("source");
    if (!text) return pool_source::api;
    for (const auto source :
         {pool_source::builtin, pool_source::file, pool_source::flag, pool_source::api}) {
        if (name(source) == *text) return source;
    }
    w.fail("unknown source");
}

core::command set_pool(words& w, core::set_how how) {
    core::set_pool c;
    c.pool = w.take();
    c.how = how;
    c.only_if = parse_precondition(w);
    c.source = parse_source(w);
    c.change.limit = w.take_number("limit");
    if (const auto mode = w.take_value("mode")) {
        c.change.mode = pool_mode_of(*mode);
        if (!c.change.mode) w.fail("unknown mode");
    }
    c.change.note = w.take_value("note");
    c.change.default_ttl_ms = w.take_ms("default_ttl");
    c.change.max_ttl_ms = w.take_ms("max_ttl");
    c.change.max_waiters = w.take_number("max_waiters");
    c.change.max_wait_ms = w.take_ms("max_wait");
    c.change.claim_ms = w.take_ms("claim");
    c.change.start_within_ms = w.take_ms("start_within");
    if (const auto text = w.take_value("labels")) c.change.labels = parse_labels(*text);
    return c;
}

core::command put(words& w) { return set_pool(w, core::set_how::replace); }
core::command patch(words& w) { return set_pool(w, core::set_how::update); }
core::command configure(words& w) { return set_pool(w, core::set_how::configure); }

core::command delete_pool(words& w) {
    core::delete_pool c;
    c.force = w.take_flag("force");
    c.only_if = parse_precondition(w);
    c.pool = w.take();
    return c;
}

core::command evict(words& w) {
    core::evict c;
    c.pool = w.take();
    c.token = static_cast<token>(parse_number(w.take()));
    return c;
}

core::command evict_worker(words& w) { return core::evict_worker{w.take()}; }

core::command drop(words& w) {
    core::drop_waiter c;
    c.pool = w.take();
    c.ticket = static_cast<ticket>(parse_number(w.take()));
    return c;
}

core::command pools(words& w) {
    core::list_pools c;
    c.limit = w.take_number("limit").value_or(100);
    c.after = w.take_value("after").value_or("");
    return c;
}

template <class Listing>
core::command listing(words& w) {
    Listing c;
    c.pool = w.take();
    c.limit = w.take_number("limit").value_or(100);
    c.after = static_cast<std::uint64_t>(w.take_number("after").value_or(0));
    return c;
}

core::command show(words& w) { return core::show_pool{w.take()}; }
core::command worker(words& w) { return core::show_worker{w.take()}; }
core::command expire(words& w) {
    core::expire c;
    if (const auto text = w.take_value("until")) c.until = core::instant(parse_duration(*text));
    return c;
}
core::command drain(words&) { return core::drain{}; }

using reader = core::command (*)(words&);
constexpr std::array<std::pair<std::string_view, reader>, 21> readers{{
    {"acquire", acquire},
    {"renew", renew},
    {"release", release},
    {"cancel", cancel},
    {"check", check},
    {"abandon", abandon},
    {"expire", expire},
    {"drain", drain},
    {"pool", put},
    {"patch", patch},
    {"configure", configure},
    {"delete", delete_pool},
    {"evict", evict},
    {"evict_worker", evict_worker},
    {"drop", drop},
    {"pools", pools},
    {"show", show},
    {"leases", listing<core::list_leases>},
    {"waiters", listing<core::list_waiters>},
    {"history", listing<core::list_history>},
    {"worker", worker},
}};

}  // namespace

core::command parse_command(std::string_view line) {
    words w(line);
    for (const auto& [verb, read] : readers) {
        if (verb != w.verb()) continue;
        core::command result = read(w);
        w.finish();
        return result;
    }
    w.fail("unknown command");
}

}  // namespace admit::test
