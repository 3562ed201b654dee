// `admit run`: waits for a slot, runs a command under the lease, and gives the slot back.
#pragma once

#include "client/options.hpp"
#include "client/run/exit_status.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace admit::client {

/// What to do when no server answers within `acquire_options::reach`.
enum class if_unreachable : std::uint8_t {
    fail,  ///< end with `exit_status::unreachable`
    wait,  ///< go on trying, as long as `acquire_options::wait` allows
    run,   ///< run the command without a slot
};

struct run_options {
    std::vector<server_address> servers;  ///< at least one
    acquire_options acquire;              ///< all but `reach`, `reserve` and `on_queued`
    /// Between TERM and KILL when the lease is lost; less where the lease ends earlier.
    std::chrono::milliseconds grace = std::chrono::seconds{5};
    admit::client::if_unreachable if_unreachable = admit::client::if_unreachable::fail;
    int not_admitted = exit_status::not_admitted;  ///< the exit status of that
    bool verbose = false;                          ///< tells each step on stderr
    std::vector<std::string> command;  ///< the program and its arguments; at least one word
};

/// Returns one of run/exit_status.hpp. Messages go to stderr, nothing to stdout.
///
/// Takes over the process: its signal handlers, its children, and the terminal where stdin is one.
/// INT, TERM, HUP and QUIT leave the line while waiting and are passed on while the command runs;
/// signals that were ignored before stay ignored. To be called from the main thread, once.
int run(const run_options&);

}  // namespace admit::client
