// Sessions that are ready take their steps together. Handler by handler, so that each moment
// between two steps is seen.
#include "tests/http/live.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace admit::http::testing {
namespace {

TEST(Ready, AllAreDecidedBeforeAnyIsAnswered) {
    live world;
    world.limit("db", 10);
    std::vector<visitor> clients = world.crowd(10);
    world.exchanges.clear();
    for (std::size_t i = 0; i < clients.size(); ++i)
        clients[i].send(acquire_text("w" + std::to_string(i)));

    world.on_exchange = [&] {
        const auto silent = [](visitor& each) { return each.silent(); };
        EXPECT_TRUE(std::all_of(clients.begin(), clients.end(), silent));
    };
    while (world.exchanges.empty())
        world.loops.front()->context().run_one();
    world.on_exchange = nullptr;
    EXPECT_EQ(world.exchanges.size(), clients.size());
    EXPECT_EQ(world.counts().leases, clients.size());
    for (visitor& each : clients)
        EXPECT_EQ(world.answer(each).status, 200);
}

TEST(Ready, WhatIsPipelinedAndReadInPartsIsAnsweredInOrder) {
    live world;
    std::vector<visitor> clients = world.crowd(3);
    const std::string first = request_text("GET", "/v1/pools/none");
    const std::string second = request_text("GET", "/readyz");
    for (visitor& each : clients)
        each.send(first + second.substr(0, 10));
    for (visitor& each : clients) {
        EXPECT_EQ(world.answer(each).status, 404);
        EXPECT_TRUE(each.silent());
        each.send(second.substr(10) + first);
    }
    for (visitor& each : clients) {
        EXPECT_EQ(world.answer(each).status, 200);
        EXPECT_EQ(world.answer(each).status, 404);
    }
}

/// Whether the client has a grant to read.
bool admitted(visitor& client) {
    if (client.descriptor() < 0) return false;
    const std::optional<reply> got = client.take();
    return got && got->status == 200;
}

std::size_t admitted(std::vector<visitor>& clients) {
    std::size_t sum = 0;
    for (visitor& each : clients)
        sum += admitted(each) ? 1 : 0;
    return sum;
}

/// Three clients ask for two slots; after so many handlers `end` happens, which returns how many of
/// them were admitted until then. Nobody is connected any more in the end, nothing is under way,
/// and there is a lease for each that was told of one.
void end_after(int handlers, const std::function<std::size_t(live&, std::vector<visitor>&)>& end) {
    SCOPED_TRACE("after " + std::to_string(handlers) + " handlers");
    live world;
    world.limit("db", 2);
    std::vector<visitor> clients = world.crowd(3);
    for (visitor& each : clients)
        each.send(acquire_text("w", 60'000));
    for (int i = 0; i < handlers; ++i)
        world.loops.front()->context().poll_one();
    const std::size_t told = end(world, clients);
    EXPECT_TRUE(world.until([&] { return world.server->connections() == 0; }));
    EXPECT_EQ(world.counts().leases, told + admitted(clients));
    EXPECT_EQ(world.counts().waiters, 0u);
    EXPECT_EQ(world.counts().calls, 0u);
}

// Three reads, the steps of all, what is read next: seven. The rest is what else a loop has to do.
constexpr int handlers_max = 16;

TEST(Ready, MayBeAbortedAtAnyMoment) {
    for (int handlers = 0; handlers < handlers_max; ++handlers)
        end_after(handlers, [](live& world, auto&) {
            world.server->abort();
            return std::size_t{0};
        });
}

TEST(Ready, MayBeDrainedAtAnyMoment) {
    for (int handlers = 0; handlers < handlers_max; ++handlers)
        end_after(handlers, [](live& world, std::vector<visitor>& clients) {
            world.server->drain([] {});
            world.engine->drain();
            std::size_t told = 0;
            for (visitor& each : clients) {
                const int status = world.answer(each).status;
                EXPECT_TRUE(status == 200 || status == 503) << status;
                told += status == 200 ? 1 : 0;
                each.close();  // it would be listened to for two seconds
            }
            return told;
        });
}

TEST(Ready, MayLoseItsClientAtAnyMoment) {
    for (void (visitor::*leave)() : {&visitor::close, &visitor::reset, &visitor::half_close})
        for (int handlers = 0; handlers < handlers_max; ++handlers)
            end_after(handlers, [&](live&, std::vector<visitor>& clients) {
                const std::size_t told = admitted(clients);
                for (visitor& each : clients)
                    (each.*leave)();
                return told;
            });
}

}  // namespace
}  // namespace admit::http::testing
