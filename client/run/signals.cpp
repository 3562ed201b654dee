#include "client/run/signals.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace admit::client {
namespace {

constexpr int passed_on[] = {SIGINT,  SIGTERM,  SIGHUP,  SIGQUIT, SIGUSR1,
                             SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT};

}  // namespace

bool is_ignored(int number) noexcept {
    struct sigaction action {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

signals_blocked::signals_blocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
}

signals_blocked::~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void signals_blocked::release_in_child() const noexcept {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action {};
        if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN ||
            action.sa_handler == SIG_DFL)
            continue;
        action = {};
        action.sa_handler = SIG_DFL;
        ::sigaction(number, &action, nullptr);
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

signals::signals(boost::asio::io_context& loop) : set_(loop, SIGCHLD) {
    for (const int number : passed_on)
        if (!is_ignored(number)) set_.add(number);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &pipe_action_);
}

signals::~signals() { ::sigaction(SIGPIPE, &pipe_action_, nullptr); }

boost::asio::awaitable<int> signals::next() {
    boost::system::error_code ec;
    const int number =
        co_await set_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    co_return ec ? 0 : number;
}

void signals::stop_job() noexcept {
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    struct sigaction stops {};
    struct sigaction goes_on {};
    // Our return tells of the SIGCONT. Heard as well, it would undo the next Ctrl-Z.
    ::sigaction(SIGCONT, &by_default, &goes_on);
    ::sigaction(SIGTSTP, &by_default, &stops);
    // The whole group: in `admit run … | tee log` the terminal told only the command of the Ctrl-Z.
    ::kill(0, SIGTSTP);
    ::sigaction(SIGTSTP, &stops, nullptr);
    ::sigaction(SIGCONT, &goes_on, nullptr);
}

}  // namespace admit::client
