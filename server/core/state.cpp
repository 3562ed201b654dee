#include "server/core/state.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <ratio>
#include <utility>

namespace admit::core {
namespace {

/// The pool that always exists.
constexpr std::int64_t default_pool_limit = 4;

/// What is remembered is forgotten at whole tenths of a second: together, or a steady load would
/// have one alarm for each lease that it has ended.
instant when_forgotten(instant over, std::int64_t remember_ms) {
    return std::chrono::ceil<std::chrono::duration<std::int64_t, std::deci>>(over +
                                                                             from_ms(remember_ms));
}

}  // namespace

state::state(const settings& s)
    : conf(s),
      pool_places(string_hash{s.seed}),
      ids(string_hash{s.seed}),
      workers(string_hash{mix(s.seed)}),
      next_token(s.first_token),
      next_ticket(s.first_ticket) {
    pool_set born{.pool = "default", .settings = {}, .source = pool_source::builtin, .version = 1};
    born.settings.limit = default_pool_limit;
    apply(born, instant{}, nullptr);
}

const pool* state::find_pool(std::string_view name) const {
    const pool_place* const found = pool_places.find(name);
    return found != nullptr ? found->at : nullptr;
}
pool& state::pool_at(std::string_view name) { return *pool_places.at(name).at; }
/// Most are asked for when they have just come, and when they are the next to go.
state::waiter_map::iterator state::place_of_waiter(admit::ticket t) {
    if (waiters.empty()) return waiters.end();
    if (const auto newest_one = std::prev(waiters.end()); newest_one->first <= t)
        return newest_one->first == t ? newest_one : waiters.end();
    return waiters.begin()->first == t ? waiters.begin() : waiters.find(t);
}
const waiter* state::find_waiter(admit::ticket t) const {
    state& self = const_cast<state&>(*this);  // which is not changed
    const auto found = self.place_of_waiter(t);
    return found != self.waiters.end() ? &found->second : nullptr;
}
const lease* state::find_lease(admit::token t) const { return leases.find(t); }
const ended_lease* state::find_ended(admit::token t) const { return ended_leases.find(t); }
const id_entry* state::find_id(std::string_view id) const { return ids.find(id); }

admit::token state::floor(const pool& p) const noexcept {
    return p.leases.empty() ? next_token : p.leases.begin()->first;
}

std::optional<instant> state::next_deadline() const {
    std::optional<instant> next;
    const auto consider = [&next](instant at) { next = next ? std::min(*next, at) : at; };
    if (const deadline* first = deadlines.first())
        consider(first->at);
    if (!ended_order.empty())
        consider(when_forgotten(ended_order.first()->at, conf.remember_ms));
    if (!cancelled_order.empty())
        consider(when_forgotten(cancelled_order.front().at, conf.remember_ms));
    return next;
}

forgotten state::due_to_forget(instant now, std::int64_t most) const {
    const duration age = from_ms(conf.remember_ms);
    forgotten due;
    for (const ended_lease* e = ended_order.first(); e != nullptr; e = ended_order.after(*e)) {
        if (due.leases >= most || e->at + age > now)
            break;
        ++due.leases;
    }
    for (const cancelled_id& id : cancelled_order) {
        if (due.leases + due.ids >= most || id.at + age > now)
            break;
        ++due.ids;
    }
    return due;
}

void state::begin_anew(instant now) {
    for (auto& [name, p] : pools) {
        if (!p.line.empty() && !std::exchange(p.awake, true))
            awake.push_back(p);
        for (auto& [token, l] : p.leases) {
            const bool unclaimed = l->state == lease_state::unclaimed;
            const std::int64_t claim_ms = std::min(l->keep_ms, p.settings.claim_ms);
            l->end = now + from_ms(unclaimed ? claim_ms : l->ttl_ms);
            if (l->start_by != instant::max())
                l->start_by = now + from_ms(p.settings.start_within_ms);
            deadlines.set(l->due, std::min(l->end, l->start_by));
        }
    }
    for (auto& [ticket, w] : waiters) {
        if (w.keep_ms > 0)
            deadlines.set(w.place_end, now + from_ms(w.keep_ms));
    }
}

}  // namespace admit::core
