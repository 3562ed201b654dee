// The clock on the wall: for people, and for tokens that a restore raises further the later it is.
#pragma once

#include <cstdint>
#include <string>

namespace admit::journal {

/// Milliseconds since 1970.
std::int64_t wall_ms();
/// "2026-11-25T08:15:00Z". Pure.
std::string wall_text(std::int64_t ms);

}  // namespace admit::journal
