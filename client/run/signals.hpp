// The signals that `admit run` hears: those that it passes on, and the death of children.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace admit::client {

/// Whether the process inherited that a signal does nothing, as under nohup.
bool is_ignored(int number) noexcept;

/// Around every fork: a handler of ours that runs in the new process would tell the parent of a
/// signal that it never got.
class signals_blocked {
public:
    signals_blocked() noexcept;
    ~signals_blocked();
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;

    /// In the new process: handled signals do what they do by default, and may come again.
    void release_in_child() const noexcept;

private:
    sigset_t before_;
};

/// Installs the handlers while it lives. A signal that was ignored before, as under nohup, is left
/// alone, so that the command inherits that. SIGPIPE is ignored: a closed stderr must not end us.
class signals {
public:
    explicit signals(boost::asio::io_context&);
    ~signals();
    signals(const signals&) = delete;
    signals& operator=(const signals&) = delete;

    /// The next signal that came.
    boost::asio::awaitable<int> next();

    /// Stops this process's job as Ctrl-Z does and returns when it goes on; at once where nobody
    /// could continue it (an orphaned process group).
    void stop_job() noexcept;

    /// What SIGPIPE did before.
    const struct sigaction& pipe_action() const noexcept { return pipe_action_; }

private:
    boost::asio::signal_set set_;
    struct sigaction pipe_action_ {};
};

}  // namespace admit::client
