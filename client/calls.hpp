// The calls of the wire contract as values: each knows its request and reads its answer, and
// `client::async_call` makes it. What the contract says of a call holds for it here.
#pragma once

#include "client/http_message.hpp"
#include "client/result.hpp"
#include "proto/codec.hpp"
#include "proto/requests.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace admit::client {

/// 200 and 202 to an acquire.
using acquire_answer = std::variant<admitted, queued>;

namespace calls {

// --- Workers. For a lease that is kept, see client::async_acquire. -------------------------------

/// POST /v1/acquire, sent as it is.
struct acquire_once {
    using answer = acquire_answer;
    acquire_request body;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// POST /v1/renew of one lease. One that is gone is a failure `unknown_lease` or with a 410 code.
struct renew {
    using answer = renewed_lease;
    std::string handle;
    std::optional<std::chrono::milliseconds> ttl = {};

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// POST /v1/renew of up to 1 000 leases; the answer has one row for each, in this order. Of a
/// single one like `renew`.
struct renew_several {
    using answer = renewed;
    std::vector<std::string> handles;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// POST /v1/release. Again is fine: `already_released`.
struct release {
    using answer = released_lease;
    std::string handle;
    admit::outcome outcome = admit::outcome::ok;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// POST /v1/cancel: ends an admission wherever it stands.
struct cancel {
    using answer = cancelled;
    std::string request_id;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// GET /v1/check: whether a token is live, and the pool's smallest live one.
struct check {
    using answer = checked;
    std::string pool = "default";
    admit::token token = 0;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

// --- Reading. Lists come in pages: `after` is what the page before said as `next`. ---------------

struct get_version {
    using answer = server_version;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct list_pools {
    using answer = pools_page;
    std::string after;
    std::int64_t limit = 0;  ///< rows of a page, up to 1 000; 0: 100

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct get_pool {
    using answer = pool_view;
    std::string pool;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct list_leases {
    using answer = leases_page;
    std::string pool;
    std::uint64_t after = 0;  ///< a token
    std::int64_t limit = 0;   ///< rows of a page, up to 1 000; 0: 100

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct list_waiters {
    using answer = waiters_page;
    std::string pool;
    std::uint64_t after = 0;  ///< a ticket
    std::int64_t limit = 0;   ///< rows of a page, up to 1 000; 0: 100

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct list_history {
    using answer = history_page;
    std::string pool;
    std::uint64_t after = 0;  ///< a token
    std::int64_t limit = 0;   ///< rows of a page, up to 1 000; 0: 100

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct get_worker {
    using answer = worker_view;
    std::string worker;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

// --- Operating. What was there no more when a call had to be repeated counts as done. ------------

/// PUT: creates the pool, or replaces its settings; `limit` is required.
struct put_pool {
    using answer = pool_view;
    std::string pool;
    pool_change settings = {};

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// PATCH: changes the settings that are named, all or nothing.
struct change_pool {
    using answer = pool_view;
    std::string pool;
    pool_change settings = {};

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// DELETE; `force` evicts its leases and refuses its waiters first.
struct delete_pool {
    using answer = done;
    std::string pool;
    bool force = false;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct evict_lease {
    using answer = done;
    std::string pool;
    admit::token token = 0;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

struct cancel_waiter {
    using answer = done;
    std::string pool;
    admit::ticket ticket = 0;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

/// Evicts all that this worker holds.
struct evict_worker {
    using answer = evicted_count;
    std::string worker;

    http_request request() const;
    static decoded<answer> read(std::string_view body);
};

}  // namespace calls

/// What the answer to `Call` says; `garbled` where it cannot be read.
template <class Call>
result<typename Call::answer> read(const result<http_response>& got) {
    using answer = typename Call::answer;
    if (!got) return got.error();
    decoded<answer> value = Call::read(got->body);
    if (const problem* bad = std::get_if<problem>(&value))
        return failure{cause::garbled, {}, "the server's answer cannot be read: " + bad->detail};
    return std::move(*std::get_if<answer>(&value));
}

}  // namespace admit::client
