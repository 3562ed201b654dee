// `admit demo`: four workers, two slots, on a pool of its own.
#pragma once

#include "client/address.hpp"

#include <string>

namespace admit::client {

/// Plays the scene and prints its ten lines on stdout; the pool is gone afterwards. Returns one of
/// run/exit_status.hpp.
int demo(const server_address&);

}  // namespace admit::client
