// Many calls at once on one client, and its connections.
#include "tests/client/support/loop.hpp"
#include "tests/client/support/many_leases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <set>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

struct many_calls : ::testing::Test {
    void acquire(client& c, acquire_options what) {
        c.async_acquire(std::move(what), [this](result<lease> r) {
            ASSERT_TRUE(r) << message(r.error());
            leases.push_back(std::move(*r));
        });
    }

    loop l;
    std::list<lease> leases;
};

TEST_F(many_calls, AcquiresSideBySide) {
    many_leases leases_of{30'000, 10'000};
    fake_server server{std::ref(leases_of)};
    client c{l.executor(), only(server)};
    for (int i = 0; i < 50; ++i)
        acquire(c, wanted());
    ASSERT_TRUE(l.run_until([&] { return leases.size() == 50; }));

    std::set<std::string> handles;
    for (const lease& each : leases)
        handles.insert(each.handle());
    EXPECT_EQ(handles.size(), 50U);

    leases.clear();
    EXPECT_TRUE(l.run_until([&] { return count(server, "/v1/release") == 50; }));
}

TEST_F(many_calls, TwoInLineNeedTwoConnections) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        reply.delay = 300ms;
        return reply;
    }};
    client c{l.executor(), only(server)};
    acquire(c, wanted(10s));
    acquire(c, wanted(10s));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/acquire") == 2; }));
    EXPECT_TRUE(leases.empty()) << "both stand in line";
    ASSERT_TRUE(l.run_until([&] { return leases.size() == 2; }));

    EXPECT_EQ(server.connections(), 2);
}

TEST_F(many_calls, OnlySomeConnectionsAreKept) {
    many_leases leases_of{30'000, 10'000};
    fake_server server{std::ref(leases_of)};
    client c{l.executor(), only(server)};
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 8; ++i)
            acquire(c, wanted());
        ASSERT_TRUE(
            l.run_until([&] { return leases.size() == 8U * static_cast<unsigned>(round); }));
    }
    EXPECT_LE(server.connections(), 8);
}

// Several connections are kept, then the peer vanishes without a word: a new one works, and is not
// only tried when each of the old ones has used up its time.
TEST_F(many_calls, OneDeadConnectionTellsOfItsNeighbours) {
    std::atomic<int> dead{0};
    fake_server server{[&](const fake_request& r) {
        fake_reply reply = r.connection <= dead ? silence() : ordinary(r);
        if (dead == 0) reply.delay = 100ms;
        return reply;
    }};
    client c{l.executor(), only(server, 4s)};
    int done = 0;
    for (int i = 0; i < 5; ++i)
        c.async_call(calls::list_pools{}, [&](result<pools_page> got) {
            EXPECT_TRUE(got);
            ++done;
        });
    ASSERT_TRUE(l.run_until([&] { return done == 5; }));
    ASSERT_EQ(server.connections(), 5);
    dead = 5;

    std::optional<result<pools_page>> got;
    c.async_call(calls::list_pools{}, [&](result<pools_page> r) { got = std::move(r); });
    ASSERT_TRUE(l.run_until([&] { return got.has_value(); }));

    EXPECT_TRUE(*got) << message(got->error());
    EXPECT_EQ(server.requests().size(), 7U) << "one on a dead connection, one on a new one";
}

TEST_F(many_calls, ThePlaceInLineIsTold) {
    std::atomic<int> asked{0};
    fake_server server{[&](const fake_request& r) {
        if (r.target != "/v1/acquire" || ++asked > 2) return ordinary(r);
        return answer(202, R"({"status":"queued","request_id":"r","ticket":4,"position":)" +
                               std::to_string(3 - asked) +
                               R"(,"waiting":9,"reason":"full","estimate_ms":1})");
    }};
    client c{l.executor(), only(server)};
    std::vector<std::int64_t> positions;
    acquire_options o = wanted(30s);
    o.on_queued = [&](const queued& place) { positions.push_back(place.position); };
    acquire(c, std::move(o));
    ASSERT_TRUE(l.run_until([&] { return leases.size() == 1; }));

    EXPECT_EQ(positions, (std::vector<std::int64_t>{2, 1}));
}

}  // namespace
}  // namespace admit::client
