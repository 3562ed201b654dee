// `admit top`: pools, holders and lines, again and again.
#include "client/cli/every_page.hpp"
#include "client/cli/help.hpp"
#include "client/cli/output.hpp"
#include "client/cli/readers.hpp"
#include "client/cli/screen.hpp"
#include "client/cli/top_view.hpp"
#include "client/client.hpp"
#include "client/run/exit_status.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

/// Less than an ordinary call's: whoever watches wants to know soon that nobody answers.
constexpr std::chrono::seconds patience{2};
constexpr std::size_t no_end = std::numeric_limits<std::size_t>::max();

/// Asks for all pools, and for who is in those that are busy: so many of them, and so many rows of
/// each, as fit on `rows` lines.
asio::awaitable<result<snapshot>> look(client server, std::size_t rows) {
    snapshot out;
    calls::list_pools pools;
    pools.limit = rows_per_page;
    for (;;) {
        result<pools_page> page = co_await server.async_call(pools, asio::use_awaitable);
        if (!page) co_return page.error();
        std::move(page->pools.begin(), page->pools.end(), std::back_inserter(out.pools));
        if (page->next <= pools.after) break;
        pools.after = page->next;
    }
    // A busy pool takes a blank line, a title, a heading and a row.
    const std::size_t busy_max = rows / 4 + 1;
    const auto limit =
        static_cast<std::int64_t>(std::min(rows, static_cast<std::size_t>(rows_per_page)));
    for (const pool_view& p : out.pools) {
        if (!is_busy(p)) continue;
        if (out.busy.size() == busy_max) break;
        const calls::list_leases of_leases{p.pool, 0, limit};
        const calls::list_waiters of_waiters{p.pool, 0, limit};
        auto leases = co_await server.async_call(of_leases, asio::use_awaitable);
        auto waiters = co_await server.async_call(of_waiters, asio::use_awaitable);
        // It may have been deleted meanwhile.
        if (!leases || !waiters) continue;
        out.busy.push_back({p, std::move(leases->leases), std::move(waiters->waiters)});
    }
    co_return out;
}

/// Everything happens on one loop: `refresh` asks and paints, `hear` and `read_keys` may end it.
class top {
public:
    explicit top(const arguments& a)
        : server_(loop_.get_executor(), {.servers = a.servers, .patience = patience}),
          where_(urls(a.servers)),
          interval_(a.interval),
          signals_(loop_, SIGINT, SIGTERM, SIGHUP) {
        for (const int number : {SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH})
            signals_.add(number);
    }

    int run();

private:
    asio::awaitable<void> refresh();
    asio::awaitable<void> hear();
    asio::awaitable<void> read_keys();
    void on_signal(int number);
    void paint();
    void quit(int status);

    asio::io_context loop_{1};
    client server_;
    std::string where_;
    std::chrono::milliseconds interval_;
    asio::signal_set signals_;
    asio::steady_timer pause_{loop_};
    asio::posix::stream_descriptor keys_{loop_};
    std::optional<screen> screen_;
    snapshot now_;
    std::string trouble_ = "asking the server";
    int status_ = exit_status::ok;
};

int top::run() {
    // After the signals: none of them may end the process while the terminal is ours.
    screen_.emplace();
    paint();
    asio::co_spawn(loop_, hear(), asio::detached);
    asio::co_spawn(loop_, read_keys(), asio::detached);
    std::exception_ptr thrown;
    asio::co_spawn(loop_, refresh(), [&](std::exception_ptr e) {
        thrown = e;
        loop_.stop();
    });
    loop_.run();
    screen_.reset();
    if (thrown) std::rethrow_exception(thrown);
    return status_;
}

void top::quit(int status) {
    status_ = status;
    loop_.stop();
}

void top::paint() {
    const std::vector<line> lines = view_of(now_, where_, trouble_, screen_->size().rows);
    if (!screen_->paint(lines, colours_wanted())) quit(exit_status::failed);
}

asio::awaitable<void> top::refresh() {
    for (;;) {
        result<snapshot> got = co_await look(server_, screen_->size().rows);
        if (got) {
            now_ = std::move(*got);
            trouble_.clear();
        } else if (exit_status::of(got.error()) == exit_status::unreachable) {
            trouble_ = "server unreachable: " + message(got.error());
        } else {
            trouble_ = message(got.error());
        }
        paint();
        pause_.expires_after(interval_);
        boost::system::error_code ignored;
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> top::hear() {
    for (;;) {
        boost::system::error_code ec;
        const int number =
            co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (ec) co_return;
        on_signal(number);
    }
}

void top::on_signal(int number) {
    switch (number) {
        case SIGINT:
            return quit(exit_status::ok);
        case SIGTSTP:
            screen_->leave();
            ::raise(SIGSTOP);
            [[fallthrough]];
        case SIGCONT:
            screen_->enter();
            pause_.cancel();
            [[fallthrough]];
        case SIGWINCH:
            return paint();
        default:
            return quit(exit_status::of_signal(number));
    }
}

asio::awaitable<void> top::read_keys() {
    if (::isatty(STDIN_FILENO) != 1) co_return;
    boost::system::error_code ec;
    // Only waited for: reading by Asio would leave the shell's terminal non-blocking.
    keys_.assign(::dup(STDIN_FILENO), ec);
    while (!ec) {
        co_await keys_.async_wait(asio::posix::stream_descriptor::wait_read,
                                  asio::redirect_error(asio::use_awaitable, ec));
        char key = 0;
        const ssize_t got = ec ? 0 : ::read(STDIN_FILENO, &key, 1);
        if (got <= 0) co_return;
        if (key == 'q' || key == 'Q') quit(exit_status::ok);
    }
}

void declare(declarations& options, arguments& into) {
    options.option(
        "--interval", "DURATION", "between two looks [1s]", [&into](const std::string& text) {
            into.interval = read_duration("--interval", text, std::chrono::milliseconds{100},
                                          std::chrono::hours{1}, "at least 100ms and at most 1h");
        });
    options.flag("--once", "print one look and end; needs no terminal", into.once);
    options.check([&into] {
        if (!into.once && !screen::possible())
            throw misuse{"top needs a terminal; write admit top --once"};
    });
}

int once(const arguments& a) {
    asio::io_context loop{1};
    client server{loop.get_executor(), connection_of(a)};
    result<snapshot> got;
    asio::co_spawn(
        loop, look(server, no_end),
        [&got](const std::exception_ptr&, result<snapshot> seen) { got = std::move(seen); });
    loop.run();
    return got ? printed(view_of(*got, urls(a.servers), "", no_end)) : fail(got.error());
}

int watch(const arguments& a) { return a.once ? once(a) : top{a}.run(); }

const command family[] = {
    {"top", "Watch pools, holders and lines", help::top, declare, watch},
};

}  // namespace

std::span<const command> top_command() { return family; }

}  // namespace admit::client
