// The terminal that stdin may be: given to the command's process group while it runs, so that what
// is typed, Ctrl-C included, goes there, and taken back.
#pragma once

#include <sys/types.h>

namespace admit::client {

class terminal {
public:
    /// Looks whether stdin is the terminal of this session.
    terminal() noexcept;

    bool present() const noexcept { return present_; }

    /// Makes `group` the one in the foreground, if ours, or it itself, is. Safe after fork.
    void give(pid_t group) noexcept;
    /// Puts our own group into the foreground if it was ours to give away.
    void take_back() noexcept;

private:
    bool foreground_is(pid_t group) const noexcept;

    pid_t own_group_;
    bool present_ = false;
    pid_t given_to_ = 0;
};

}  // namespace admit::client
