#include <admit/client/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

namespace asio = boost::asio;
using namespace admit::client;
using namespace std::chrono_literals;

asio::awaitable<void> work_once(client server) {
    acquire_options turn{.pool = "db", .worker = "w2", .wait = 30s};
    result<lease> held = co_await server.async_acquire(std::move(turn), asio::use_awaitable);
    if (!held) {
        std::cerr << message(held.error()) << '\n';
        co_return;
    }
    std::cout << "token " << held->grant().token << '\n';  // belongs to every write
    held->on_lost([](const loss& what) { std::cerr << message(what.why) << '\n'; });
    auto gone = co_await held->async_release(admit::outcome::ok, asio::use_awaitable);
    if (!gone) std::cerr << message(gone.error()) << '\n';
}

int main(int argc, char** argv) {
    const auto servers = parse_addresses(argc > 1 ? argv[1] : "127.0.0.1:8080");
    if (!servers) return std::cerr << argv[1] << " is no server\n", 64;
    asio::io_context loop{1};
    asio::co_spawn(loop, work_once(client{loop.get_executor(), {.servers = *servers}}),
                   asio::detached);
    loop.run();
}
