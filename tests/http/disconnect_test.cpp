// Clients that go: at every stage, in every way. Nothing is left of them, and nobody else loses
// anything.
#include "server/http/limits.hpp"
#include "tests/engine/hand_journal.hpp"
#include "tests/http/live.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace admit::http::testing {
namespace {

using go = void (visitor::*)();

struct way {
    const char* name;
    go leave;
};

class disconnect : public ::testing::TestWithParam<way> {
protected:
    /// A client that sends this and then goes, once `reached` says that it got so far.
    void visit(std::string_view bytes, const std::function<bool()>& reached) {
        visitor client(world.port());
        client.send(bytes);
        ASSERT_TRUE(world.until(reached));
        (client.*GetParam().leave)();
        EXPECT_TRUE(world.until([&] { return world.server->connections() == 0; }));
        const auto now = world.counts();
        EXPECT_EQ(now.waiters, 0u);
        EXPECT_EQ(now.calls, 0u);
    }
    bool connected() { return world.server->connections() == 1; }
    bool waits() { return world.counts().waiters == 1; }

    live world;
};

TEST_P(disconnect, BeforeAWord) {
    visit("", [&] { return connected(); });
}

TEST_P(disconnect, InTheHeader) {
    visit("POST /v1/acquire HT", [&] { return connected(); });
}

TEST_P(disconnect, InTheBody) {
    const std::string bytes = acquire_text("w");
    visit(bytes.substr(0, bytes.size() - 5), [&] { return connected(); });
    EXPECT_EQ(world.counts().leases, 0u);
}

TEST_P(disconnect, WhileItWaits) {
    world.limit("db", 1);
    const admit::token held = world.hold();
    visit(acquire_text("w", 60'000), [&] { return waits(); });
    world.let_go(held);
    EXPECT_EQ(world.counts().leases, 0u);
}

TEST_P(disconnect, WhileItWaitsWithMoreBehind) {
    world.limit("db", 1);
    world.hold();
    visit(acquire_text("w", 60'000) + request_text("PUT", "/v1/pools/db", R"({"limit":9})") +
              "GET /h",
          [&] { return waits(); });
    EXPECT_EQ(std::get<pool_answer>(world.ask(core::show_pool{"db"})).pool.settings.limit, 1);
}

TEST_P(disconnect, WhileItWaitsWithMoreBehindThanIsReadAhead) {
    world.limit("db", 1);
    world.hold();
    visit(acquire_text("w", 60'000) + std::string(3 * limits::read_bytes_max, 'x'),
          [&] { return waits(); });
}

TEST_P(disconnect, WhileIdle) {
    visitor client(world.port());
    ASSERT_EQ(world.call(client, "GET", "/healthz").status, 200);
    (client.*GetParam().leave)();
    EXPECT_TRUE(world.until([&] { return world.empty(); }));
}

TEST_P(disconnect, WithALeaseThatItWasTold) {
    // Its answer has arrived: nobody may take the lease back, whatever the connection does.
    world.limit("db", 1);
    visitor client(world.port());
    client.send(acquire_text("w"));
    ASSERT_EQ(world.answer(client).status, 200);
    (client.*GetParam().leave)();
    EXPECT_TRUE(world.until([&] { return world.server->connections() == 0; }));
    EXPECT_EQ(world.counts().leases, 1u);
}

TEST_P(disconnect, LeavesOthersInLineAlone) {
    world.limit("db", 1);
    const admit::token held = world.hold();
    std::vector<visitor> gone;
    for (int i = 0; i < 20; ++i)
        gone.emplace_back(world.port()).send(acquire_text("gone", 60'000));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 20; }));
    visitor last(world.port());
    last.send(acquire_text("last", 60'000));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 21; }));
    for (visitor& each : gone)
        (each.*GetParam().leave)();
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
    world.let_go(held);
    EXPECT_EQ(world.answer(last).status, 200);
}

INSTANTIATE_TEST_SUITE_P(Ways, disconnect,
                         ::testing::Values(way{"Close", &visitor::close},
                                           way{"Reset", &visitor::reset},
                                           way{"HalfClose", &visitor::half_close}),
                         [](const auto& each) { return each.param.name; });

/// Its kernel holds back what follows, its end too, as long as nothing is read of what it has sent.
class blocked : public ::testing::Test {
protected:
    /// A client that waits and has sent so much behind it that its kernel takes no more.
    visitor client_behind_itself() {
        visitor client(world.port());
        client.send(acquire_text("w", 60'000));
        EXPECT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
        const std::string more(1024 * 1024, 'x');
        for (int stalled = 0; stalled < 20;) {
            stalled = client.send_some(more) == 0 ? stalled + 1 : 0;
            world.turn(5);
        }
        return client;
    }

    live world;
};

TEST_F(blocked, WhoGoesIsNoticedAllTheSame) {
    world.limit("db", 1);
    const admit::token held = world.hold();
    client_behind_itself().close();
    EXPECT_TRUE(world.until([&] { return world.server->connections() == 0; }));
    EXPECT_EQ(world.counts().waiters, 0u);
    world.let_go(held);
    EXPECT_TRUE(world.empty());
}

TEST_F(blocked, WhoStaysIsCutOffWithinTwoSeconds) {
    world.limit("db", 1);
    world.hold();
    visitor client = client_behind_itself();
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(world.until([&] { return client.ended(); }));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
    EXPECT_EQ(world.counts().waiters, 0u);
}

TEST_F(blocked, AShortWaitIsEnough) {
    world.limit("db", 1);
    const admit::token held = world.hold();
    visitor client(world.port());
    std::string batch = acquire_text("w", 60'000);
    int behind = 0;
    for (; batch.size() < 2 * limits::read_bytes_max; ++behind)
        batch += request_text("GET", "/healthz");
    client.send(batch);
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
    world.turn();
    world.let_go(held);
    for (int i = 0; i <= behind; ++i)
        ASSERT_EQ(world.answer(client).status, 200) << i;
}

/// How many of the pool's leases ended because nobody could be told of them.
std::int64_t abandoned(live& world) {
    std::int64_t out = 0;
    core::list_history all{"db", 1000, 0};
    const admit::answer page = world.ask(all);
    for (const ended_row& row : std::get<history_page>(page).ended)
        out += row.how == ending::abandoned ? 1 : 0;
    return out;
}

TEST(Undeliverable, AGrantThatMeetsAnEndIsTakenBack) {
    // The client's end lies in the socket when the grant is handed out, before anybody reads it.
    live world;
    world.limit("db", 1);
    for (const go leave : {&visitor::close, &visitor::reset}) {
        const admit::token held = world.hold();
        visitor client(world.port());
        client.send(acquire_text("w", 60'000));
        ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
        (client.*leave)();
        world.let_go(held);
        EXPECT_TRUE(world.until([&] { return world.empty(); }));
    }
}

/// The body that releases the lease that this answer told of.
std::string with_handle_of(std::string_view granted) {
    const std::size_t begin = granted.find("\"handle\"");
    return '{' + std::string(granted.substr(begin, granted.find(',', begin) - begin)) + '}';
}

TEST(Undeliverable, AGrantThatCrossesTheEndOfItsClientIsTakenBack) {
    // A release wakes the waiter, which leaves after so many handlers: when nothing was read, when
    // the release was, when it was decided, when the answer waits to be written, when it arrived.
    constexpr int handlers_max = 8;
    for (const go leave : {&visitor::close, &visitor::reset, &visitor::half_close}) {
        bool ever_arrived = false;
        for (int handlers = 0; handlers < handlers_max; ++handlers) {
            live world;
            world.limit("db", 1);
            visitor holder(world.port());
            holder.send(acquire_text("holder"));
            const std::string granted = world.answer(holder).body;
            visitor client(world.port());
            client.send(acquire_text("w", 60'000));
            ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
            world.turn();
            holder.send(request_text("POST", "/v1/release", with_handle_of(granted)));
            for (int i = 0; i < handlers; ++i)
                world.loops.front()->context().poll_one();
            bool arrived = client.take().has_value();
            ever_arrived |= arrived;
            (client.*leave)();
            ASSERT_EQ(world.answer(holder).status, 200);
            EXPECT_TRUE(world.until([&] { return world.server->connections() == 1; }));
            EXPECT_EQ(world.counts().waiters, 0u);
            // Half of a client still takes its answer: what has arrived is not taken back.
            if (client.descriptor() >= 0) arrived |= client.take().has_value();
            EXPECT_EQ(world.counts().leases, arrived ? 1u : 0u) << handlers << " handlers";
        }
        EXPECT_TRUE(ever_arrived) << "more handlers are needed to see all";
    }
}

TEST(Undeliverable, AGrantToAClientThatIsKnownToHaveGoneIsTakenBack) {
    // Decided, but not durable yet: it is answered after the client's end was noticed.
    engine::test::hand_journal journal;
    journal.at_once = true;
    {
        live world({.journal = &journal});
        world.limit("db", 5);
        journal.at_once = false;
        visitor client(world.port());
        client.send(acquire_text("1") + acquire_text("2") + acquire_text("3"));
        ASSERT_TRUE(world.until([&] { return world.counts().leases == 3; }));
        EXPECT_TRUE(client.silent());
        client.half_close();
        world.turn(200);
        EXPECT_EQ(world.counts().leases, 3u);
        journal.let_go();
        EXPECT_TRUE(world.until([&] { return world.empty(); }));
        EXPECT_EQ(abandoned(world), 3);
        EXPECT_TRUE(client.ended());
        EXPECT_EQ(client.take(), std::nullopt);
    }
}

TEST(Undeliverable, AnAnswerThatIsNoGrantIsStillWritten) {
    engine::test::hand_journal journal;
    journal.at_once = true;
    live world({.journal = &journal});
    journal.at_once = false;
    visitor client(world.port());
    client.send(request_text("PUT", "/v1/pools/new", R"({"limit":1})"));
    ASSERT_TRUE(world.until([&] { return journal.outstanding(); }));
    client.half_close();
    world.turn(200);
    journal.let_go();
    EXPECT_EQ(world.answer(client).status, 201);
    EXPECT_TRUE(world.until([&] { return client.ended() && world.empty(); }));
}

TEST(Undeliverable, GrantsBehindABlockedWriteAreTakenBack) {
    // The client never reads. Grants among the replies that its kernel took may have arrived and
    // stay; the rest are taken back, each once.
    live world;
    world.limit("db", 10'000);
    for (int i = 0; i < 100; ++i)
        world.limit("pool" + std::to_string(i), 1);
    visitor client(world.port(), 64 * 1024);
    const std::string page = request_text("GET", "/v1/pools?limit=100");
    std::size_t granted = 0;
    for (int stalled = 0; stalled < 20;) {
        client.send(page + acquire_text("w", 0, R"(,"ttl_ms":3600000)"));
        world.turn(50);
        stalled = world.counts().leases == granted ? stalled + 1 : 0;
        granted = world.counts().leases;
    }
    ASSERT_GT(granted, 10u);
    client.close();
    ASSERT_TRUE(world.until([&] { return world.server->connections() == 0; }));
    const std::int64_t taken_back = abandoned(world);
    EXPECT_GT(taken_back, 0);
    EXPECT_LT(taken_back, static_cast<std::int64_t>(granted));
    EXPECT_EQ(world.counts().leases + static_cast<std::size_t>(taken_back), granted);
}

}  // namespace
}  // namespace admit::http::testing
