#include "client/run/runner.hpp"

#include "client/async/boot_timer.hpp"
#include "client/client.hpp"
#include "client/policy/tenure.hpp"
#include "client/run/command.hpp"
#include "client/run/guardian.hpp"
#include "client/run/near_pool.hpp"
#include "client/run/notice.hpp"
#include "client/run/signals.hpp"
#include "client/run/terminal.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
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
constexpr std::chrono::seconds release_within{3};
/// What a killed group may take to disappear after its first process has.
constexpr span bury_within = 1s;
constexpr instant never = instant::max();

/// One run. Everything happens on one loop in one thread: the coroutine `serve` goes through the
/// phases, `listen` hears signals, the lease tells of its loss; they ring `bell_` for `serve`.
class runner {
public:
    explicit runner(const run_options& options)
        : options_(options),
          signals_(loop_),
          bell_(loop_.get_executor()),
          server_(loop_.get_executor(), {.servers = options.servers, .patience = release_within}) {}

    int run();

private:
    asio::awaitable<void> serve();
    asio::awaitable<void> listen();
    asio::awaitable<void> attend();
    asio::awaitable<void> give_back(outcome how);
    acquire_options wish();
    bool may_run_without(const failure&) const;
    asio::awaitable<int> not_admitted(failure);
    bool start();
    void on_signal(int number);
    void on_signal_in_line(int number);
    void reap();
    void stopped();
    void resume();
    void lost(const failure& why);
    bool ended() const;
    void tell(const std::string& step) const;

    const run_options& options_;
    asio::io_context loop_{1};
    signals signals_;
    boot_timer bell_;
    client server_;
    asio::cancellation_signal leave_line_;
    line_notice notice_;
    terminal terminal_;
    std::optional<guardian> guardian_;

    int status_ = exit_status::failed;
    int interrupted_by_ = 0;  ///< the signal that made us leave the line
    lease lease_;             ///< holds nothing where the command runs without a slot
    std::optional<command> command_;
    std::optional<int> wait_status_;  ///< of the command, after its death
    bool lost_ = false;               ///< the lease is no longer ours
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

acquire_options runner::wish() {
    acquire_options out = options_.acquire;
    out.reserve = options_.grace;
    if (options_.if_unreachable == if_unreachable::wait) out.reach.reset();
    if (line_notice::watched() || options_.verbose)
        out.on_queued = [this](const queued& place) {
            tell("waiting for " + options_.acquire.pool + ", " + std::to_string(place.position) +
                 " of " + std::to_string(place.waiting) + " in line");
            notice_.show(options_.acquire.pool, place);
        };
    return out;
}

asio::awaitable<void> runner::serve() {
    result<lease> got = co_await server_.async_acquire(
        wish(), asio::bind_cancellation_slot(leave_line_.slot(), asio::use_awaitable));
    notice_.clear();
    if (got) {
        lease_ = std::move(*got);
        tell("admitted to " + options_.acquire.pool + " with token " +
             std::to_string(lease_.grant().token));
    } else if (may_run_without(got.error())) {
        complain(message(got.error()) + "; running without a slot");
    } else {
        status_ = co_await not_admitted(got.error());
        co_return;
    }
    if (!start()) {
        co_await give_back(outcome::dropped);
        co_return;
    }
    if (lease_) lease_.on_lost([this](const loss& what) { lost(what.why); });
    co_await attend();
    terminal_.take_back();

    status_ = WIFSIGNALED(*wait_status_) ? exit_status::of_signal(WTERMSIG(*wait_status_))
                                         : WEXITSTATUS(*wait_status_);
    tell("the command ended with status " + std::to_string(status_));
    const outcome how = status_ == 0 && !lost_ ? outcome::ok : outcome::failed;
    if (lost_) status_ = exit_status::lease_lost;
    co_await give_back(how);
}

bool runner::may_run_without(const failure& f) const {
    return options_.if_unreachable == if_unreachable::run && interrupted_by_ == 0 &&
           exit_status::of(f) == exit_status::unreachable;
}

asio::awaitable<int> runner::not_admitted(failure f) {
    const std::string hint =
        co_await near_pool(loop_.get_executor(), options_.servers, f, options_.acquire.pool);
    if (interrupted_by_ != 0) co_return exit_status::of_signal(interrupted_by_);
    complain(message(f) + hint);
    const int status = exit_status::of(f);
    co_return status == exit_status::not_admitted ? options_.not_admitted : status;
}

void runner::tell(const std::string& step) const {
    if (options_.verbose) complain(step);
}

bool runner::start() {
    command_line line;
    line.words = options_.command;
    line.environment = {{"ADMIT_POOL", options_.acquire.pool},
                        {"ADMIT_URL", urls(options_.servers)}};
    if (lease_) {
        line.environment.emplace_back("ADMIT_HANDLE", lease_.handle());
        line.environment.emplace_back("ADMIT_TOKEN", std::to_string(lease_.grant().token));
    } else {
        // Of an `admit run` around this one: a lease of another pool protects nothing here.
        line.not_in_environment = {"ADMIT_HANDLE", "ADMIT_TOKEN"};
    }
    line.pipe_action = signals_.pipe_action();
    guardian_.emplace();
    std::variant<command, start_failure> started = command::start(line, terminal_, *guardian_);
    if (const auto* no = std::get_if<start_failure>(&started)) {
        complain(no->detail);
        status_ = no->exit_status;
        return false;
    }
    command_ = std::get<command>(started);
    return true;
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

void runner::lost(const failure& why) {
    if (lost_ || wait_status_) return;
    lost_ = true;
    complain("lease lost: " + message(why) + "; ending the command");
    kill_at_ = kill_at(boot_now(), lease_.deadline(), options_.grace);
    command_->signal(SIGTERM);
    command_->signal(SIGCONT);
    bell_.cancel();
}

asio::awaitable<void> runner::give_back(outcome how) {
    if (!lease_) co_return;
    const result<released_lease> gone = co_await lease_.async_release(how, asio::use_awaitable);
    if (gone)
        tell("released");
    else if (lost_)
        co_return;
    else if (exit_status::of(gone.error()) == exit_status::lease_lost)
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
            return leave_line_.emit(asio::cancellation_type::terminal);
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
    if (lease_ && boot_now() >= lease_.deadline()) {
        command_->signal(SIGKILL);
        return lost({cause::lost, {}, "its time passed while the job was stopped"});
    }
    terminal_.give(command_->pid());
    command_->signal(SIGCONT);
}

}  // namespace

int run(const run_options& options) { return runner{options}.run(); }

}  // namespace admit::client
