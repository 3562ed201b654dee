#include <admit/client/blocking_client.hpp>

#include <iostream>

int main(int argc, char** argv) {
    using namespace admit::client;
    using namespace std::chrono_literals;
    const auto servers = parse_addresses(argc > 1 ? argv[1] : "127.0.0.1:8080");
    if (!servers) return std::cerr << argv[1] << " is no server\n", 64;
    blocking_client server{{.servers = *servers}};

    result<lease> held = server.acquire({.pool = "db", .worker = "w1", .wait = 30s});
    if (!held) return std::cerr << message(held.error()) << '\n', 75;
    std::cout << "token " << held->grant().token << '\n';  // belongs to every write

    result<admit::released_lease> gone = server.release(std::move(*held));
    if (!gone) return std::cerr << message(gone.error()) << '\n', 1;
    std::cout << "held for " << gone->held_ms << " ms\n";
}
