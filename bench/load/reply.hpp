// Reads the replies of a server as far as the load generator has to know them: where they end, and
// what an acquire and a release say. Made to be light, so it looks for what it needs and skips the
// rest; a reply that lacks any of it is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace admit::bench {

/// One reply. The views are into the bytes that it was read from.
struct reply {
    std::string_view status;  ///< the first line without "HTTP/1.1 ", e.g. "200 OK"
    std::string_view body;
    std::size_t size = 0;  ///< of the whole reply; 0: more bytes are needed
};

/// The reply at the front of `bytes`; nothing where it is none that could be framed by its
/// Content-Length.
std::optional<reply> read_reply(std::string_view bytes);

/// What both answers tell of the pool.
struct pool_figures {
    std::int64_t active = 0;
    std::int64_t limit = 0;
};

struct acquired {
    std::string_view handle;
    std::uint64_t token = 0;
    pool_figures pool;
};
std::optional<acquired> read_acquired(std::string_view body);

struct released {
    std::uint64_t token = 0;
    pool_figures pool;
};
/// Nothing for `already_released` as well: every lease is released once.
std::optional<released> read_released(std::string_view body);

/// The token that a handle begins with; 0 where it begins with none.
std::uint64_t token_of(std::string_view handle);

}  // namespace admit::bench
