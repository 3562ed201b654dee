// Instants of the HTTP side: of the monotonic clock that the sessions read, and arguments to
// everything below them.
#pragma once

#include <chrono>

namespace admit::http {

/// Since some fixed point; never decreases.
using instant = std::chrono::nanoseconds;

}  // namespace admit::http
