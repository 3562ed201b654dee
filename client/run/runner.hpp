// `admit run`: waits for a slot, runs a command under the lease, and gives the slot back.
#pragma once

#include "client/client.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace admit::client {

struct run_options {
    server_address server;
    acquire_options acquire;
    /// Between TERM and KILL when the lease is lost; less where the lease ends earlier.
    std::chrono::milliseconds grace = std::chrono::seconds{5};
    std::vector<std::string> command;  ///< the program and its arguments; at least one word
};

/// Returns one of run/exit_status.hpp. Messages go to stderr, nothing to stdout.
///
/// Takes over the process: its signal handlers, its children, and the terminal where stdin is one.
/// INT, TERM, HUP and QUIT leave the line while waiting and are passed on while the command runs;
/// signals that were ignored before stay ignored. To be called from the main thread, once.
int run(const run_options&);

}  // namespace admit::client
