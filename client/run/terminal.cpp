#include "client/run/terminal.hpp"

#include <unistd.h>

#include <csignal>

namespace admit::client {
namespace {

/// A process in the background is stopped by SIGTTOU when it changes the foreground, unless it
/// blocks the signal.
void set_foreground(pid_t group) noexcept {
    sigset_t ttou;
    sigset_t before;
    sigemptyset(&ttou);
    sigaddset(&ttou, SIGTTOU);
    ::pthread_sigmask(SIG_BLOCK, &ttou, &before);
    ::tcsetpgrp(STDIN_FILENO, group);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

terminal::terminal() noexcept
    : own_group_(::getpgrp()),
      present_(::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) > 0) {}

bool terminal::foreground_is(pid_t group) const noexcept {
    return present_ && ::tcgetpgrp(STDIN_FILENO) == group;
}

void terminal::give(pid_t group) noexcept {
    if (foreground_is(own_group_)) set_foreground(group);
    // The command itself may have been faster.
    if (foreground_is(group)) given_to_ = group;
}

void terminal::take_back() noexcept {
    if (given_to_ != 0 && foreground_is(given_to_)) set_foreground(own_group_);
    given_to_ = 0;
}

}  // namespace admit::client
