// The worker's calls as the wire has them: handles are still secrets here, and defaults that only
// the pool knows are still missing. proto/codec reads and writes them.
#pragma once

#include "proto/few.hpp"
#include "proto/limits.hpp"
#include "proto/values.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace admit {

/// POST /v1/acquire. Ranges are checked when it is read; those that the pool sets, by the core.
struct acquire_request {
    std::string pool = "default";
    std::int64_t slots = 1;
    std::string worker;
    std::int64_t wait_ms = 0;
    std::optional<std::int64_t> ttl_ms = {};     ///< the pool's `default_ttl_ms` where absent
    std::optional<std::string> request_id = {};  ///< the server makes one where absent
    std::int64_t keep_ms = 0;
    bool start = false;
    admit::labels labels = {};
};

/// A handle's text, without memory of its own: one is made for every grant, and read back.
struct handle_text {
    handle_text() = default;
    /// At most `limits::handle_bytes_max` of it.
    explicit handle_text(std::string_view text) : size(text.copy(bytes.data(), bytes.size())) {}
    operator std::string_view() const noexcept { return {bytes.data(), size}; }
    friend bool operator==(const handle_text& a, std::string_view b) noexcept {
        return std::string_view(a) == b;
    }
    friend bool operator==(const handle_text& a, const handle_text& b) noexcept {
        return a == std::string_view(b);
    }

    std::array<char, limits::handle_bytes_max> bytes;
    std::size_t size = 0;
};

/// POST /v1/renew. `single`: the request had `handle`, not `handles`; the answer follows suit.
/// `Handle` is a `handle_text` where the request was read, and whatever is at hand where it is
/// written.
template <class Handle>
struct renew_request {
    few<Handle> handles;
    bool single = true;
    std::optional<std::int64_t> ttl_ms;
};

/// POST /v1/release.
template <class Handle>
struct release_request {
    few<Handle> handles;
    bool single = true;
    admit::outcome outcome = admit::outcome::ok;
};

/// POST /v1/cancel.
struct cancel_request {
    std::string request_id;
};

}  // namespace admit
