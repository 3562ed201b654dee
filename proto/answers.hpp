// What the service answers, as values. The server's core makes them, proto/codec writes them as
// JSON and, for clients, reads them back. Durations are milliseconds, as on the wire.
#pragma once

#include "proto/errc.hpp"
#include "proto/few.hpp"
#include "proto/values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit {

/// A pool's numbers as an answer about a lease or a refusal shows them.
struct pool_share {
    std::string pool;
    std::int64_t slots = 0;  ///< of this admission; left out on the wire where 0
    std::int64_t active = 0;
    std::int64_t limit = 0;
    admit::token floor = 0;  ///< left out on the wire where 0
};

/// 4xx and 5xx: application/problem+json. Type, title and status follow from the code.
struct problem {
    errc code = errc::internal;
    std::string detail = {};
    std::string field = {};              ///< left out where empty
    std::vector<pool_share> pools = {};  ///< 429
    std::int64_t retry_after_ms = 0;     ///< 429 and 503; left out where 0
};

/// 200 to an acquire. The handle is added at the edge: the core knows only the token.
struct acquired {
    admit::token token = 0;
    std::string request_id;
    std::string worker;
    pool_share pool;
    std::int64_t ttl_ms = 0;  ///< what is left
    std::int64_t renew_in_ms = 0;
    std::int64_t waited_ms = 0;  ///< from this call's arrival to the instant ttl_ms counts from
};

/// 202 to an acquire with keep_ms.
struct queued {
    std::string request_id;
    admit::ticket ticket = 0;
    std::int64_t position = 0;  ///< 1 is the head of the line
    std::int64_t waiting = 0;
    std::string reason;
    std::int64_t estimate_ms = 0;
};

/// What one handle of a renew or release found.
enum class lease_status : std::uint8_t {
    renewed,
    released,
    already_released,
    expired,
    evicted,
    ended,
    unknown,
};
std::string_view name(lease_status) noexcept;
std::optional<lease_status> lease_status_of(std::string_view) noexcept;

struct renewed_lease {
    admit::token token = 0;  ///< 0: the handle names none
    lease_status status = lease_status::unknown;
    std::int64_t ttl_ms = 0;       ///< with `renewed`
    std::int64_t renew_in_ms = 0;  ///< with `renewed`
    admit::token floor = 0;        ///< with `renewed`
};

/// 200 to a renew, in request order. One that was asked for a single handle and found it gone is
/// written as the problem that `status` stands for.
struct renewed {
    few<renewed_lease> leases;
    bool single = true;
};

struct released_lease {
    admit::token token = 0;  ///< 0: the handle names none
    lease_status status = lease_status::unknown;
    std::int64_t held_ms = 0;  ///< with `released`
    pool_share pool;           ///< with `released`
};

/// 200 to a release, in request order.
struct released {
    few<released_lease> leases;
    bool single = true;
};

/// The problem that a call with a single handle is answered with where its lease is gone (410 or
/// 404); nothing where the value is a success or tells of several handles.
std::optional<problem> problem_of(const renewed&);
std::optional<problem> problem_of(const released&);

/// 200 to a cancel. `token` 0: it was waiting, unclaimed or never seen ("cancelled").
struct cancelled {
    admit::token token = 0;
};

/// 200 to a check.
struct checked {
    std::string pool;
    admit::token token = 0;
    bool live = false;
    admit::token floor = 0;
};

struct pool_stats {
    std::int64_t granted = 0;
    std::int64_t rejected = 0;
    std::int64_t released = 0;
    std::int64_t expired = 0;
    std::int64_t evicted = 0;
    std::int64_t avg_held_ms = 0;     ///< exponentially smoothed, 0 without samples
    std::int64_t oldest_wait_ms = 0;  ///< of those who wait now
};

/// The pool object.
struct pool_view {
    std::string pool;
    std::uint64_t version = 0;
    pool_source source = pool_source::builtin;
    pool_settings settings;
    std::int64_t active = 0;
    std::int64_t waiting = 0;
    std::int64_t unclaimed = 0;
    std::int64_t over_limit_by = 0;
    pool_stats stats;
};

/// 200, or 201 where the call made the pool.
struct pool_answer {
    pool_view pool;
    bool created = false;
};

struct pools_page {
    std::vector<pool_view> pools;
    std::string next;  ///< the `after` of the next page; empty on the last
};

struct lease_row {
    admit::token token = 0;
    std::string pool;
    std::string worker;
    std::int64_t slots = 1;
    lease_state state = lease_state::acquired;
    admit::labels labels;
    std::int64_t age_ms = 0;
    std::int64_t ttl_ms = 0;  ///< what is left; of an unclaimed one, until it is taken back
};

struct waiter_row {
    admit::ticket ticket = 0;
    std::string pool;
    std::string worker;
    std::int64_t slots = 1;
    admit::labels labels;
    std::int64_t age_ms = 0;
    std::int64_t position = 0;
    std::int64_t estimate_ms = 0;
    std::string reason;
    bool attached = false;  ///< whether a call waits for it right now
};

struct ended_row {
    admit::token token = 0;
    std::string pool;
    std::string worker;
    std::int64_t slots = 1;
    admit::labels labels;
    /// Nothing where a client reads of one that is newer than itself; the server knows them all.
    std::optional<ending> how = ending::ok;
    std::int64_t held_ms = 0;
    std::int64_t age_ms = 0;  ///< since it ended
};

/// Pages of a pool's listings; `next` is the `after` of the next page, 0 on the last.
struct leases_page {
    std::vector<lease_row> leases;
    std::uint64_t next = 0;
};
struct waiters_page {
    std::vector<waiter_row> waiters;
    std::uint64_t next = 0;
};
struct history_page {
    std::vector<ended_row> ended;
    std::uint64_t next = 0;
};

/// GET /v1/workers/{worker}: at most `limits::page_max` of each, oldest first.
struct worker_view {
    std::string worker;
    std::string state = "idle";  ///< idle, acquired or busy
    std::vector<lease_row> leases;
    std::vector<waiter_row> waits;
};

/// 200 to DELETE /v1/workers/{worker}/leases.
struct evicted_count {
    std::int64_t evicted = 0;
};

/// 200 to GET /v1/version: who answers there. The server writes it apart from its answers.
struct server_version {
    std::string name;
    std::string version;
    std::string commit;
    std::string api;  ///< the contract's: "v1"
};

/// 204.
struct done {};

/// To a call whose client has gone: there is nobody to tell.
struct nobody {};

using answer = std::variant<nobody, done, problem, acquired, queued, renewed, released, cancelled,
                            checked, pool_answer, pools_page, leases_page, waiters_page,
                            history_page, worker_view, evicted_count>;

}  // namespace admit
