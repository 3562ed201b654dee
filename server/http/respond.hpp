// The one mapping of answers to HTTP: status, header and body, appended as bytes. Pure.
#pragma once

#include "proto/answers.hpp"
#include "proto/codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace admit::http {

/// What a reply depends on besides the answer.
struct envelope {
    std::string_view date;  ///< "Sun, 06 Nov 1994 08:49:37 GMT"
    bool close = false;     ///< say that the connection ends with this reply
    bool head = false;      ///< to HEAD: everything but the body
    std::string* scratch =
        nullptr;  ///< for the body while its length is not known; keeps its memory
};

/// Each appends one reply to `out` and returns its status.

/// Any answer but `nobody`.
int respond(const admit::answer&, const handle_maker&, const envelope&, std::string& out);
/// `allow`: the field `Allow`, empty for none.
int respond(const admit::problem&, std::string_view allow, const envelope&, std::string& out);
/// 204 to OPTIONS.
int respond_allow(std::string_view allow, const envelope&, std::string& out);
/// 200 with this body.
int respond_text(std::string_view media_type, std::string_view body, const envelope&,
                 std::string& out);

/// 200 with a body of so many bytes, which follows; without a length, to HEAD, nobody knows it.
int respond_begin(std::string_view media_type, std::optional<std::uint64_t> length, const envelope&,
                  std::string& out);

/// The problem that an answer stands for: a problem itself, or a single renew or release that found
/// its lease gone.
std::optional<admit::problem> problem_of(const admit::answer&);

/// The answer's grant, 0 where it gives no slots to anybody.
admit::token granted(const admit::answer&) noexcept;

/// Whole seconds of a hint, rounded up, within the bounds of `Retry-After`.
std::int64_t retry_after_seconds(std::int64_t ms) noexcept;

}  // namespace admit::http
