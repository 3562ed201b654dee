// What can be asked of the core: one struct per command. Handles have become tokens at the edge, so
// nothing from here on knows a secret but the request id.
#pragma once

#include "proto/few.hpp"
#include "proto/values.hpp"
#include "server/core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::core {

/// Names one call that waits for an answer; unique while the process lives, never 0.
using call_id = std::uint64_t;

/// POST /v1/acquire. Ranges of the wire are checked; the pool's are not yet.
struct acquire {
    std::string pool;
    std::int64_t slots = 1;
    std::string worker;
    std::int64_t wait_ms = 0;
    std::optional<std::int64_t> ttl_ms;
    std::string request_id;  ///< never empty: the edge makes one where the client sent none
    bool by_client = false;  ///< the client sent the id, so it is remembered
    std::int64_t keep_ms = 0;
    bool start = false;
    admit::labels labels;
};

/// A token of 0 stands for a handle that is not ours; it is answered `unknown`.
struct renew {
    few<admit::token> tokens;
    bool single = true;
    std::optional<std::int64_t> ttl_ms;
};
struct release {
    few<admit::token> tokens;
    bool single = true;
    admit::outcome outcome = admit::outcome::ok;
};
struct cancel {
    std::string request_id;
};
struct check {
    std::string pool;
    admit::token token = 0;
};

/// The client of `call` has gone. While the call waits, it leaves and is answered `nobody`. Was it
/// answered with a grant that could not be delivered, `granted` is that grant's token: it is taken
/// back, or becomes unclaimed. Otherwise nothing happens. Has no answer of its own.
struct abandon {
    call_id call = 0;
    admit::token granted = 0;
};

/// Ends what is due: leases, claims, waits, places, what is remembered. The engine's timer. With
/// `until` in the past, only what was due by then: what was granted later is left alone.
struct expire {
    instant until = instant::max();
};

/// Shutdown: from now on calls are refused with `shutting_down` and those that wait are answered
/// so.
struct drain {};

/// `If-Match` and `If-None-Match` of a call about a pool.
struct precondition {
    bool must_exist = false;                ///< If-Match: *
    bool must_not_exist = false;            ///< If-None-Match: *
    std::vector<std::uint64_t> versions;    ///< If-Match: "7", "8"; empty: any
};

enum class set_how : std::uint8_t {
    replace,    ///< PUT: fields not named take their defaults; the mode stays
    update,     ///< PATCH: the pool must exist, fields not named stay
    configure,  ///< file and flags: made where it is missing, fields not named stay
};
struct set_pool {
    std::string pool;
    pool_change change;
    set_how how = set_how::replace;
    pool_source source = pool_source::api;
    precondition only_if;
};
struct delete_pool {
    std::string pool;
    bool force = false;  ///< evict its leases and answer its waiters first
    precondition only_if;
};
struct evict {
    std::string pool;
    admit::token token = 0;
};
struct evict_worker {
    std::string worker;
};
struct drop_waiter {
    std::string pool;
    admit::ticket ticket = 0;
};

struct list_pools {
    std::int64_t limit = 100;
    std::string after;
};
struct show_pool {
    std::string pool;
};
struct list_leases {
    std::string pool;
    std::int64_t limit = 100;
    admit::token after = 0;
};
struct list_waiters {
    std::string pool;
    std::int64_t limit = 100;
    admit::ticket after = 0;
};
struct list_history {
    std::string pool;
    std::int64_t limit = 100;
    admit::token after = 0;
};
struct show_worker {
    std::string worker;
};

using command = std::variant<acquire, renew, release, cancel, check, abandon, expire, drain,
                             set_pool, delete_pool, evict, evict_worker, drop_waiter, list_pools,
                             show_pool, list_leases, list_waiters, list_history, show_worker>;

}  // namespace admit::core
