// The command line of `admit`, read and checked.
#pragma once

#include "client/cli/command.hpp"
#include "client/cli/pool_settings.hpp"
#include "client/run/runner.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::client {

/// What was written, for all commands; each looks at its own.
struct arguments {
    const command* what = nullptr;  ///< which command it is
    std::vector<server_address> servers{server_address{}};
    bool json = false;

    std::string pool;                               ///< all that name one, but run and acquire
    acquire_options acquire;                        ///< run, acquire
    std::optional<std::chrono::milliseconds> wait;  ///< run, acquire: as it was written
    bool no_wait = false;                           ///< run
    run_options run;                                ///< run; without its servers and acquire
    std::string handle;                             ///< renew, release
    std::optional<std::chrono::milliseconds> ttl;   ///< renew
    admit::outcome outcome = admit::outcome::ok;    ///< release
    std::string request_id;                         ///< cancel
    admit::token token = 0;                         ///< check, evict; 0: none
    std::string worker;                             ///< worker, evict
    settings_wish settings;                         ///< pool set
    std::optional<std::string> note;                ///< pool pause, pool drain
    bool force = false;                             ///< pool delete
    std::chrono::milliseconds interval{1'000};      ///< top
    bool once = false;                              ///< top
};

/// The program ends here: after --help and --version, or because the line is wrong.
struct early_end {
    int exit_status = 0;
    std::string text;  ///< for stdout where `exit_status` is 0, else for stderr
};

/// `argv` as main has it. Looks at ADMIT_URL and ADMIT_WORKER.
std::variant<arguments, early_end> parse_arguments(int argc, const char* const* argv);

}  // namespace admit::client
