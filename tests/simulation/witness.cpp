#include "tests/simulation/witness.hpp"

#include "tests/support/render.hpp"

namespace admit::test {

void witness::called(core::call_id call) {
    if (!open_.insert(call).second) breach("call number used twice");
}

void witness::restarted() {
    open_.clear();
    std::erase_if(line_, [](const auto& entry) { return !entry.second.journaled; });
}

std::int64_t witness::active(std::string_view pool) const {
    std::int64_t slots = 0;
    for (const auto& [token, lease] : leases_) {
        if (lease.pool == pool) slots += lease.slots;
    }
    return slots;
}

std::string witness::watch(const core::effects& out) {
    for (const core::record& record : out.records) {
        watch_record(record);
        if (!breach_.empty()) return breach_ + " at: " + render(record);
    }
    for (const core::reply& reply : out.replies) {
        if (open_.erase(reply.call) != 1) {
            breach("an answer to nobody or a second one: " + render(reply.answer));
        }
    }
    check_floors();
    return breach_;
}

std::string witness::settled() const {
    for (const auto& [name, settings] : pools_) {
        bool at_head = true;
        for (const auto& [ticket, standing] : line_) {
            if (standing.pool != name) continue;
            const bool fits = active(name) + standing.slots <= settings.limit;
            if (settings.mode == pool_mode::draining) return "a waiter in draining " + name;
            if (settings.limit != 0 && standing.slots > settings.limit) {
                return "a waiter that can never fit in " + name;
            }
            if (at_head && fits && settings.mode == pool_mode::open) {
                return "a waiter that fits and is not admitted in " + name;
            }
            at_head = false;
        }
    }
    return {};
}

void witness::watch_record(const core::record& record) {
    if (const auto* queued = std::get_if<core::queued>(&record)) {
        const bool again = line_.contains(queued->ticket);
        if (!again && queued->ticket <= last_ticket_) breach("tickets do not increase");
        last_ticket_ = std::max(last_ticket_, queued->ticket);
        // A later one may say nothing new and be volatile.
        waiter& standing = line_[queued->ticket];
        standing.pool = queued->who->pool;
        standing.slots = queued->who->slots;
        standing.journaled = standing.journaled || queued->kept;
    } else if (const auto* left = std::get_if<core::left>(&record)) {
        if (line_.erase(left->ticket) != 1) breach("left without a place");
    } else if (const auto* granted = std::get_if<core::granted>(&record)) {
        grant(*granted);
    } else if (const auto* ended = std::get_if<core::ended>(&record)) {
        end(*ended);
    } else if (const auto* set = std::get_if<core::pool_set>(&record)) {
        pools_[set->pool] = set->settings;
    } else if (const auto* deleted = std::get_if<core::pool_deleted>(&record)) {
        if (active(deleted->pool) != 0) breach("deleted with leases");
        pools_.erase(deleted->pool);
    }
}

void witness::grant(const core::granted& g) {
    const std::string& pool = g.who->pool;
    if (g.token <= last_token_) breach("tokens do not increase");
    last_token_ = g.token;
    for (const auto& [ticket, standing] : line_) {
        if (standing.pool != pool) continue;
        if (ticket != g.ticket) breach("somebody stands before it");
        break;
    }
    if (g.ticket != 0 && line_.erase(g.ticket) != 1) breach("granted to nobody in line");
    if (!leases_.emplace(g.token, live_lease{pool, g.who->slots}).second) breach("granted twice");
    const auto settings = pools_.find(pool);
    if (settings == pools_.end()) {
        if (pool != "default") breach("granted in no pool");
        return;
    }
    if (settings->second.mode != pool_mode::open) breach("granted in a pool that is not open");
    if (active(pool) > settings->second.limit) breach("more slots than the limit");
}

void witness::end(const core::ended& e) {
    if (leases_.erase(e.token) != 1) breach("ended and was not live");
}

/// The smallest live token, or the next one to be given, never falls.
void witness::check_floors() {
    for (const auto& [pool, settings] : pools_) {
        admit::token floor = last_token_ + 1;
        for (const auto& [token, lease] : leases_) {
            if (lease.pool == pool) floor = std::min(floor, token);
        }
        if (floor < floors_[pool]) breach("the floor of " + pool + " fell");
        floors_[pool] = floor;
    }
}

}  // namespace admit::test
