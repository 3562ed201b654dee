#include "server/config/signals.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace admit::config {
namespace {

/// What the process has earned; -1 while it has not ended in order.
volatile std::sig_atomic_t final_status = -1;

extern "C" void end_at_once(int number) {
    ::_exit(final_status < 0 ? 128 + number : static_cast<int>(final_status));
}

/// Blocks them for the calling thread, or lets them come: SIG_BLOCK or SIG_UNBLOCK.
void mask_signals(int how) {
    sigset_t all;
    ::sigemptyset(&all);
    for (int number : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&all, number);
    ::pthread_sigmask(how, &all, nullptr);
}

/// A handler and not the default action, which the first process of a container does not have.
void end_at_next(int number) {
    struct sigaction action {};
    action.sa_handler = &end_at_once;
    ::sigaction(number, &action, nullptr);
}

}  // namespace

void hold_signals() { mask_signals(SIG_BLOCK); }

signals::signals(engine::loop& loop, std::function<void()> end, std::function<void()> reload)
    : ends_(loop.context(), SIGTERM, SIGINT),
      reloads_(loop.context(), SIGHUP),
      reload_(std::move(reload)) {
    wait_for_end(std::move(end));
    wait_for_reload();
    mask_signals(SIG_UNBLOCK);
}

void signals::stop(int status) {
    final_status = status;
    ends_.clear();
    end_at_next(SIGTERM);
    end_at_next(SIGINT);
    ends_.cancel();  // where it was not a signal that ended it
    reloads_.cancel();
}

void signals::wait_for_end(std::function<void()> end) {
    ends_.async_wait([this, end = std::move(end)](boost::system::error_code error, int) {
        if (error) return;
        ends_.clear();
        end_at_next(SIGTERM);
        end_at_next(SIGINT);
        end();
    });
}

void signals::wait_for_reload() {
    reloads_.async_wait([this](boost::system::error_code error, int) {
        if (error) return;
        reload_();
        wait_for_reload();
    });
}

}  // namespace admit::config
