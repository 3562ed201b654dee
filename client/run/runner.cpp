#include "client/run/runner.hpp"

#include "client/async/admission.hpp"
#include "client/async/keeper.hpp"
#include "client/async/plan.hpp"
#include "client/run/command.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/guardian.hpp"
#include "client/run/notice.hpp"
#include "client/run/signals.hpp"
#include "client/run/terminal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <exception>
#include <optional>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

/// How long giving the slot back may delay the end; afterwards the lease ends by itself.
constexpr span release_within = 3s;
/// The same after a loss, when there is probably nothing to give back and nobody to take it.
constexpr span lost_release_within = 500ms;
/// What a killed group may take to disappear after its first process has.
constexpr span bury_within = 1s;
constexpr instant never = instant::max();

/// One run. Everything happens on one loop in one thread: the coroutine `serve` goes through the
/// phases, `listen` hears signals, `hold` keeps the lease; they ring `bell_` for `serve`.
class runner {
public:
    explicit runner(const run_options& options)
        : options_(options),
          signals_(loop_),
          bell_(loop_.get_executor()),
          server_(loop_.get_executor(), options.server),
          admission_(loop_.get_executor(), server_, plan()) {}

    int run();

private:
    acquisition_plan plan() const;
    asio::awaitable<void> serve();
    asio::awaitable<void> listen();
    asio::awaitable<void> hold();
    asio::awaitable<void> attend();
    asio::awaitable<void> give_back(outcome how);
    int not_admitted(const failure&);
    bool start(const held_lease&);
    void on_signal(int number);
    void on_signal_in_line(int number);
    void reap();
    void stopped();
    void resume();
    void lost(failure why);
    bool ended() const;

    const run_options& options_;
    asio::io_context loop_{1};
    signals signals_;
    boot_timer bell_;
    calls server_;
    admission admission_;
    line_notice notice_;
    terminal terminal_;
    std::optional<guardian> guardian_;

    int status_ = exit_status::failed;
    int interrupted_by_ = 0;  ///< the signal that made us leave the line
    std::string handle_;
    std::optional<command> command_;
    std::optional<keeper> keeper_;
    bool holding_ = false;            ///< `hold` has not ended
    std::optional<int> wait_status_;  ///< of the command, after its death
    std::optional<failure> lost_;     ///< why the lease is no longer ours
    instant kill_at_ = never;
    instant bury_until_ = never;
};

int runner::run() {
    // Orphans of the command come to us, so that we see when the last of its group is gone.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    asio::co_spawn(loop_, listen(), [](std::exception_ptr) {});
    std::exception_ptr thrown;
    asio::co_spawn(loop_, serve(), [&](std::exception_ptr e) {
        thrown = e;
        loop_.stop();
    });
    loop_.run();
    if (thrown) std::rethrow_exception(thrown);
    return status_;
}

acquisition_plan runner::plan() const {
    acquisition_plan out = plan_of(options_.acquire);
    out.announce = line_notice::watched();
    return out;
}

asio::awaitable<void> runner::serve() {
    admission_.on_queued = [this](const queued& place) {
        notice_.show(options_.acquire.pool, place);
    };
    const result<held_lease> got = co_await admission_.run();
    notice_.clear();
    if (!got) {
        status_ = not_admitted(got.error());
        co_return;
    }
    handle_ = got->grant.handle;
    if (!start(*got)) {
        co_await give_back(outcome::dropped);
        co_return;
    }
    keeper_.emplace(loop_.get_executor(), server_, *got,
                    tenure_settings{.reserve = options_.grace});
    holding_ = true;
    asio::co_spawn(loop_, hold(), [this](std::exception_ptr e) {
        holding_ = false;
        if (e) lost({cause::lost, {}, "the lease cannot be renewed: out of resources"});
        bell_.cancel();
    });
    co_await attend();
    terminal_.take_back();

    status_ = WIFSIGNALED(*wait_status_) ? exit_status::of_signal(WTERMSIG(*wait_status_))
                                         : WEXITSTATUS(*wait_status_);
    const outcome how = status_ == 0 && !lost_ ? outcome::ok : outcome::failed;
    if (lost_) status_ = exit_status::lease_lost;
    co_await give_back(how);
}

int runner::not_admitted(const failure& f) {
    if (interrupted_by_ != 0) return exit_status::of_signal(interrupted_by_);
    complain(message(f));
    return exit_status::of(f);
}

