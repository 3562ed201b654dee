// The lease as an object: moves, ends, renewals in the background.
#include "client/lease.hpp"

#include "client/async/boot_timer.hpp"
#include "tests/client/support/loop.hpp"
#include "tests/client/support/many_leases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <set>
#include <type_traits>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

static_assert(!std::is_copy_constructible_v<lease> && !std::is_copy_assignable_v<lease>);
static_assert(std::is_nothrow_move_constructible_v<lease> &&
              std::is_nothrow_move_assignable_v<lease>);

struct held_leases : ::testing::Test {
    lease acquire(client& c, acquire_options what = wanted()) {
        std::optional<result<lease>> got;
        c.async_acquire(std::move(what), [&](result<lease> r) { got = std::move(r); });
        EXPECT_TRUE(l.run_until([&] { return got.has_value(); }));
        EXPECT_TRUE(*got) << message(got->error());
        return *got ? std::move(**got) : lease{};
    }
    bool released(const fake_server& server, int times = 1) {
        return l.run_until([&] { return count(server, "/v1/release") >= times; });
    }
    std::string handle_released(const fake_server& server) {
        return handles_in(server.requests().back().body).front();
    }

    loop l;
};

TEST_F(held_leases, OneThatWasMovedFromHoldsNothing) {
    many_leases all{30'000, 10'000};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    lease first = acquire(c);
    ASSERT_TRUE(first);
    {
        const lease second{std::move(first)};
        EXPECT_FALSE(first);
        EXPECT_EQ(second.handle(), "1.secret");
        EXPECT_EQ(count(server, "/v1/release"), 0);
    }
    ASSERT_TRUE(released(server));
    first = lease{};
    l.run_for(50ms);
    EXPECT_EQ(count(server, "/v1/release"), 1);
}

TEST_F(held_leases, AssignmentLetsGoOfTheOldOne) {
    many_leases all{30'000, 10'000};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    lease held = acquire(c);
    held = acquire(c);

    ASSERT_TRUE(released(server));
    EXPECT_EQ(handle_released(server), "1.secret");
    EXPECT_EQ(held.handle(), "2.secret");

    lease& same = held;
    held = std::move(same);
    l.run_for(50ms);
    EXPECT_EQ(held.handle(), "2.secret");
    EXPECT_EQ(count(server, "/v1/release"), 1);
}

TEST_F(held_leases, TheEndGivesBackAndTriesAgain) {
    std::atomic<int> refusals{3};
    fake_server server{[&](const fake_request& r) {
        if (r.target == "/v1/release" && refusals-- > 0)
            return answer(503, problem_json(503, "overloaded"));
        return ordinary(r);
    }};
    client c{l.executor(), only(server)};
    { const lease held = acquire(c); }

    EXPECT_TRUE(released(server, 4));
    l.run_for(300ms);
    EXPECT_EQ(count(server, "/v1/release"), 4);
}

TEST_F(held_leases, AReleaseSaysWhatTheServerSaid) {
    fake_server server{&ordinary};
    client c{l.executor(), only(server)};
    lease held = acquire(c);
    std::optional<result<released_lease>> got;
    held.async_release(outcome::failed, [&](result<released_lease> r) { got = std::move(r); });
    EXPECT_FALSE(held) << "from the call on";
    ASSERT_TRUE(l.run_until([&] { return got.has_value(); }));

    ASSERT_TRUE(*got) << message(got->error());
    EXPECT_EQ((*got)->token, 17U);
    EXPECT_EQ((*got)->held_ms, 5);
    EXPECT_EQ(member(server.requests().back().body, "outcome"), "failed");
}

TEST_F(held_leases, ADetachedOneIsNeitherRenewedNorReleased) {
    many_leases all{30'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    {
        lease held = acquire(c);
        EXPECT_EQ(held.detach(), "1.secret");
        EXPECT_FALSE(held);
    }
    l.run_for(400ms);

    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(held_leases, SeveralAreRenewedInOneRequest) {
    many_leases all{30'000, 300};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    std::vector<lease> held;
    for (int i = 0; i < 5; ++i)
        held.push_back(acquire(c));

    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 4; }));

    const std::string body = server.wait_for("/v1/renew").body;
    EXPECT_NE(body.find("\"handles\":["), std::string::npos) << body;
    EXPECT_EQ(handles_in(body).size(), 5U) << body;
}

TEST_F(held_leases, RenewalsMoveTheDeadline) {
    many_leases all{3'000, 100};
    fake_server server{std::ref(all)};
    client c{l.executor(), only(server)};
    const instant before = boot_now();
    const lease held = acquire(c);
    const instant first = held.deadline();
    EXPECT_GE(first, before + 2'800ms) << "on CLOCK_BOOTTIME";
    EXPECT_LE(first, boot_now() + 3s);
    EXPECT_LE(held.time_left(), 3s);
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 3; }));
    ASSERT_TRUE(l.run_until([&] { return held.deadline() > first; }));

    EXPECT_GE(held.deadline(), first + 80ms);
    EXPECT_FALSE(held.is_lost());
}

TEST_F(held_leases, RenewalsGoOnOverReconnects) {
    many_leases all{5'000, 100};
    fake_server server{[&](const fake_request& r) {
        fake_reply reply = all(r);
        reply.close = true;
        if (r.target == "/v1/renew" && r.number % 3 == 0) reply.cut_at = 10;
        return reply;
    }};
    client c{l.executor(), only(server)};
    const lease held = acquire(c);
    const instant first = held.deadline();

    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 8; }));
    EXPECT_GT(held.deadline(), first);
    EXPECT_FALSE(held.is_lost());
    EXPECT_GE(server.connections(), 8);
}

// Both objects are told what happens to their lease: letting go of one ends it for the other.
TEST_F(held_leases, TwoOfOneRequestIdAreBothRenewed) {
    std::atomic<bool> over{false};
    const std::string renewed = R"({"token":17,"status":"renewed","ttl_ms":3000,)"
                                R"("renew_in_ms":100,"floor":17})";
    fake_server server{[&](const fake_request& r) {
        if (r.target == "/v1/acquire") return answer(200, granted_json(3'000, 100));
        if (r.target != "/v1/renew") {
            over = over || r.target == "/v1/release";
            return ordinary(r);
        }
        if (over) return answer(410, problem_json(410, "lease_released"));
        if (handles_in(r.body).size() == 1) return answer(200, renewed);
        return answer(200, "{\"leases\":[" + renewed + "," + renewed + "]}");
    }};
    client c{l.executor(), only(server)};
    acquire_options o = wanted();
    o.request_id = "mine";
    lease first = acquire(c, o);
    const lease second = acquire(c, o);
    const instant granted[] = {first.deadline(), second.deadline()};
    ASSERT_TRUE(l.run_until(
        [&] { return first.deadline() > granted[0] && second.deadline() > granted[1]; }));

    first = lease{};

    EXPECT_TRUE(l.run_until([&] { return second.is_lost(); }));
}

}  // namespace
}  // namespace admit::client
