// What a line of the log says, as pure functions: sentences for people, JSON members for programs.
// Neither ever shows a request id or a handle, and what clients chose is escaped and cut.
#pragma once

#include "server/core/effects.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace admit::telemetry {

enum class log_level : std::uint8_t { debug, info, warn, error, off };

/// An answered request.
struct access_line {
    std::string_view method;  ///< lives for ever
    std::string path;         ///< the route's template, or what was asked for without the query
    bool is_route = true;     ///< which of them
    int status = 0;
    std::chrono::nanoseconds took{};
    std::size_t bytes = 0;  ///< of the answer, header included
};

/// Something that the server itself has to say.
struct message {
    log_level level = log_level::info;
    std::string_view event;  ///< a word for programs, e.g. "listening"; lives for ever
    std::string text;        ///< a sentence for people
};

/// Longest text of a client in a line, in bytes; the rest is cut off.
inline constexpr std::size_t logged_bytes_max = 256;

/// Appends `text` up to `logged_bytes_max`, with a `?` for whatever could break a line, steer a
/// terminal or is not UTF-8.
void append_clean(std::string& out, std::string_view text);

/// `path` with `[handle]` for whatever looks like one: no honest client puts a handle into a path.
std::string without_handles(std::string_view path);

/// Who the event is about; empty where it is about a pool. Lives as long as the event.
std::string_view worker_of(const core::event&) noexcept;

log_level level_of(const core::event&) noexcept;

/// `Worker w1: acquired (1/2 active)`. Each replaces `out`.
void write_text(const core::event&, std::string& out);
void write_text(const access_line&, std::string& out);
void write_text(const message&, std::string& out);

/// `"event":"acquired","pool":"db",…`: members without the braces, for a line that has some
/// already.
void write_json(const core::event&, std::string& out);
void write_json(const access_line&, std::string& out);
void write_json(const message&, std::string& out);

}  // namespace admit::telemetry
