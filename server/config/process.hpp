// What the process asks of the operating system before it serves.
#pragma once

#include "server/core/core.hpp"

namespace admit::config {

/// No SIGPIPE: a log whose reader has gone must not end the server. No SIGXFSZ: a file that may not
/// grow any more is an error that is told. No stall in `free` when a crowd has gone. Once, at the
/// start.
void prepare_process();

/// A core's settings for this process, whose hashes nobody can foresee. Throws where the system has
/// no random bytes.
core::settings core_settings();

/// Where the tokens of a state without a past begin: above those of any state before it, so that
/// what they guard never sees them fall. Another data directory, or none, has a past too.
admit::token first_token();

/// A core's settings where the state ends with the process.
core::settings ephemeral_settings();

}  // namespace admit::config
