// The words of the contract as values: what server and client both talk about. Plain data, freely
// copied and compared; nothing here knows a clock, a socket or JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admit {

/// The fencing token: above 0, below 2^53, strictly increasing over all grants of a namespace.
using token = std::uint64_t;
/// A waiter's public number: above 0, strictly increasing over all waiters of a namespace.
using ticket = std::uint64_t;

/// Up to 16 short string pairs, sorted by key, shown in listings.
using labels = std::vector<std::pair<std::string, std::string>>;

/// What the operator lets a pool do.
enum class pool_mode : std::uint8_t {
    open,
    paused,    ///< nobody new is admitted, waiters stay
    draining,  ///< nobody new is admitted or queued, waiters are refused
};

/// Who set a pool's settings last.
enum class pool_source : std::uint8_t {
    builtin,  ///< nobody: the pool `default` as it is born; `"default"` on the wire
    file,
    flag,
    api,
};

enum class lease_state : std::uint8_t {
    unclaimed,  ///< granted while no call was attached; has no TTL yet
    acquired,   ///< granted, not yet confirmed by the worker
    busy,       ///< the worker renewed it, or said so
};

/// What a client says of its work when it releases.
enum class outcome : std::uint8_t { ok, dropped, failed };

/// How a lease ended, as history shows it.
enum class ending : std::uint8_t {
    ok,           ///< released, the work succeeded
    dropped,      ///< released, the work was not done
    failed,       ///< released, the work failed
    cancelled,    ///< ended by its request id
    expired,      ///< its TTL passed without a renewal
    not_started,  ///< not busy within the pool's `start_within_ms`
    evicted,      ///< by an operator
    unclaimed,    ///< granted, and nobody came for it
    abandoned,    ///< granted, and its answer could not be delivered
};
inline constexpr std::size_t ending_count = static_cast<std::size_t>(ending::abandoned) + 1;

std::string_view name(pool_mode) noexcept;
std::string_view name(pool_source) noexcept;
std::string_view name(lease_state) noexcept;
std::string_view name(outcome) noexcept;
std::string_view name(ending) noexcept;
std::optional<pool_mode> pool_mode_of(std::string_view) noexcept;
std::optional<pool_source> pool_source_of(std::string_view) noexcept;
std::optional<lease_state> lease_state_of(std::string_view) noexcept;
std::optional<outcome> outcome_of(std::string_view) noexcept;
std::optional<ending> ending_of(std::string_view) noexcept;

/// The ending that a voluntary release with this outcome has.
ending ending_of(outcome) noexcept;
/// Whether the worker gave the slots back of its own will (ok, dropped, failed).
bool is_release(ending) noexcept;

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`
bool is_pool_name(std::string_view) noexcept;
/// 1 to 128 bytes of UTF-8 without control characters or line separators (U+2028, U+2029);
/// worker names and request ids.
bool is_name(std::string_view) noexcept;
/// Well-formed UTF-8 without control characters or line separators, of any length.
bool is_clean_text(std::string_view) noexcept;

/// The settings of a pool, complete. The initial values are the contract's defaults.
struct pool_settings {
    std::int64_t limit = 0;
    pool_mode mode = pool_mode::open;
    std::string note;
    std::int64_t default_ttl_ms = 30'000;
    std::int64_t max_ttl_ms = 3'600'000;
    std::int64_t max_waiters = 10'000;
    std::int64_t max_wait_ms = 3'600'000;
    std::int64_t claim_ms = 10'000;
    std::int64_t start_within_ms = 0;  ///< 0: off
    admit::labels labels;

    friend bool operator==(const pool_settings&, const pool_settings&) = default;
};

/// A change of settings: only the fields that were named.
struct pool_change {
    std::optional<std::int64_t> limit = {};
    std::optional<pool_mode> mode = {};
    std::optional<std::string> note = {};
    std::optional<std::int64_t> default_ttl_ms = {};
    std::optional<std::int64_t> max_ttl_ms = {};
    std::optional<std::int64_t> max_waiters = {};
    std::optional<std::int64_t> max_wait_ms = {};
    std::optional<std::int64_t> claim_ms = {};
    std::optional<std::int64_t> start_within_ms = {};
    std::optional<admit::labels> labels = {};

    friend bool operator==(const pool_change&, const pool_change&) = default;
};

/// `base` with the named fields replaced.
pool_settings changed(pool_settings base, const pool_change& change);

}  // namespace admit
