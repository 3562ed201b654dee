#include "client/run/guardian.hpp"

#include "client/run/signals.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace admit::client {
namespace {

/// No signal ends it. Nothing but `line` is kept open, so that neither the caller's pipes nor the
/// connection to the server live longer than they should.
[[noreturn]] void stand_guard(int line) {
    ::setsid();
    ::dup2(line, STDIN_FILENO);
    ::close_range(STDIN_FILENO + 1, ~0U, 0);

    pid_t group = 0;
    for (;;) {
        pid_t said = 0;
        const ssize_t got = ::read(STDIN_FILENO, &said, sizeof said);
        if (got < 0 && errno == EINTR) continue;
        if (got != static_cast<ssize_t>(sizeof said)) break;
        group = said;
    }
    if (group > 0) ::kill(-group, SIGKILL);
    ::_exit(0);
}

}  // namespace

guardian::guardian() {
    int line[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0) return;
    {
        const signals_blocked blocked;
        if (::fork() == 0) {
            ::close(line[0]);
            stand_guard(line[1]);
        }
    }
    ::close(line[1]);
    line_ = line[0];
}

guardian::~guardian() {
    tell(0);
    if (line_ >= 0) ::close(line_);
}

void guardian::tell(pid_t group) noexcept {
    [[maybe_unused]] const ssize_t sent = ::send(line_, &group, sizeof group, MSG_NOSIGNAL);
}

}  // namespace admit::client
