// The command line of `admit`, read and checked.
#pragma once

#include "client/run/runner.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::client {

enum class verb : std::uint8_t { run, acquire, renew, release, pools, demo };

struct arguments {
    verb what = verb::pools;
    server_address server;
    acquire_options acquire;                       ///< of run and acquire
    std::chrono::milliseconds grace{5'000};        ///< of run
    std::vector<std::string> command;              ///< of run
    std::string handle;                            ///< of renew and release
    std::optional<std::chrono::milliseconds> ttl;  ///< of renew
    admit::outcome outcome = admit::outcome::ok;   ///< of release
    bool json = false;
};

/// The program ends here: after --help and --version, or because the line is wrong.
struct early_end {
    int exit_status = 0;
    std::string text;  ///< for stdout where `exit_status` is 0, else for stderr
};

/// `argv` as main has it. Looks at ADMIT_URL and ADMIT_WORKER.
std::variant<arguments, early_end> parse_arguments(int argc, const char* const* argv);

}  // namespace admit::client
