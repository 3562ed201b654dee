// Two loops with threads of their own, and clients that come, hold, and vanish.
#include "tests/http/live.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <random>

namespace admit::http::testing {
namespace {

/// Waits for a reply without turning any loop.
std::optional<reply> wait_for(visitor& client) {
    for (int i = 0; i < 20'000; ++i) {
        if (auto got = client.take()) return got;
        if (client.ended()) return client.take();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::nullopt;
}

std::string handle_in(const std::string& body) {
    const std::size_t at = body.find("\"handle\":\"") + 10;
    return body.substr(at, body.find('"', at) - at);
}

TEST(Threads, WorkersOnTwoLoopsShareTheSlots) {
    live world({.loops = 2, .threads = true});
    world.limit("db", 2);
    std::atomic<int> running = 0, most = 0, rounds = 0;
    std::vector<std::thread> workers;
    for (int i = 0; i < 6; ++i)
        workers.emplace_back([&, i] {
            visitor client(world.port());
            for (int round = 0; round < 30; ++round) {
                client.send(acquire_text("w" + std::to_string(i), 60'000));
                const auto got = wait_for(client);
                if (!got || got->status != 200) return;
                const int now = ++running;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {}
                std::this_thread::yield();
                --running;
                client.send(request_text("POST", "/v1/release",
                                         R"({"handle":")" + handle_in(got->body) + R"("})"));
                if (const auto done = wait_for(client); done && done->status == 200) ++rounds;
            }
        });
    for (std::thread& each : workers)
        each.join();
    EXPECT_EQ(rounds, 180);
    EXPECT_LE(most, 2);
    EXPECT_TRUE(world.until([&] { return world.empty(); }));
}

TEST(Threads, VanishingClientsLeaveNoTrace) {
    live world({.loops = 2, .threads = true});
    world.limit("db", 3);
    std::vector<std::thread> crowds;
    for (unsigned seed = 1; seed <= 4; ++seed)
        crowds.emplace_back([&world, seed] {
            std::mt19937 random(seed);
            const auto dice = [&random](std::size_t sides) { return random() % sides; };
            for (int i = 0; i < 150; ++i) {
                visitor client(world.port());
                const std::string bytes =
                    acquire_text("w", dice(3) == 0 ? 0 : 60'000, R"(,"ttl_ms":1000)");
                client.send(bytes.substr(0, dice(5) == 0 ? dice(bytes.size()) : bytes.size()));
                for (std::size_t spin = dice(3); spin > 0; --spin)
                    std::this_thread::sleep_for(std::chrono::microseconds(dice(500)));
                switch (dice(3)) {
                    case 0:
                        client.reset();
                        break;
                    case 1:
                        client.half_close();
                        break;
                    default:
                        break;
                }
            }
        });
    for (std::thread& each : crowds)
        each.join();
    // What some of them were told in time ends with its TTL.
    EXPECT_TRUE(world.until([&] { return world.empty(); }));
}

TEST(Threads, DrainUnderLoad) {
    live world({.loops = 2, .threads = true});
    world.limit("db", 1);
    std::vector<visitor> waiters;
    for (int i = 0; i < 100; ++i)
        waiters.emplace_back(world.port()).send(acquire_text("w", 60'000));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 99; }));
    std::atomic<bool> done = false;
    world.engine->drain();
    world.server->drain([&] { done = true; });
    int refused = 0;
    for (visitor& each : waiters)
        if (const auto told = wait_for(each); told && told->status == 503) ++refused;
    EXPECT_EQ(refused, 99);
    waiters.clear();
    EXPECT_TRUE(world.until([&] { return done.load(); }));
}

}  // namespace
}  // namespace admit::http::testing
