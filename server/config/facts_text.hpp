// What a backup or a journal holds, in words.
#pragma once

#include "server/journal/restore.hpp"

#include <cstdint>
#include <string>

namespace admit::config {

/// "2025-01-01T12:00:00Z", of milliseconds since 1970; "-" where that is 0: not known.
std::string wall_time(std::int64_t ms);

/// "batch 17, written 2025-01-01T12:00:00Z: 2 pools, 1 lease and no kept places".
std::string text_of(const journal::backup_facts&);

}  // namespace admit::config
