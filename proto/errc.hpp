// The closed list of error codes, as the wire's `code` has them, with their HTTP status and title.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace admit {

/// One value per `code` of the contract. The order is the order of their statuses.
enum class errc : std::uint8_t {
    bad_request,                 ///< 400 the request is malformed; `field` names where
    unauthenticated,             ///< 401
    forbidden,                   ///< 403
    cross_origin,                ///< 403 a web page tried to drive a server on loopback
    unknown_pool,                ///< 404
    unknown_lease,               ///< 404 not a handle of ours
    unknown_waiter,              ///< 404
    not_found,                   ///< 404 no such path
    method_not_allowed,          ///< 405 with `Allow`
    request_timeout,             ///< 408 header or body took too long
    payload_too_large,           ///< 413
    uri_too_long,                ///< 414
    unsupported_media_type,      ///< 415 a Content-Encoding other than identity
    expectation_failed,          ///< 417
    header_fields_too_large,     ///< 431
    not_implemented,             ///< 501 a transfer coding that we do not speak
    http_version_not_supported,  ///< 505
    request_mismatch,            ///< 409 the request id was used with other parameters
    request_ended,               ///< 409 the request id's admission is over
    pool_in_use,                 ///< 409
    cancelled,                   ///< 409
    lease_expired,               ///< 410
    lease_evicted,               ///< 410
    lease_released,              ///< 410
    lease_ended,                 ///< 410 authentic, but how it ended is no longer remembered
    precondition_failed,         ///< 412
    slots_exceed_limit,          ///< 422 could never be admitted
    settings_conflict,           ///< 422
    too_many_pools,              ///< 422
    pool_full,                   ///< 429 not admitted, try later
    wait_timeout,                ///< 429
    queue_full,                  ///< 429
    paused,                      ///< 429
    draining,                    ///< 429
    internal,                    ///< 500
    shutting_down,               ///< 503
    not_ready,                   ///< 503
    overloaded,                  ///< 503
    outcome_unknown,  ///< 503 the journal failed; what happened is decided at the next start
};

/// How many codes there are: the bound of tables indexed by `errc`.
inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::outcome_unknown) + 1;

/// The wire's spelling, e.g. "pool_full".
std::string_view name(errc code) noexcept;
/// The HTTP status that always goes with the code.
int status(errc code) noexcept;
/// The problem's `title`: for people, the same for every occurrence.
std::string_view title(errc code) noexcept;
/// The code of that spelling, nothing for an unknown one (a newer server's).
std::optional<errc> errc_of(std::string_view name) noexcept;

/// "Not admitted, try later" (429) as opposed to an error of the request or the server.
inline bool is_refusal(errc code) noexcept { return status(code) == 429; }

}  // namespace admit
