// A request as the connection hands it out: strings of the client that passed the framing rules,
// not yet routed or decoded.
#pragma once

#include "proto/answers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace admit::http {

enum class method : std::uint8_t { get, head, post, put, patch, del, options, other };

/// The method's name on the wire, e.g. "DELETE"; "OTHER" for one that we do not speak.
std::string_view name(method) noexcept;
method method_of(std::string_view name) noexcept;

/// The header fields that something here acts on. Each may come once; the last three are framing.
enum class field : std::uint8_t {
    host,
    origin,
    sec_fetch_site,
    content_encoding,
    idempotency_key,
    if_match,
    if_none_match,
    expect,
    content_length,
    transfer_encoding,
};
inline constexpr std::size_t field_count = static_cast<std::size_t>(field::transfer_encoding) + 1;

inline constexpr std::array<std::string_view, field_count> field_names{
    "Host",     "Origin",        "Sec-Fetch-Site", "Content-Encoding", "Idempotency-Key",
    "If-Match", "If-None-Match", "Expect",         "Content-Length",   "Transfer-Encoding"};

/// The field's name on the wire, e.g. "Idempotency-Key".
constexpr std::string_view name(field what) noexcept {
    return field_names[static_cast<std::size_t>(what)];
}

/// The views are into the connection's memory and die with its next `prepare` or `next`.
struct request {
    std::uint64_t serial = 0;  ///< names the reply's place in line
    http::method method = method::other;
    std::string_view target;  ///< path and query, or `*` with OPTIONS
    std::string_view body;
    std::optional<std::string_view> host;  ///< the target's, or else that of the Host field
    std::optional<std::string_view> origin;
    std::optional<std::string_view> sec_fetch_site;
    std::optional<std::string_view> content_encoding;
    std::optional<std::string_view> idempotency_key;
    std::optional<std::string_view> if_match;
    std::optional<std::string_view> if_none_match;
    /// Wrong before it could be routed: to be answered with this and nothing else. The other fields
    /// may be empty then; method and target are what its header says, if it could be read.
    std::optional<admit::problem> refused;
};

}  // namespace admit::http
