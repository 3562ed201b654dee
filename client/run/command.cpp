#include "client/run/command.hpp"

#include "client/run/exit_status.hpp"
#include "client/run/guardian.hpp"
#include "client/run/signals.hpp"
#include "client/run/terminal.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace admit::client {
namespace {

/// Whether an entry `NAME=VALUE` of the environment has this name.
bool is_of(std::string_view entry, std::string_view name) {
    return entry.starts_with(name) && entry.substr(name.size(), 1) == "=";
}

std::vector<std::string> environment_of(const command_line& line) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        bool passed_on = true;
        for (const auto& [name, value] : line.environment)
            passed_on = passed_on && !is_of(*entry, name);
        for (const std::string& name : line.not_in_environment)
            passed_on = passed_on && !is_of(*entry, name);
        if (passed_on) all.emplace_back(*entry);
    }
    for (const auto& [name, value] : line.environment)
        all.push_back(name + "=" + value);
    return all;
}

/// The array that exec takes; valid as long as `words` is.
std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words)
        out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

/// What happens in the new process, where nothing may be allocated any more.
[[noreturn]] void become(char* const* words, char* const* environment, pid_t parent, int report,
                         const struct sigaction& pipe_action, const signals_blocked& blocked,
                         terminal& tty, guardian& guard) {
    ::setpgid(0, 0);
    // Before the command can start others: the parent may be killed before it could say so.
    guard.watch(::getpid());
    tty.give(::getpid());
    blocked.release_in_child();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have died before it could be noticed.
    if (::getppid() != parent) ::_exit(exit_status::of_signal(SIGKILL));
    ::sigaction(SIGPIPE, &pipe_action, nullptr);
    ::execvpe(words[0], words, environment);
    const int error = errno;
    [[maybe_unused]] const ssize_t written = ::write(report, &error, sizeof error);
    ::_exit(exit_status::not_found);
}

start_failure cannot(const std::string& what, int error) {
    const bool missing = error == ENOENT;
    return {missing ? exit_status::not_found : exit_status::not_executable,
            what + ": " + std::strerror(error)};
}

}  // namespace

std::variant<command, start_failure> command::start(const command_line& line, terminal& tty,
                                                    guardian& guard) {
    std::vector<std::string> words = line.words;
    std::vector<std::string> environment = environment_of(line);
    const std::vector<char*> word_pointers = pointers(words);
    const std::vector<char*> environment_pointers = pointers(environment);
    const pid_t parent = ::getpid();

    // Closed by a successful exec; otherwise it brings the reason.
    int report[2];
    if (::pipe2(report, O_CLOEXEC) != 0) return cannot("cannot start a process", errno);
    pid_t child = -1;
    int fork_error = 0;
    {
        const signals_blocked blocked;
        child = ::fork();
        if (child == 0)
            become(word_pointers.data(), environment_pointers.data(), parent, report[1],
                   line.pipe_action, blocked, tty, guard);
        fork_error = errno;
    }
    ::close(report[1]);
    if (child < 0) {
        ::close(report[0]);
        return cannot("cannot start a process", fork_error);
    }
    // Here too, for nobody knows which of the two runs first.
    ::setpgid(child, child);
    tty.give(child);

    int error = 0;
    ssize_t got = 0;
    do
        got = ::read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    ::close(report[0]);
    if (got != sizeof error) return command{child};

    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
    tty.take_back();
    return cannot(line.words.front(), error);
}

bool command::signal(int number) const noexcept { return ::kill(-pid_, number) == 0; }

}  // namespace admit::client
