// What happened: one struct per change of state. Records are the journal's content and the only
// argument of `apply`. They say what happened, not what was asked, so that a later version may
// decide differently and still read an old journal.
#pragma once

#include "proto/errc.hpp"
#include "proto/values.hpp"
#include "server/core/command.hpp"
#include "server/core/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace admit::core {

/// What a client asked for when it asked to be admitted: fixed for the admission's whole life,
/// shared by its waiter, its lease, its records and its line in history. Only `by_client` may
/// become true later, when a client sends an id that the server made; the admission is a new one
/// then.
struct admission {
    std::string pool;
    std::int64_t slots = 1;
    std::string worker;
    std::string request_id;
    bool by_client = false;    ///< a client has sent the id, so it is remembered
    std::int64_t ttl_ms = 0;   ///< with the pool's default filled in
    bool ttl_given = false;    ///< the client named its TTL
    bool start = false;        ///< the lease is born busy
    admit::labels labels;
};
using admission_ref = std::shared_ptr<const admission>;

/// Why a waiter left its line without a grant.
enum class leave_reason : std::uint8_t {
    gone,           ///< its last call detached and no place was asked to be kept
    timeout,        ///< its last call's wait ended and no place was asked to be kept
    place_lost,     ///< `keep_ms` passed with no call attached
    cancelled,      ///< by its request id or an operator
    draining,       ///< the pool refuses its waiters
    too_big,        ///< a change of limit left it too big
    pool_deleted,
    shutting_down,
};
std::string_view name(leave_reason) noexcept;

/// A waiter took its place in line, or asked for another `keep_ms`, or its id became the client's.
/// Durable where the place is to be kept, or was.
struct queued {
    admit::ticket ticket = 0;
    admission_ref who;
    std::int64_t keep_ms = 0;
    bool kept = false;  ///< journaled
};
/// A call waits for this waiter from now on. Volatile: calls end with the process.
struct attached {
    admit::ticket ticket = 0;
    call_id call = 0;
    instant until;  ///< when its wait is over
};
/// A call no longer waits: its wait is over, or its client has gone. Volatile.
struct detached {
    call_id call = 0;
};
/// A waiter left without a grant.
struct left {
    admit::ticket ticket = 0;
    leave_reason why = leave_reason::gone;
    bool kept = false;  ///< journaled
};
/// A lease was given. Complete in itself: replay needs no volatile record before it.
struct granted {
    admit::token token = 0;
    admit::ticket ticket = 0;  ///< the waiter that got it, 0 for one that never waited
    admission_ref who;
    std::int64_t keep_ms = 0;
    std::int64_t calls = 0;  ///< that it was handed to; none: it is unclaimed
    instant take_back;       ///< with no calls: when it ends as `unclaimed`
};
/// A call came for an unclaimed lease: its TTL begins, and its `keep_ms` holds.
struct claimed {
    admit::token token = 0;
    std::int64_t keep_ms = 0;
    admission_ref who = nullptr;  ///< set where its id became the client's
};
/// Nobody could be told of a lease whose place was to be kept: it is unclaimed again.
struct unclaimed {
    admit::token token = 0;
};
/// Another call with the same request id was told of the lease, and its `keep_ms` holds. Durable
/// where that is another one, or its id became the client's.
struct handed {
    admit::token token = 0;
    std::int64_t keep_ms = 0;
    bool kept = false;            ///< journaled
    admission_ref who = nullptr;  ///< set where its id became the client's
};
/// One of several answers about the lease could not be delivered. Volatile.
struct undelivered {
    admit::token token = 0;
};
/// The TTL begins anew. Volatile: after a restart every live lease gets its whole TTL.
struct renewed {
    admit::token token = 0;
};
/// A renewal that also made the lease busy or changed its TTL.
struct confirmed {
    admit::token token = 0;
    std::int64_t ttl_ms = 0;
};
struct ended {
    admit::token token = 0;
    ending how = ending::ok;
};
/// The id was cancelled before it had a lease: a late acquire is refused.
struct id_cancelled {
    std::string request_id;
};
/// The oldest of what is remembered was dropped. Volatile: replay drops it again when it is due.
struct forgotten {
    std::int64_t leases = 0;
    std::int64_t ids = 0;
};
/// An acquire was refused by the state of its pool. Volatile: only counts.
struct refused {
    std::string pool;
    errc code = errc::pool_full;
};
struct pool_set {
    std::string pool;
    pool_settings settings;
    pool_source source = pool_source::api;
    std::uint64_t version = 0;
};
struct pool_deleted {
    std::string pool;
};
/// A process begins: tokens and tickets go on from here, or above where they have come further.
struct raised {
    admit::token next_token = 0;
    admit::ticket next_ticket = 0;
};

using record = std::variant<queued, attached, detached, left, granted, claimed, unclaimed, handed,
                            undelivered, renewed, confirmed, ended, id_cancelled, forgotten,
                            refused, pool_set, pool_deleted, raised>;

/// Whether the journal must hold the record before anything decided after it may be told. The
/// others are lost with the process, and every durable one is complete without them.
bool is_durable(const record&) noexcept;

/// The record's name, for tests, transcripts and tools.
std::string_view name(const record&) noexcept;

}  // namespace admit::core