bool runner::start(const held_lease& lease) {
    command_line line;
    line.words = options_.command;
    line.environment = {{"ADMIT_HANDLE", handle_},
                        {"ADMIT_TOKEN", std::to_string(lease.grant.lease.token)},
                        {"ADMIT_POOL", options_.acquire.pool},
                        {"ADMIT_URL", url(options_.server)}};
    line.pipe_action = signals_.pipe_action();
    guardian_.emplace();
    std::variant<command, start_failure> started = command::start(line, terminal_);
    if (const auto* no = std::get_if<start_failure>(&started)) {
        complain(no->detail);
        status_ = no->exit_status;
        return false;
    }
    command_ = std::get<command>(started);
    guardian_->watch(command_->pid());
    return true;
}

/// Renews until the lease is lost or the command is over.
asio::awaitable<void> runner::hold() {
    std::optional<failure> why = co_await keeper_->run();
    if (why) lost(std::move(*why));
}

/// Waits for the end of the command, and sees to it when the lease is lost.
asio::awaitable<void> runner::attend() {
    while (!ended()) {
        bell_.expires_at(std::min(kill_at_, bury_until_));
        boost::system::error_code rung;
        co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
        if (boot_now() < kill_at_) continue;
        command_->signal(SIGKILL);
        kill_at_ = never;
        bury_until_ = boot_now() + bury_within;
    }
}

bool runner::ended() const {
    if (!wait_status_) return false;
    // What the command leaves behind on purpose is its own affair, unless the slot is not ours.
    if (!lost_) return true;
    return !command_->group_lives() || boot_now() >= bury_until_;
}

void runner::lost(failure why) {
    if (lost_ || wait_status_) return;
    lost_ = std::move(why);
    complain("lease lost: " + message(*lost_) + "; ending the command");
    kill_at_ = kill_at(boot_now(), keeper_->deadline(), options_.grace);
    command_->signal(SIGTERM);
    command_->signal(SIGCONT);
    bell_.cancel();
}

asio::awaitable<void> runner::give_back(outcome how) {
    if (keeper_) keeper_->stop();
    while (holding_) {
        bell_.expires_at(never);
        boost::system::error_code rung;
        co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
    }
    release_request request;
    request.handles.push_back(handle_);
    request.outcome = how;
    const result<released_lease> gone = co_await server_.release(
        std::move(request), boot_now() + (lost_ ? lost_release_within : release_within));
    if (gone || lost_) co_return;
    if (exit_status::of(gone.error()) == exit_status::lease_lost)
        complain("the lease was gone before the command ended: " + message(gone.error()));
    else
        complain("the slot was not given back: " + message(gone.error()) +
                 "; it is free when the lease ends");
}

asio::awaitable<void> runner::listen() {
    for (;;) {
        const int number = co_await signals_.next();
        if (number == 0) co_return;
        on_signal(number);
    }
}

void runner::on_signal(int number) {
    if (number == SIGCHLD) return reap();
    if (!command_) return on_signal_in_line(number);
    if (wait_status_) return;
    if (number == SIGCONT) return resume();
    command_->signal(number);
}

void runner::on_signal_in_line(int number) {
    switch (number) {
        case SIGINT:
        case SIGTERM:
        case SIGHUP:
        case SIGQUIT:
            interrupted_by_ = number;
            return admission_.give_up();
        case SIGTSTP:
            return signals_.stop_job();
        default:
            return;
    }
}

void runner::reap() {
    for (;;) {
        int how = 0;
        const pid_t who = ::waitpid(-1, &how, WNOHANG | WUNTRACED);
        if (who <= 0) break;
        if (!command_ || who != command_->pid()) continue;
        if (WIFSTOPPED(how))
            stopped();
        else
            wait_status_ = how;
    }
    bell_.cancel();
}

/// Ctrl-Z, or a read in the background: the job is this process too, so it stops with the command.
/// Without a terminal the command was stopped by somebody who will continue it; it keeps its slot.
void runner::stopped() {
    if (!terminal_.present() || lost_) return;
    terminal_.take_back();
    signals_.stop_job();
    resume();
}

void runner::resume() {
    // The lease may have ended while everything stood still: then the command does not go on.
    if (keeper_ && boot_now() >= keeper_->deadline()) {
        command_->signal(SIGKILL);
        return lost({cause::lost, {}, "its time passed while the job was stopped"});
    }
    terminal_.give(command_->pid());
    command_->signal(SIGCONT);
}

}  // namespace

int run(const run_options& options) { return runner{options}.run(); }

}  // namespace admit::client
