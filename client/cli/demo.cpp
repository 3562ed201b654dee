// `admit demo`: four workers, two slots, on a pool of its own.
#include "client/cli/help.hpp"
#include "client/cli/output.hpp"
#include "client/cli/scene.hpp"
#include "client/client.hpp"
#include "client/random.hpp"
#include "client/run/exit_status.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace admit::client {
namespace {

namespace asio = boost::asio;

constexpr int workers = 4;
constexpr std::int64_t slots = 2;
constexpr std::chrono::milliseconds work{100};
/// Between the workers, so that the first to come is also the first to go.
constexpr std::chrono::milliseconds apart{20};
constexpr std::chrono::seconds patience{30};

/// One showing. Everything happens on one loop; the workers are coroutines.
class stage {
public:
    explicit stage(client_options options) : server_(loop_.get_executor(), std::move(options)) {}

    int run();
    /// What went wrong first.
    const std::optional<failure>& trouble() const noexcept { return failure_; }
    bool unread() const noexcept { return unread_; }

private:
    asio::awaitable<void> show();
    asio::awaitable<void> play();
    asio::awaitable<void> work_on(int number, std::optional<lease> held);
    asio::awaitable<result<lease>> acquire(int number, std::chrono::milliseconds wait);
    asio::awaitable<void> pause(std::chrono::milliseconds);
    asio::awaitable<void> until_all_have_tried();
    asio::awaitable<void> clear_up();
    void print_all(const std::vector<std::string>& lines);
    void tell(int number, happening::kind what, const pool_share& pool);
    void fail(const failure& f) {
        if (!failure_) failure_ = f;
    }

    asio::io_context loop_{1};
    client server_;
    const std::string pool_ = "demo-" + random_request_id().substr(0, 8);
    scene scene_;
    asio::steady_timer tried_{loop_, asio::steady_timer::time_point::max()};
    int to_try_ = workers;
    asio::steady_timer finished_{loop_, asio::steady_timer::time_point::max()};
    int playing_ = 0;
    std::optional<failure> failure_;
    bool unread_ = false;  ///< a line could not be written
    int interrupted_by_ = 0;
};

void stage::print_all(const std::vector<std::string>& lines) {
    // The show goes on without an audience: its pool is to be deleted all the same.
    for (const std::string& line : lines)
        if (!print(line + "\n")) unread_ = true;
}

void stage::tell(int number, happening::kind what, const pool_share& pool) {
    print_all(scene_.add({number, what, pool.active, pool.limit}));
}

asio::awaitable<void> stage::pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{loop_, time};
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// However slow the machine is: nobody releases before everybody has tried.
asio::awaitable<void> stage::until_all_have_tried() {
    boost::system::error_code ignored;
    while (to_try_ > 0)
        co_await tried_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<result<lease>> stage::acquire(int number, std::chrono::milliseconds wait) {
    acquire_options wish;
    wish.pool = pool_;
    wish.worker = "worker-" + std::to_string(number);
    wish.wait = wait;
    result<lease> got = co_await server_.async_acquire(std::move(wish), asio::use_awaitable);
    if (got) tell(number, happening::kind::acquired, got->grant().pool);
    co_return got;
}

/// Waits in line unless admitted already, works, and gives the slot back.
asio::awaitable<void> stage::work_on(int number, std::optional<lease> held) {
    if (!held) {
        result<lease> got = co_await acquire(number, patience);
        if (!got) {
            fail(got.error());
            co_return;
        }
        held = std::move(*got);
    }
    co_await pause(work);
    co_await until_all_have_tried();
    const result<released_lease> gone =
        co_await held->async_release(outcome::ok, asio::use_awaitable);
    if (gone)
        tell(number, happening::kind::released, gone->pool);
    else
        fail(gone.error());
}

/// Two are admitted, two are rejected and stand in line until the first two have released.
asio::awaitable<void> stage::play() {
    for (int i = 0; i < workers && interrupted_by_ == 0; ++i) {
        result<lease> got = co_await acquire(i, std::chrono::milliseconds{0});
        std::optional<lease> held;
        bool plays = true;
        if (got) {
            held = std::move(*got);
        } else if (const problem& no = got.error().answer; got.error().why == cause::refused &&
                                                           no.code == errc::pool_full &&
                                                           !no.pools.empty()) {
            tell(i, happening::kind::rejected, no.pools.front());
        } else {
            fail(got.error());
            plays = false;
        }
        if (plays) {
            ++playing_;
            asio::co_spawn(loop_, work_on(i, std::move(held)), [this](std::exception_ptr) {
                --playing_;
                finished_.cancel();
            });
        }
        --to_try_;
        co_await pause(apart);
    }
    to_try_ = 0;
    tried_.cancel();
    boost::system::error_code ignored;
    while (playing_ > 0)
        co_await finished_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    print_all(scene_.rest());
}

asio::awaitable<void> stage::clear_up() {
    calls::delete_pool call{pool_, true};
    const result<done> deleted = co_await server_.async_call(call, asio::use_awaitable);
    const bool gone_already = !deleted && deleted.error().why == cause::refused &&
                              deleted.error().answer.code == errc::unknown_pool;
    if (!deleted && !gone_already) fail(deleted.error());
}

asio::awaitable<void> stage::show() {
    calls::put_pool call{pool_, {}};
    call.settings.limit = slots;
    const result<pool_view> made = co_await server_.async_call(call, asio::use_awaitable);
    if (!made) {
        fail(made.error());
        // A lost answer may have been a yes.
        if (!may_have_arrived(made.error())) co_return;
    } else if (interrupted_by_ == 0) {
        co_await play();
    }
    co_await clear_up();
}

int stage::run() {
    asio::signal_set signals{loop_, SIGINT, SIGTERM, SIGHUP};
    signals.async_wait([&](const boost::system::error_code& ec, int number) {
        if (ec) return;
        interrupted_by_ = number;
        // Without its pool nobody works or waits any more. A second signal ends the process.
        signals.clear();
        asio::co_spawn(loop_, clear_up(), [](std::exception_ptr) {});
    });
    asio::co_spawn(loop_, show(), [&](std::exception_ptr) { signals.cancel(); });
    // Until the last answer has come: nobody is left on the stage.
    loop_.run();
    if (interrupted_by_ != 0) return exit_status::of_signal(interrupted_by_);
    return exit_status::ok;
}

void declare(declarations&, arguments&) {}

int demo(const arguments& a) {
    stage here{connection_of(a)};
    const int status = here.run();
    if (status != exit_status::ok) return status;
    if (here.trouble()) return fail(*here.trouble());
    return here.unread() ? exit_status::failed : exit_status::ok;
}

const command family[] = {
    {"demo", "Play the scene of four workers and two slots", help::demo, declare, demo},
};

}  // namespace

std::span<const command> demo_command() { return family; }

}  // namespace admit::client
