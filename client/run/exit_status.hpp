// How the command `admit` ends: the one list of its exit statuses.
//
//   the command's own   `admit run`: what the command ended with
//   128+n               `admit run`: the command died by signal n; or admit was told to end by it
//   126, 127            `admit run`: the command cannot be executed, or does not exist
//   1                   refused for a reason that is none of the following
//   64                  wrong use: options, a pool that does not exist, more slots than the limit
//   69                  no server, or one that is not able to answer (5xx)
//   70                  the lease is gone: lost while the command ran, or unknown to renew or
//   release 75                  not admitted: try later
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

/// Of a call that failed.
int of(const failure&) noexcept;

}  // namespace admit::client::exit_status
