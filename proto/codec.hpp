// The wire's JSON: reads the requests of clients into values and writes answers, and the other way
// round for clients. What api.md says about bodies is decided here: unknown fields, duplicate keys,
// wrong types and numbers out of range are refused with `bad_request`, which names the field.
#pragma once

#include "proto/answers.hpp"
#include "proto/requests.hpp"
#include "proto/values.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace admit {

/// A value, or what is wrong with the bytes (`bad_request`, except where said otherwise).
template <class T>
using decoded = std::variant<T, problem>;

// --- What the server reads. An empty body means `{}`. -------------------------------------------

/// `idempotency_key`: the header of that name, unquoted; empty where absent. Both it and a
/// `request_id` that differs: `bad_request`.
decoded<acquire_request> decode_acquire(std::string_view body, std::string_view idempotency_key);
decoded<renew_request<handle_text>> decode_renew(std::string_view body);
decoded<release_request<handle_text>> decode_release(std::string_view body);
decoded<cancel_request> decode_cancel(std::string_view body);
/// PUT and PATCH of a pool: the settings that the body names. `limit` may be missing here.
decoded<pool_change> decode_pool_change(std::string_view body);

/// A configuration file: `{"pools":[{"pool":"db","limit":2,…},…]}`, with `//` and `/* */` comments
/// allowed (no `#`); the same fields and checks as the API's. `limit` may be missing. The field in
/// a problem is a path such as `pools[1].limit`.
struct pool_entry {
    std::string pool;
    pool_change change;
};
decoded<std::vector<pool_entry>> decode_config(std::string_view text);

// --- What the server writes: each appends one JSON text to `out`. -------------------------------

/// Makes a token's handle. Only the edge can, so the codec is given the way.
using handle_maker = std::function<handle_text(token)>;

/// Appends the body of a successful answer; nothing for `done` and `nobody`. Of `renewed` and
/// `released` with `single`, the one object itself. Not for problems.
void encode(const answer&, const handle_maker&, std::string& out);
void encode(const problem&, std::string& out);

/// Appends `text` as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// --- What clients write and read. Unknown fields of answers are ignored. ------------------------
//
// Unknown words are refused, since a guess at a status, a mode or a state would mislead. Two may be
// newer than the client, so that it goes on working: the code of a problem, and how a lease ended,
// which is past and only told.

std::string encode(const acquire_request&);
std::string encode(const renew_request<std::string>&);
std::string encode(const release_request<std::string>&);
std::string encode(const cancel_request&);
/// PATCH and PUT of a pool: only the settings that are set. A PUT needs a `limit`.
std::string encode(const pool_change&);

/// An `acquired` as clients see it: with the lease's secret.
struct admitted {
    std::string handle;
    acquired lease;
};
/// 200 and 202 to an acquire.
decoded<std::variant<admitted, queued>> decode_acquire_answer(std::string_view body);
decoded<renewed> decode_renew_answer(std::string_view body);
decoded<released> decode_release_answer(std::string_view body);
decoded<cancelled> decode_cancel_answer(std::string_view body);
decoded<checked> decode_check_answer(std::string_view body);
/// A pool object, alone or in a listing. Settings that the server does not send have the contract's
/// defaults.
decoded<pool_view> decode_pool(std::string_view body);
decoded<pools_page> decode_pools(std::string_view body);
/// Listings and views. A row that lacks anything of the contract's is refused: a client would show
/// a default as if the server had said it.
decoded<leases_page> decode_leases(std::string_view body);
decoded<waiters_page> decode_waiters(std::string_view body);
decoded<history_page> decode_history(std::string_view body);
decoded<worker_view> decode_worker(std::string_view body);
decoded<evicted_count> decode_evicted(std::string_view body);
decoded<server_version> decode_version(std::string_view body);
/// A problem+json body. An unknown `code` (a newer server) becomes the nearest one by `status`, and
/// a body that is no problem at all one that quotes the status.
problem decode_problem(int status, std::string_view body);

}  // namespace admit
