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
    // The whole group: in `admit run … | tee log` the terminal told only the command of the Ctrl-Z.
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    struct sigaction ours {};
    ::sigaction(SIGTSTP, &by_default, &ours);
    ::kill(0, SIGTSTP);
    ::sigaction(SIGTSTP, &ours, nullptr);
}

}  // namespace admit::client
