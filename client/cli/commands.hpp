// The calls that `admit` makes for scripts: one call each, its answer on stdout.
#pragma once

#include "client/cli/arguments.hpp"

namespace admit::client {

/// Each prints its answer, complains on stderr, and returns one of run/exit_status.hpp.
int acquire(const arguments&);
int renew(const arguments&);
int release(const arguments&);
int pools(const arguments&);

}  // namespace admit::client
