// How the command `admit` ends: the one list of its exit statuses.
#pragma once

#include "client/result.hpp"

namespace admit::client::exit_status {

inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 64;
inline constexpr int unreachable = 69;
inline constexpr int lease_lost = 70;
inline constexpr int not_admitted = 75;
inline constexpr int not_executable = 126;
inline constexpr int not_found = 127;

/// After death by this signal.
constexpr int of_signal(int number) noexcept { return 128 + number; }

struct meaning {
    const char* status;
    const char* text;
};
/// For people: `admit --help` shows it.
inline constexpr meaning meanings[] = {
    {"0", "done"},
    {"1", "refused, or failed, for a reason that is none of the following"},
    {"64", "wrong use: options, an unknown pool, more slots than the pool has"},
    {"69", "no server, or one that cannot answer"},
    {"70", "the lease is gone, or was lost while the command ran"},
    {"75", "not admitted: try later (run: the status that -E gives)"},
    {"126, 127", "run: the command cannot be executed; there is none"},
    {"128+n", "the command died by signal n, or admit was told to end by it"},
    {"any other", "run: the command's own"},
};

/// Of a call that failed.
int of(const failure&) noexcept;

}  // namespace admit::client::exit_status
