// The process that `admit run` starts: no shell in between, in a process group of its own.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace admit::client {

class guardian;
class terminal;

struct command_line {
    std::vector<std::string> words;  ///< the program, looked up in PATH, and its arguments
    /// Added to the environment, in place of what has the same name there.
    std::vector<std::pair<std::string, std::string>> environment;
    /// Taken out of the environment: what this process has itself, but not for its command.
    std::vector<std::string> not_in_environment;
    /// What SIGPIPE did before this process changed it.
    struct sigaction pipe_action {};
};

/// Why a command could not be started.
struct start_failure {
    int exit_status = 0;  ///< 126 or 127, as shells have it
    std::string detail;
};

/// A running command. It dies with the thread that started it (PR_SET_PDEATHSIG).
class command {
public:
    /// Stdin, stdout, stderr and all other descriptors without FD_CLOEXEC are the command's too,
    /// and so is the terminal where it is ours to give.
    static std::variant<command, start_failure> start(const command_line&, terminal&, guardian&);

    pid_t pid() const noexcept { return pid_; }

    /// To every process of the group. False when there is none left.
    bool signal(int number) const noexcept;
    /// Whether a process of the group is left.
    bool group_lives() const noexcept { return signal(0); }

private:
    explicit command(pid_t pid) noexcept : pid_(pid) {}

    pid_t pid_;
};

}  // namespace admit::client
