#include "tests/simulation/generator.hpp"

#include <algorithm>
#include <utility>

namespace admit::test {
namespace {

using core::from_ms;

const std::vector<std::int64_t> waits_ms{0, 0, 0, 1'000, 3'000, 8'000, 8'000, 20'000};
const std::vector<std::int64_t> keeps_ms{0, 1'000, 4'000, 15'000, 15'000};
const std::vector<std::int64_t> ttls_ms{1'000, 2'500, 6'000, 6'000, 30'000};

}  // namespace

core::settings random_settings(dice& random) {
    core::settings s;
    s.seed = random.below(1'000'000);
    s.first_token = 1 + random.below(3);
    s.first_ticket = 1 + random.below(3);
    s.remember_ms = random.between(3'000, 40'000);
    s.ended_max = 1 + random.below(8);
    s.slice_records = random.percent(30) ? 1 + random.below(4) : 256;
    return s;
}

beat generator::next(core::instant now) {
    // After a drain the process ends, and now and then without one.
    if (drained_ ? random_.percent(20) : random_.below(90) == 0) {
        drained_ = false;
        handed_.clear();
        return {new_process{}, 0};
    }
    // Mostly the timer comes in time; a late one lets commands meet what is overdue.
    const auto due = state_.next_deadline();
    if (due && *due <= now && random_.percent(due_ ? 85 : 30)) {
        due_ = false;
        // A slow journal holds back what was decided lately.
        const auto until =
            random_.percent(10) ? now - from_ms(random_.between(1, 2'000)) : core::instant::max();
        return {core::expire{until}, next_call_++};
    }
    if (random_.percent(22)) return {rest(now), 0};
    return {command(), next_call_++};
}

pause generator::rest(core::instant now) {
    const auto due = state_.next_deadline();
    if (due && *due > now && random_.percent(60)) {
        due_ = true;
        return {*due - now};
    }
    // Odd microseconds show where something is rounded.
    const auto odd = std::chrono::microseconds(random_.below(1'000));
    return {from_ms(random_.between(0, 2'500)) + odd};
}

void generator::heard(const beat& b, const answers& given) {
    if (const auto* command = std::get_if<core::command>(&b.what)) {
        if (const auto* acquire = std::get_if<core::acquire>(command)) {
            asked_.push_back(*acquire);
            if (asked_.size() > 6) asked_.erase(asked_.begin());
        }
    }
    for (const auto& [call, answer] : given) {
        if (const auto* lease = std::get_if<acquired>(&answer)) handed_[call] = lease->token;
    }
    while (handed_.size() > 12)
        handed_.erase(handed_.begin());
}

core::command generator::command() {
    if (state_.pools().size() == 1 && random_.percent(60)) {
        core::set_pool c;
        c.pool = random_.percent(70) ? "db" : "gpu";
        c.change.limit = random_.between(1, 3);
        return c;
    }
    enum {
        acquires,
        renews,
        releases,
        cancels,
        checks,
        abandons,
        expires,
        drains,
        sets,
        deletes,
        evicts,
        evicts_worker,
        drops,
        lists_pools,
        shows,
        leases,
        waiters,
        history,
        workers
    };
    static const std::vector<int> weights{380, 55, 60, 35, 10, 75, 5,  11, 75, 16,
                                          28,  10, 22, 10, 10, 10, 10, 10, 10};
    const auto page = random_.percent(50) ? random_.between(1, 3) : 100;
    switch (random_.weighted(weights)) {
        case acquires:
            return acquire();
        case renews: {
            core::renew c{tokens(), false, std::nullopt};
            c.single = c.tokens.size() == 1 && random_.percent(70);
            if (random_.percent(30)) c.ttl_ms = random_.one_of(ttls_ms);
            return c;
        }
        case releases: {
            core::release c{tokens(), false, static_cast<outcome>(random_.below(3))};
            c.single = c.tokens.size() == 1 && random_.percent(70);
            return c;
        }
        case cancels:
            return core::cancel{known_id()};
        case checks:
            return core::check{pool(), token()};
        case abandons:
            return abandon();
        case expires:
            return core::expire{};
        case drains:
            handed_.clear();
            drained_ = true;
            return core::drain{};
        case sets:
            return set_pool();
        case deletes:
            return delete_pool();
        case evicts: {
            const admit::token t = token();
            return core::evict{random_.percent(80) ? pool_of(t) : pool(), t};
        }
        case evicts_worker:
            return core::evict_worker{worker()};
        case drops:
            return core::drop_waiter{pool(), ticket()};
        case lists_pools:
            return core::list_pools{page, random_.percent(50) ? "" : pool()};
        case shows:
            return core::show_pool{pool()};
        case leases:
            return core::list_leases{pool(), page, random_.percent(60) ? 0 : token()};
        case waiters:
            return core::list_waiters{pool(), page, random_.percent(60) ? 0 : ticket()};
        case history:
            return core::list_history{pool(), page, random_.percent(60) ? 0 : token()};
        default:
            return core::show_worker{worker()};
    }
}

core::acquire generator::acquire() {
    if (const auto* left = left_alone(); left != nullptr && random_.percent(35)) {
        return repeat_of(*left);
    }
    if (!asked_.empty() && random_.percent(35)) {
        const core::acquire& again = random_.one_of(asked_);
        if (exists(again.pool) || random_.percent(10)) return repeat_of(again);
    }
    core::acquire c;
    c.pool = pool();
    c.slots = random_.percent(70) ? 1 : random_.between(1, 4);
    c.worker = worker();
    c.wait_ms = random_.one_of(waits_ms);
    if (random_.percent(40)) c.ttl_ms = random_.one_of(ttls_ms);
    c.by_client = random_.percent(70);
    c.request_id = c.by_client ? id() : "s" + std::to_string(++server_ids_);
    if (c.by_client && random_.percent(60)) c.keep_ms = random_.one_of(keeps_ms);
    c.start = random_.percent(15);
    if (random_.percent(10)) c.labels = {{"job", random_.percent(50) ? "a" : "b"}};
    return c;
}

/// An admission that no call waits for, or that one call was told of: its client may come back.
const core::acquire* generator::left_alone() {
    std::vector<const core::acquire*> found;
    for (const held_lease& lease : state_.leases()) {
        const bool seldom = !lease.proven && lease.told == 1 && random_.percent(20);
        const std::size_t share = lease.state == lease_state::unclaimed ? 5 : seldom ? 1 : 0;
        found.insert(found.end(), share, &lease.who.call);
    }
    for (const place& p : state_.places()) {
        if (p.calls.empty()) found.push_back(&p.who.call);
    }
    return found.empty() ? nullptr : random_.one_of(found);
}

/// What a client does when it heard nothing: the same again, hardly ever with a mistake.
core::acquire generator::repeat_of(const core::acquire& first) {
    core::acquire c = first;
    c.by_client = true;
    c.wait_ms = random_.one_of(waits_ms);
    if (random_.percent(30)) c.keep_ms = random_.one_of(keeps_ms);
    if (random_.percent(15)) {
        switch (random_.below(6)) {
            case 0:
                c.pool = pool();
                break;
            case 1:
                c.slots = random_.between(1, 3);
                break;
            case 2:
                c.worker = worker();
                break;
            case 3:
                c.ttl_ms = random_.one_of(ttls_ms);
                break;
            case 4:
                c.start = !c.start;
                break;
            default:
                c.labels = {{"job", "c"}};
        }
    }
    if (random_.percent(10)) c.ttl_ms.reset();
    return c;
}

/// A client that waits has gone, or an answer with a lease was lost.
core::abandon generator::abandon() {
    std::vector<core::abandon> lost;
    for (const auto& [call, token] : handed_) {
        for (const held_lease& lease : state_.leases()) {
            if (lease.token != token || lease.proven) continue;
            // Of those that two calls were told of, one answer more often.
            lost.insert(lost.end(), lease.told > 1 ? 10 : 1, {call, token});
        }
    }
    std::vector<core::abandon> gone;
    for (const place& p : state_.places()) {
        for (const waiting_call& call : p.calls)
            gone.push_back({call.call, 0});
    }
    if (!lost.empty() && random_.percent(65)) {
        const core::abandon c = random_.one_of(lost);
        handed_.erase(c.call);
        return c;
    }
    if (!gone.empty() && random_.percent(95)) return random_.one_of(gone);
    // An answer about a lease that has ended meanwhile, or a call that nobody knows.
    if (handed_.empty() || random_.percent(20)) return {next_call_ + 1'000'000, 0};
    const core::abandon c{handed_.begin()->first, handed_.begin()->second};
    handed_.erase(handed_.begin());
    return c;
}

pool_change generator::change() {
    pool_change c;
    if (random_.percent(60)) c.limit = random_.between(0, 4);
    if (random_.percent(35)) {
        const auto mode = random_.below(10);
        c.mode = mode < 5 ? pool_mode::open : mode < 8 ? pool_mode::paused : pool_mode::draining;
    }
    if (random_.percent(15)) c.default_ttl_ms = random_.one_of(ttls_ms);
    if (random_.percent(12)) c.max_ttl_ms = random_.one_of(ttls_ms);
    if (random_.percent(40)) c.max_waiters = random_.between(0, 4);
    if (random_.percent(15)) c.max_wait_ms = random_.between(2, 20) * 1'000;
    if (random_.percent(25)) c.claim_ms = random_.between(0, 6) * 700;
    if (random_.percent(25)) c.start_within_ms = random_.between(0, 4) * 600;
    if (random_.percent(5)) c.note = "by hand";
    return c;
}

core::set_pool generator::set_pool() {
    core::set_pool c;
    c.pool = any_pool();
    c.how = static_cast<core::set_how>(random_.weighted({35, 55, 10}));
    c.change = change();
    if (c.how != core::set_how::update && random_.percent(90) && !c.change.limit) {
        c.change.limit = random_.between(1, 4);
    }
    if (c.how == core::set_how::configure) c.source = pool_source::file;
    if (random_.percent(15)) c.only_if = precondition(c.pool);
    return c;
}

core::delete_pool generator::delete_pool() {
    core::delete_pool c{.pool = pool(), .force = random_.percent(50), .only_if = {}};
    if (random_.percent(15)) c.only_if = precondition(c.pool);
    c.only_if.must_not_exist = false;
    return c;
}

core::precondition generator::precondition(const std::string& name) {
    core::precondition p;
    switch (random_.below(4)) {
        case 0:
            p.must_exist = true;
            break;
        case 1:
            p.must_not_exist = true;
            break;
        case 2:
            p.versions = {1 + random_.below(20)};
            break;
        default:
            for (const pool_model& pool : state_.pools()) {
                if (pool.name == name) p.versions = {pool.version, 3};
            }
    }
    return p;
}

bool generator::exists(const std::string& name) const {
    return std::any_of(state_.pools().begin(), state_.pools().end(),
                       [&](const pool_model& pool) { return pool.name == name; });
}

/// Mostly one that exists.
std::string generator::pool() {
    if (random_.percent(95)) {
        const std::string& name = random_.one_of(state_.pools()).name;
        if (name != "default" || random_.percent(25)) return name;
    }
    return any_pool();
}
std::string generator::any_pool() {
    switch (random_.weighted({60, 30, 8, 2})) {
        case 0:
            return "db";
        case 1:
            return "gpu";
        case 2:
            return "default";
        default:
            return "none";
    }
}
std::string generator::worker() { return "w" + std::to_string(random_.between(1, 4)); }
std::string generator::id() { return std::string(1, static_cast<char>('a' + random_.below(12))); }

std::string generator::known_id() {
    std::vector<std::string> known;
    for (const ended_lease& over : state_.ended()) {
        // Few endings are evictions, and few of those have an id that is remembered.
        const std::size_t share = !over.holds_id ? 0 : over.how == ending::evicted ? 8 : 2;
        known.insert(known.end(), share, over.lease.who.call.request_id);
    }
    for (const held_lease& lease : state_.leases())
        known.push_back(lease.who.call.request_id);
    for (const place& p : state_.places())
        known.push_back(p.who.call.request_id);
    return known.empty() || random_.percent(40) ? id() : random_.one_of(known);
}

admit::token generator::token() {
    const auto kind = random_.below(100);
    if (kind < 55 && !state_.leases().empty()) return random_.one_of(state_.leases()).token;
    if (kind < 85 && !state_.ended().empty()) return random_.one_of(state_.ended()).lease.token;
    return kind < 97 ? random_.below(state_.next_token()) : 0;
}

std::vector<admit::token> generator::tokens() {
    std::vector<admit::token> result{token()};
    while (random_.percent(25))
        result.push_back(token());
    return result;
}

std::string generator::pool_of(admit::token t) {
    for (const held_lease& lease : state_.leases()) {
        if (lease.token == t) return lease.who.call.pool;
    }
    return pool();
}

admit::ticket generator::ticket() {
    if (!state_.places().empty() && random_.percent(80)) {
        return random_.one_of(state_.places()).ticket;
    }
    return random_.below(state_.next_ticket() + 2);
}

}  // namespace admit::test
