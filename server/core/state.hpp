// One namespace's state: pools, their lines and leases, the calls that wait, and what is
// remembered. Everybody in the core may read it; `apply` alone changes it.
#pragma once

#include "server/core/chain.hpp"
#include "server/core/core.hpp"
#include "server/core/deadlines.hpp"
#include "server/core/effects.hpp"
#include "server/core/hash.hpp"
#include "server/core/line.hpp"
#include "server/core/record.hpp"
#include "server/core/recycling.hpp"
#include "server/core/table.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admit::core {

struct waiter;
struct lease;
struct id_entry;
struct worker_entry;

/// A map whose elements come and go with every request.
template <class Key, class Value>
using ordered = std::map<Key, Value, std::less<>, recycling<std::pair<const Key, Value>>>;

struct pool {
    std::string name;
    std::uint64_t uid = 0;  ///< never used again, unlike the name
    pool_settings settings;
    pool_source source = pool_source::builtin;
    std::uint64_t version = 0;

    waiting_line line;
    using lease_map = ordered<admit::token, lease*>;
    lease_map leases;
    /// Sums over `leases`, kept by the two functions that link and unlink a lease.
    std::int64_t active = 0;
    std::int64_t unclaimed = 0;
    /// What was held when the limit last changed: the most that may be held above the limit.
    std::int64_t held_at_change = 0;

    pool_stats stats;  ///< `avg_held_ms` and `oldest_wait_ms` are computed when shown
    std::int64_t avg_held_us = 0;
    std::uint64_t mark = 0;  ///< its part of the digest

    bool awake = false;  ///< stands in `state::awake`: its line may have somebody to serve
    chain_link<pool> of_awake;
};

struct waiter : line_place {  // whose rank is the ticket
    admission_ref who;
    pool* in = nullptr;
    worker_entry* by = nullptr;
    chain_link<waiter> of_worker;
    std::int64_t keep_ms = 0;
    bool kept = false;  ///< the journal knows of it
    instant since{};
    std::set<call_id, std::less<>, recycling<call_id>> calls;  ///< attached, oldest first
    deadline place_end;       ///< set while a kept place has no call attached
    std::uint64_t mark = 0;   ///< its part of the digest, 0 while it is not kept

    admit::ticket ticket() const noexcept { return rank; }
};
/// Who stands at a place in a line.
inline const waiter& waiter_at(const line_place& place) noexcept {
    return static_cast<const waiter&>(place);
}

struct lease {
    admit::token token = 0;
    admission_ref who;
    pool* in = nullptr;
    pool::lease_map::iterator place;  ///< in its pool
    id_entry* id = nullptr;
    worker_entry* by = nullptr;
    chain_link<lease> of_worker;
    lease_state state = lease_state::acquired;
    std::int64_t ttl_ms = 0;
    std::int64_t keep_ms = 0;
    instant granted_at{};
    instant since{};  ///< when its TTL first began
    instant end{};    ///< of its TTL, or of its claim while it is unclaimed
    instant start_by = instant::max();  ///< not busy by then, it is taken back
    std::int64_t handed = 0;  ///< answers about it that may have been delivered
    bool confirmed = false;   ///< its worker has shown the handle
    deadline due;             ///< the earlier of `end` and `start_by`
    std::uint64_t mark = 0;   ///< its part of the digest
};

/// A call that waits in a line.
struct call {
    waiter* at = nullptr;
    instant arrived{};
    deadline wait_end;
};

struct ended_lease {
    admit::token token = 0;
    admission_ref who;
    ending how = ending::ok;
    std::uint64_t pool_uid = 0;
    instant at{};
    duration held{};
    chain_link<ended_lease> in_order;
    chain_link<ended_lease> of_pool;
};

/// How the leases of one pool ended, oldest end first.
struct pool_history {
    using chain_of_ended = chain<ended_lease, &ended_lease::of_pool>;
    chain_of_ended ended;
};

/// Where a pool is, by its name. The key of its table points into the pool.
struct pool_place {
    pool* at = nullptr;
};

/// What a request id stands for. The key of its table points into `who`.
struct id_entry {
    enum class kind : std::uint8_t { waiting, live, ended, cancelled };
    kind what = kind::waiting;
    std::uint64_t number = 0;  ///< ticket or token
    admission_ref who;
};

/// All that one worker holds and waits for, in the order in which it came.
struct worker_entry {
    chain<lease, &lease::of_worker> leases;
    chain<waiter, &waiter::of_worker> waiters;
    std::size_t busy = 0;  ///< how many of its leases are
};

class state {
public:
    explicit state(const settings&);

    /// The only function that changes state. Living through a record and replaying it are the same.
    /// What people want to know of it is appended to `events`, where there are any.
    void apply(const record&, instant at, std::vector<event>* events);

    /// One part of a state, into one that has nothing of it yet.
    void restore(const image&);

    /// A restart: each live lease and kept place gets its whole time again from `now`, and every
    /// line is awake, since who stood before its head may be gone.
    void begin_anew(instant now);

    const pool* find_pool(std::string_view name) const;
    /// One that there is.
    pool& pool_at(std::string_view name);
    const waiter* find_waiter(admit::ticket) const;
    using waiter_map = ordered<admit::ticket, waiter>;
    /// The end where there is none.
    waiter_map::iterator place_of_waiter(admit::ticket);
    const lease* find_lease(admit::token) const;
    const ended_lease* find_ended(admit::token) const;
    const id_entry* find_id(std::string_view request_id) const;
    /// The pool's smallest live token, with nothing live the next one to be given; never falls.
    admit::token floor(const pool&) const noexcept;
    /// The first instant at which something is due, forgetting included.
    std::optional<instant> next_deadline() const;
    /// How many ended leases and cancelled ids are old enough to be forgotten, at most `most`.
    forgotten due_to_forget(instant now, std::int64_t most) const;

    const settings conf;
    std::map<std::string, pool, std::less<>> pools;
    table<std::string_view, pool_place, string_hash> pool_places;
    waiter_map waiters;
    table<admit::token, lease, number_hash> leases;
    table<call_id, call, number_hash> calls;
    table<std::string_view, id_entry, string_hash> ids;
    table<std::string, worker_entry, string_hash> workers;

    table<admit::token, ended_lease, number_hash> ended_leases;
    chain<ended_lease, &ended_lease::in_order> ended_order;  ///< oldest first
    table<std::uint64_t, pool_history, number_hash> histories;  ///< by pool's uid; none is empty
    struct cancelled_id {
        admission_ref who;  ///< only the id in it is set
        instant at{};
    };
    std::deque<cancelled_id> cancelled_order;  ///< oldest first

    deadline_heap deadlines;
    /// Pools whose line may have somebody to serve: derived, so that `next` need not search.
    chain<pool, &pool::of_awake> awake;

    admit::token next_token;
    admit::ticket next_ticket;
    std::uint64_t next_version = 1;
    std::uint64_t next_uid = 1;
    /// The lease clock of the newest record.
    instant newest{};
    /// The sum of all marks: a set's hash that does not depend on its order.
    std::uint64_t marks = 0;
};

}  // namespace admit::core
