// What the process asks of the operating system before it serves.
#pragma once

#include "server/core/core.hpp"

namespace admit::config {

/// No SIGPIPE: a log whose reader has gone must not end the server. Once, at the start.
void prepare_process();

/// A core's settings for a server whose state ends with the process: tokens go on above those of
/// any earlier process, and nobody can foresee how names are hashed. Throws where the system has no
/// random bytes.
core::settings ephemeral_settings();

}  // namespace admit::config
