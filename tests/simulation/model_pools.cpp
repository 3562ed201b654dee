// The model's pools: settings, deletion, and everything that can be read.
#include "tests/simulation/model.hpp"

#include <algorithm>
#include <utility>

namespace admit::test {

using core::to_ms;

bool model::known_pool(std::string_view name) {
    if (find_pool(name) != nullptr) return true;
    answer(plain(errc::unknown_pool));
    return false;
}

bool model::refuse_precondition(const core::precondition& only_if, const pool_model* pool) {
    const auto& versions = only_if.versions;
    const bool other_version =
        !versions.empty() && (pool == nullptr || std::find(versions.begin(), versions.end(),
                                                           pool->version) == versions.end());
    if ((only_if.must_exist && pool == nullptr) || (only_if.must_not_exist && pool != nullptr) ||
        other_version) {
        answer(plain(errc::precondition_failed));
        return true;
    }
    return false;
}

void model::decide(const core::set_pool& c) {
    pool_model* pool = find_pool(c.pool);
    if (pool == nullptr && c.how == core::set_how::update) {
        return answer(plain(errc::unknown_pool));
    }
    if (refuse_precondition(c.only_if, pool)) return;
    const bool creates = pool == nullptr;
    pool_settings base;
    if (!creates) {
        base = pool->settings;
        if (c.how == core::set_how::replace) {
            base = {};
            base.mode = pool->settings.mode;
        }
    }
    if (!c.change.limit && (creates || c.how == core::set_how::replace)) {
        return answer(problem{.code = errc::bad_request, .detail = {}, .field = "limit"});
    }
    const pool_settings wanted = changed(base, c.change);
    if (wanted.default_ttl_ms > wanted.max_ttl_ms) return answer(plain(errc::settings_conflict));
    if (creates) {
        const auto after = std::find_if(pools_.begin(), pools_.end(),
                                        [&](const pool_model& p) { return p.name > c.pool; });
        pool = &*pools_.insert(after, pool_model{.name = c.pool, .settings = {}, .stats = {}});
    }
    const bool differs = creates || wanted != pool->settings;
    if (differs) {
        pool->settings = wanted;
        pool->source = c.source;
        pool->version = ++last_version_;
    }
    // The answer shows the pool as it is before anybody gets in or has to go.
    answer(pool_answer{.pool = view(*pool), .created = creates});
    if (differs) apply_change(*pool);
}

void model::apply_change(const pool_model& pool) {
    const pool_settings& now = pool.settings;
    for (const place& p : std::vector(places_)) {
        if (p.who.call.pool != pool.name) continue;
        if (now.mode == pool_mode::draining) {
            leave(p.ticket, refusal(errc::draining, pool));
        } else if (now.limit != 0 && p.who.call.slots > now.limit) {
            leave(p.ticket, plain(errc::slots_exceed_limit));
        }
    }
    settle(pool.name);
}

void model::decide(const core::delete_pool& c) {
    if (!known_pool(c.pool)) return;
    const pool_model& pool = *find_pool(c.pool);
    if (refuse_precondition(c.only_if, &pool)) return;
    const bool used = waiting(c.pool) > 0 || active(c.pool) > 0;
    if (c.pool == "default" || (used && !c.force)) return answer(plain(errc::pool_in_use));
    for (const place& p : std::vector(places_)) {
        if (p.who.call.pool == c.pool) leave(p.ticket, plain(errc::unknown_pool));
    }
    for (const held_lease& lease : std::vector(leases_)) {
        if (lease.who.call.pool != c.pool) continue;
        end(lease.token, ending::evicted, lease.who.call.by_client);
    }
    for (ended_lease& over : ended_) {
        if (over.lease.who.call.pool == c.pool) over.listed = false;
    }
    std::erase_if(pools_, [&](const pool_model& p) { return p.name == c.pool; });
    answer(done{});
}

void model::decide(const core::drop_waiter& c) {
    if (!known_pool(c.pool)) return;
    const auto found = std::find_if(places_.begin(), places_.end(), [&](const place& p) {
        return p.ticket == c.ticket && p.who.call.pool == c.pool;
    });
    if (found == places_.end()) return answer(plain(errc::unknown_waiter));
    const core::acquire asked = found->who.call;
    leave(c.ticket, plain(errc::cancelled));
    remember_cancelled(asked);
    settle(c.pool);
    answer(done{});
}

// --- Reading -------------------------------------------------------------------------------------

pool_view model::view(const pool_model& pool) const {
    pool_view v{.pool = pool.name,
                .version = pool.version,
                .source = pool.source,
                .settings = pool.settings,
                .stats = pool.stats};
    v.active = active(pool.name);
    v.waiting = waiting(pool.name);
    v.unclaimed = unclaimed_count(pool.name);
    v.over_limit_by = std::max<std::int64_t>(v.active - pool.settings.limit, 0);
    for (const place& p : places_) {
        if (p.who.call.pool != pool.name) continue;
        v.stats.oldest_wait_ms = to_ms(now_ - p.since);
        break;
    }
    return v;
}

lease_row model::row(const held_lease& lease) const {
    return {.token = lease.token,
            .pool = lease.who.call.pool,
            .worker = lease.who.call.worker,
            .slots = lease.who.call.slots,
            .state = lease.state,
            .labels = lease.who.call.labels,
            .age_ms = to_ms(now_ - lease.granted),
            .ttl_ms = std::max<std::int64_t>(to_ms(lease.until - now_), 0)};
}

waiter_row model::row(const place& p) const {
    return {.ticket = p.ticket,
            .pool = p.who.call.pool,
            .worker = p.who.call.worker,
            .slots = p.who.call.slots,
            .labels = p.who.call.labels,
            .age_ms = to_ms(now_ - p.since),
            .position = position(p),
            .estimate_ms = 0,
            .reason = {},
            .attached = !p.calls.empty()};
}

void model::decide(const core::list_pools& c) {
    pools_page page;
    for (const pool_model& pool : pools_) {
        if (pool.name <= c.after) continue;
        if (static_cast<std::int64_t>(page.pools.size()) == c.limit) {
            page.next = page.pools.back().pool;
            break;
        }
        page.pools.push_back(view(pool));
    }
    answer(page);
}

void model::decide(const core::show_pool& c) {
    if (known_pool(c.pool)) answer(pool_answer{.pool = view(*find_pool(c.pool))});
}

void model::decide(const core::list_leases& c) {
    if (!known_pool(c.pool)) return;
    leases_page page;
    for (const held_lease& lease : leases_) {
        if (lease.who.call.pool != c.pool || lease.token <= c.after) continue;
        if (static_cast<std::int64_t>(page.leases.size()) == c.limit) {
            page.next = page.leases.back().token;
            break;
        }
        page.leases.push_back(row(lease));
    }
    answer(page);
}

void model::decide(const core::list_waiters& c) {
    if (!known_pool(c.pool)) return;
    waiters_page page;
    for (const place& p : places_) {
        if (p.who.call.pool != c.pool || p.ticket <= c.after) continue;
        if (static_cast<std::int64_t>(page.waiters.size()) == c.limit) {
            page.next = page.waiters.back().ticket;
            break;
        }
        page.waiters.push_back(row(p));
    }
    answer(page);
}

void model::decide(const core::list_history& c) {
    if (!known_pool(c.pool)) return;
    std::vector<ended_row> rows;
    for (const ended_lease& over : ended_) {
        const held_lease& lease = over.lease;
        if (!over.listed || lease.who.call.pool != c.pool) continue;
        rows.push_back({.token = lease.token,
                        .pool = lease.who.call.pool,
                        .worker = lease.who.call.worker,
                        .slots = lease.who.call.slots,
                        .labels = lease.who.call.labels,
                        .how = over.how,
                        .held_ms = to_ms(over.at - lease.first_told.value_or(over.at)),
                        .age_ms = to_ms(now_ - over.at)});
        // What came before the page.
        if (lease.token == c.after) rows.clear();
    }
    history_page page;
    if (rows.size() > static_cast<std::size_t>(c.limit)) {
        rows.resize(static_cast<std::size_t>(c.limit));
        page.next = rows.back().token;
    }
    page.ended = std::move(rows);
    answer(page);
}

void model::decide(const core::show_worker& c) {
    worker_view v{.worker = c.worker, .leases = {}, .waits = {}};
    for (const held_lease& lease : leases_) {
        if (lease.who.call.worker != c.worker) continue;
        v.leases.push_back(row(lease));
        if (lease.state == lease_state::busy) {
            v.state = "busy";
        } else if (v.state == "idle") {
            v.state = "acquired";
        }
    }
    for (const place& p : places_) {
        if (p.who.call.worker == c.worker) v.waits.push_back(row(p));
    }
    answer(v);
}

}  // namespace admit::test
