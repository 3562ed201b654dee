// Durations as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace admit::client {

/// `250ms`, `30s`, `5m`, `1h30m`, `2d`: whole numbers with units, the larger ones first, each at
/// most once; or `0`. Nothing for anything else, a number without a unit and more than ten years
/// included.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest spelling with at most two units, rounded down: `250ms`, `1.5s`, `12s`, `3m20s`.
std::string spell_duration(std::chrono::milliseconds);

}  // namespace admit::client
