// A lease that is lost: evicted, or out of reach; who is told, when, and with how much time.
#include "client/async/boot_timer.hpp"
#include "tests/client/support/loop.hpp"
#include "tests/client/support/many_leases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

struct losing : ::testing::Test {
    lease acquire(client& c, acquire_options what = wanted()) {
        std::optional<result<lease>> got;
        c.async_acquire(std::move(what), [&](result<lease> r) { got = std::move(r); });
        EXPECT_TRUE(l.run_until([&] { return got.has_value(); }));
        EXPECT_TRUE(*got) << message(got->error());
        return *got ? std::move(**got) : lease{};
    }
    /// Remembers what `held` is told.
    void listen(lease& held) {
        held.on_lost([this](const loss& what) {
            told = what;
            told_at = boot_now();
            ++times;
        });
    }
    bool is_told() {
        return l.run_until([&] { return told.has_value(); });
    }

    loop l;
    std::optional<loss> told;
    instant told_at;
    int times = 0;
};

TEST_F(losing, AnEvictedOneAloneIsToldAtOnceWithoutTime) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    lease first = acquire(c);
    const lease second = acquire(c);
    listen(first);
    all.evict(first.handle());
    ASSERT_TRUE(is_told());

    EXPECT_EQ(told->why.why, cause::refused);
    EXPECT_EQ(told->why.answer.code, errc::lease_evicted);
    EXPECT_EQ(told->time_left, span{0}) << "the slots may be somebody else's already";
    EXPECT_TRUE(first.is_lost());
    EXPECT_TRUE(first) << "it is held until it is let go";

    const int renewals = count(server, "/v1/renew");
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= renewals + 3; }));
    EXPECT_FALSE(second.is_lost());
    EXPECT_EQ(times, 1);
}

TEST_F(losing, WithoutAnAnswerTheReserveIsLeft) {
    std::atomic<bool> dead{false};
    many_leases all{2'000, 200};
    fake_server server{[&](const fake_request& r) { return dead ? silence() : all(r); }};
    client c{l.executor(), only(server)};
    acquire_options o = wanted();
    o.reserve = 500ms;
    lease held = acquire(c, o);
    listen(held);
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 2; }));
    dead = true;
    ASSERT_TRUE(is_told());

    EXPECT_EQ(told->why.why, cause::lost) << message(told->why);
    EXPECT_LE(told->time_left, 500ms);
    EXPECT_GE(told->time_left, 350ms) << "a busy machine calls late";
    EXPECT_LE(told_at + told->time_left, held.deadline() + 10ms);
    EXPECT_TRUE(held.is_lost());
}

TEST_F(losing, AServerThatRefusesConnectionsIsNoDifferent) {
    many_leases all{1'500, 200};
    std::optional<fake_server> server{std::in_place, std::ref(all)};
    client c{l.executor(), only(*server)};
    lease held = acquire(c);
    listen(held);
    server.reset();
    ASSERT_TRUE(is_told());

    EXPECT_EQ(told->why.why, cause::unreachable) << message(told->why);
    EXPECT_GE(told_at, held.deadline() - 50ms) << "no reserve: tried to the end";
}

TEST_F(losing, WhoListensLateIsToldSoon) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    lease held = acquire(c);
    all.evict(held.handle());
    ASSERT_TRUE(l.run_until([&] { return held.is_lost(); }));
    listen(held);
    EXPECT_FALSE(told) << "not within on_lost";
    ASSERT_TRUE(is_told());

    l.run_for(100ms);
    EXPECT_EQ(times, 1);
}

TEST_F(losing, WhatIsToldMayEndTheLease) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    std::optional<lease> held{acquire(c)};
    bool called = false;
    held->on_lost([&](const loss&) {
        held.reset();
        called = true;
    });
    all.evict("1.secret");
    ASSERT_TRUE(l.run_until([&] { return called; }));

    EXPECT_TRUE(l.run_until([&] { return count(server, "/v1/release") == 1; }));
}

// The function may own the lease: a circle that the call opens.
TEST_F(losing, WhatIsToldMayOwnTheLease) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    auto held = std::make_shared<lease>(acquire(c));
    const std::weak_ptr<lease> watched = held;
    held->on_lost([held](const loss&) {});
    held.reset();
    EXPECT_FALSE(watched.expired());
    all.evict("1.secret");

    EXPECT_TRUE(l.run_until([&] { return watched.expired(); }));
}

TEST_F(losing, NobodyIsToldOfAnEndOfOnesOwn) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    lease held = acquire(c);
    listen(held);
    l.run_for(20ms);
    all.evict(held.handle());
    held = lease{};
    l.run_for(300ms);

    EXPECT_EQ(times, 0);
}

TEST_F(losing, GivingBackALostOneTakesNoPatience) {
    std::atomic<bool> dead{false};
    many_leases all{1'200, 100};
    fake_server server{[&](const fake_request& r) { return dead ? silence() : all(r); }};
    client c{l.executor(), only(server, 60s)};
    lease held = acquire(c);
    dead = true;
    ASSERT_TRUE(l.run_until([&] { return held.is_lost(); }));
    const auto begin = std::chrono::steady_clock::now();
    std::optional<result<released_lease>> got;
    held.async_release(outcome::failed, [&](result<released_lease> r) { got = std::move(r); });
    ASSERT_TRUE(l.run_until([&] { return got.has_value(); }));

    EXPECT_FALSE(*got);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

}  // namespace
}  // namespace admit::client
