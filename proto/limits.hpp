// Every maximum that the wire contract names, with its unit. Server and client share them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace admit::limits {

/// Durations on the wire: 0 to 2^31 milliseconds.
inline constexpr std::int64_t duration_ms_max = std::int64_t{1} << 31;

/// Pool names, worker names and request ids.
inline constexpr std::size_t name_bytes_max = 128;

/// `limit` of a pool, and so the slots that one admission may ask for.
inline constexpr std::int64_t slots_max = 1'000'000;

inline constexpr std::int64_t ttl_ms_min = 1'000;
inline constexpr std::int64_t keep_ms_max = 300'000;

inline constexpr std::size_t labels_max = 16;
inline constexpr std::size_t label_key_bytes_max = 64;
inline constexpr std::size_t label_value_bytes_max = 256;
inline constexpr std::size_t note_bytes_max = 256;

/// Waiters that one pool's line may be set to hold.
inline constexpr std::int64_t waiters_max = 1'000'000;

/// Handles in one renew or release.
inline constexpr std::size_t handles_max = 1'000;
inline constexpr std::size_t handle_bytes_max = 128;

inline constexpr std::int64_t page_default = 100;
inline constexpr std::int64_t page_max = 1'000;

/// Tokens and tickets stay exact in a JSON number.
inline constexpr std::uint64_t token_max = (std::uint64_t{1} << 53) - 1;

/// JSON of a client: no honest message is deeper or has more members.
inline constexpr int json_depth_max = 8;
inline constexpr std::size_t json_nodes_max = 4'096;
/// JSON of an operator's file, and of a server's answer: a page of 1 000 pools with 16 labels each
/// has 45 000 values, a newer server's more.
inline constexpr std::size_t config_nodes_max = 1'000'000;
inline constexpr int answer_depth_max = 32;
inline constexpr std::size_t answer_nodes_max = 262'144;

/// HTTP bodies: the calls that carry up to 1 000 handles get the larger one.
inline constexpr std::size_t body_bytes_max = 64 * 1024;
inline constexpr std::size_t handles_body_bytes_max = 1024 * 1024;

}  // namespace admit::limits
