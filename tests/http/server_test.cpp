// The server as a whole: where it listens, how many it serves, how it ends.
#include "server/http/descriptors.hpp"
#include "server/http/limits.hpp"
#include "server/http/socket.hpp"
#include "tests/http/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/system/system_error.hpp>

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace admit::http::testing {
namespace {

using ::testing::HasSubstr;

TEST(Server, ASecondOneOnThePortFails) {
    live world;
    std::vector<engine::loop*> loops{world.loops.front().get()};
    http::server::options second;
    second.listen = world.server->address();
    EXPECT_NE(second.listen.port(), 0);
    EXPECT_THROW(http::server(std::move(second), *world.engine, loops),
                 boost::system::system_error);
    visitor client(world.port());
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
}

TEST(Server, ConnectionsInheritWhatTheListenerSets) {
    boost::asio::io_context context;
    acceptor_type acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
    set_options(acceptor);
    visitor client(acceptor.local_endpoint().port());
    socket_type accepted(context);
    acceptor.accept(accepted);
    const auto option = [&](int level, int name) {
        int value = 0;
        socklen_t size = sizeof value;
        EXPECT_EQ(::getsockopt(accepted.native_handle(), level, name, &value, &size), 0);
        return value;
    };
    EXPECT_NE(option(SOL_SOCKET, SO_KEEPALIVE), 0);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPIDLE), 30);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPINTVL), 10);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_KEEPCNT), 3);
    EXPECT_EQ(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 30'000);
    EXPECT_NE(option(IPPROTO_TCP, TCP_NODELAY), 0);
}

TEST(Server, TurnsAwayWhoIsTooMany) {
    live world({.connections_max = 2});
    visitor one(world.port()), two(world.port());
    ASSERT_TRUE(world.until([&] { return world.server->connections() == 2; }));
    visitor three(world.port());
    const reply refused = world.answer(three);
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.closes());
    EXPECT_THAT(refused.body, HasSubstr("\"overloaded\""));
    EXPECT_TRUE(world.until([&] { return three.ended(); }));
    EXPECT_EQ(world.server->connections_refused(), 1u);
    one.close();
    ASSERT_TRUE(world.until([&] { return world.server->connections() == 1; }));
    visitor four(world.port());
    EXPECT_EQ(world.call(four, "GET", "/healthz").status, 200);
}

TEST(Server, GoesOnAfterItHadNoDescriptorsLeft) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "to look at an object, the sanitizer itself needs a pipe";
#endif
    live world;
    visitor first(world.port());
    ASSERT_EQ(world.call(first, "GET", "/healthz").status, 200);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const int free = ::dup(first.descriptor());
    ::close(free);
    {
        // The client gets the last one.
        rlimit none = before;
        none.rlim_cur = static_cast<rlim_t>(free) + 1;
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
        visitor shed(world.port());
        const bool ended = world.until([&] { return shed.ended(); });
        ::setrlimit(RLIMIT_NOFILE, &before);
        EXPECT_TRUE(ended);
    }
    visitor later(world.port());
    EXPECT_EQ(world.call(later, "GET", "/healthz").status, 200);
    EXPECT_EQ(world.call(first, "GET", "/healthz").status, 200);
}

TEST(Server, DealsConnectionsOutToItsLoops) {
    live world({.loops = 3});
    std::vector<visitor> clients;
    for (int i = 0; i < 6; ++i)
        clients.emplace_back(world.port());
    ASSERT_TRUE(world.until([&] {
        return std::all_of(world.loops.begin(), world.loops.end(),
                           [](const auto& each) { return each->sockets == 2; });
    }));
    for (visitor& each : clients)
        EXPECT_EQ(world.call(each, "GET", "/healthz").status, 200);
}

