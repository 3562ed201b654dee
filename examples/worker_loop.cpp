// A worker: waits for its turn, works under the lease, gives the slot back and begins again. On
// SIGINT and SIGTERM it leaves the line, or breaks off its work and gives the slot back.
//
//     worker_loop [SERVER[,SERVER...] [POOL [NAME]]]
#include <admit/client/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <exception>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto step_time = 100ms;

/// Everything happens on one loop in one thread.
class worker {
public:
    worker(asio::io_context& loop, admit::client::client server, std::string pool, std::string name)
        : server_(std::move(server)), pool_(std::move(pool)), name_(std::move(name)), step_(loop) {}

    /// Returns after `stop`, or when it is refused for good.
    asio::awaitable<void> run() {
        while (!stopping_) {
            // Without a bound on either, it stands in line and looks for a server as long as that
            // takes. It asks to be told of a loss half a second before it has to have stopped.
            admit::client::acquire_options turn{
                .pool = pool_, .worker = name_, .wait = {}, .reach = {}, .reserve = 500ms};
            auto got = co_await server_.async_acquire(
                std::move(turn),
                asio::bind_cancellation_slot(leave_line_.slot(), asio::use_awaitable));
            if (!got) {
                say(stopping_ ? "left the line" : message(got.error()));
                co_return;
            }
            admit::client::lease held = std::move(*got);
            say("acquired, token " + std::to_string(held.grant().token));
            held.on_lost([this](const admit::client::loss& what) {
                say("lost: " + message(what.why));
                step_.cancel();
            });
            const bool finished = co_await work(held);
            const auto how = finished ? admit::outcome::ok : admit::outcome::dropped;
            const auto gone = co_await held.async_release(how, asio::use_awaitable);
            say(gone ? "released" : message(gone.error()));
        }
    }

    void stop() {
        stopping_ = true;
        leave_line_.emit(asio::cancellation_type::terminal);
        step_.cancel();
    }

private:
    /// Twenty steps; false where they were broken off. What they write carries the lease's token:
    /// guarded_resource.cpp is the other side.
    asio::awaitable<bool> work(const admit::client::lease& held) {
        for (int i = 0; i < 20; ++i) {
            // The deadline is asked as well: a process that was paused hears of a loss late.
            if (stopping_ || held.is_lost() || held.time_left() < step_time) co_return false;
            step_.expires_after(step_time);
            boost::system::error_code cut_short;
            co_await step_.async_wait(asio::redirect_error(asio::use_awaitable, cut_short));
        }
        co_return true;
    }

    void say(const std::string& what) const { std::cout << name_ + ": " + what << std::endl; }

    admit::client::client server_;
    std::string pool_, name_;
    asio::cancellation_signal leave_line_;
    asio::steady_timer step_;
    bool stopping_ = false;
};

int main(int argc, char** argv) {
    const auto servers = admit::client::parse_addresses(argc > 1 ? argv[1] : "127.0.0.1:8080");
    if (!servers) return std::cerr << argv[1] << " is no server\n", 64;
    asio::io_context loop{1};
    worker one{loop, admit::client::client{loop.get_executor(), {.servers = *servers}},
               argc > 2 ? argv[2] : "default", argc > 3 ? argv[3] : "worker"};
    asio::signal_set signals{loop, SIGINT, SIGTERM};
    signals.async_wait([&one](boost::system::error_code e, int) {
        if (!e) one.stop();
    });
    asio::co_spawn(loop, one.run(), [&signals](std::exception_ptr) { signals.cancel(); });
    loop.run();
}
