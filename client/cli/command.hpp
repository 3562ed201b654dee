// What a command of `admit` is: one row of a table.
#pragma once

#include <span>
#include <string_view>

namespace admit::client {

struct arguments;
class declarations;

struct command {
    std::string_view name;   ///< one word; or two, where the first is a group's: `pool set`
    std::string_view about;  ///< one line of --help
    std::string_view help;   ///< below the options: what else there is to know, and examples
    /// Says which words and options it has, and where their values go.
    void (*declare)(declarations&, arguments&);
    /// Returns one of run/exit_status.hpp. None: the row is a group, whose commands follow it.
    int (*run)(const arguments&);
};

// The families of commands.
std::span<const command> run_command();
std::span<const command> admission_commands();
std::span<const command> pool_commands();
std::span<const command> listing_commands();
std::span<const command> demo_command();
std::span<const command> top_command();
std::span<const command> version_command();

/// All families, in the order of --help.
std::span<const command> commands();

}  // namespace admit::client