// After a stall the engine expires nothing before two such passes over its loops: during the first
// who has connected meanwhile is taken in, during the second what they sent is read.
TEST(Server, TakesAllWhoQueuedUpWithinOneFullPass) {
    for (const std::size_t loops : {1u, 2u}) {
        live world({.loops = loops});
        world.turn();
        std::vector<visitor> clients;
        for (int i = 0; i < 1'000; ++i) {
            clients.emplace_back(world.port());
            clients.back().send(request_text("GET", "/healthz"));
        }
        const auto pass = [&] {
            std::size_t passing = loops;
            for (const auto& each : world.loops)
                each->full_pass([&] { --passing; });
            // One handler at a time, so that nothing is done that a pass would not have waited for.
            while (passing > 0)
                for (const auto& each : world.loops)
                    each->context().poll_one();
        };
        ASSERT_EQ(world.server->connections(), 0u);
        pass();
        EXPECT_EQ(world.server->connections(), clients.size());
        pass();
        EXPECT_EQ(world.exchanges.size(), clients.size());
    }
}

/// So large that it is read in many parts.
std::string renewal_of(int handles) {
    std::string body = "{\"handles\":[";
    for (int i = 0; i < handles; ++i)
        body += std::string(i == 0 ? "" : ",") + "\"251520440336384.s2pPOfJ48BocEP_q9PlcXQ\"";
    return body + "]}";
}

// Once a connection is read from, one pass is enough: what it had in its socket was heard. On a
// loop without the listener, whose turns would make the pass longer.
TEST(Server, HearsTheLongestRequestsWithinOneFullPass) {
    live world({.loops = 2});
    std::vector<visitor> clients = world.crowd(200);
    world.exchanges.clear();
    const std::string request = request_text("POST", "/v1/renew", renewal_of(1'000));
    for (visitor& each : clients)
        ASSERT_EQ(each.send_some(request), request.size());
    engine::loop& loop = *world.loops.back();
    bool over = false;
    loop.full_pass([&] { over = true; });
    while (!over)
        loop.context().poll_one();
    EXPECT_EQ(world.exchanges.size(), 100u);
}

TEST(Server, NumbersOfConnections) {
    EXPECT_EQ(connections_for(100), 1u);
    EXPECT_EQ(connections_for(1024), 896u);
    EXPECT_EQ(connections_for(1'000'000'000), limits::connections_max);
    EXPECT_GT(raise_descriptor_limit(), limits::descriptors_kept);
}

TEST(Drain, AnswersWaitersAndClosesTheIdle) {
    live world({.loops = 2});
    world.limit("db", 1);
    world.hold();
    visitor idle(world.port()), waiter(world.port()), partial(world.port());
    world.call(idle, "GET", "/healthz");
    waiter.send(acquire_text("w", 60'000));
    const std::string request = request_text("GET", "/readyz");
    partial.send(request.substr(0, 20));
    ASSERT_TRUE(world.until(
        [&] { return world.counts().waiters == 1 && world.server->connections() == 3; }));
    world.turn(50);

    bool done = false;
    world.server->drain([&] { done = true; });
    world.engine->drain();
    const reply told = world.answer(waiter);
    EXPECT_EQ(told.status, 503);
    EXPECT_TRUE(told.closes());
    EXPECT_THAT(told.head, HasSubstr("\r\nRetry-After: "));
    EXPECT_TRUE(world.until([&] { return idle.ended() && waiter.ended(); }));
    EXPECT_FALSE(done);
    EXPECT_THROW(visitor(world.port()), std::runtime_error);

    partial.send(request.substr(20));
    const reply last = world.answer(partial);
    EXPECT_EQ(last.status, 503);
    EXPECT_TRUE(last.closes());
    EXPECT_TRUE(world.until([&] { return done; }));
    EXPECT_EQ(world.server->connections(), 0u);
}

TEST(Drain, OfAServerWithoutConnectionsIsDoneAtOnce) {
    live world({.loops = 2});
    bool done = false;
    world.server->drain([&] { done = true; });
    EXPECT_TRUE(world.until([&] { return done; }));
}

TEST(Drain, AbortEndsWhatWouldTakeTooLong) {
    live world;
    world.limit("db", 1);
    world.hold();
    visitor partial(world.port()), waiter(world.port());
    partial.send("GET /heal");
    waiter.send(acquire_text("w", 60'000));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
    bool done = false;
    world.server->drain([&] { done = true; });
    world.turn(50);
    EXPECT_FALSE(done);
    world.server->abort();
    EXPECT_TRUE(world.until([&] { return done; }));
    EXPECT_EQ(world.counts().waiters, 0u);
    EXPECT_TRUE(partial.ended());
}

}  // namespace
}  // namespace admit::http::testing
