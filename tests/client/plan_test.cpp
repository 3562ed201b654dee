// From the options of an acquire to its policy: what is unlimited, what is bounded, what is sent.
#include "client/async/plan.hpp"

#include "tests/client/support/acquisition_driver.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

using namespace testing;
using std::chrono::milliseconds;

acquire_options wish() {
    acquire_options o;
    o.pool = "db";
    o.worker = "w1";
    return o;
}

TEST(Plan, SaysWhatWasAskedFor) {
    acquire_options o = wish();
    o.slots = 3;
    o.ttl = milliseconds{7'000};
    o.start = true;
    o.request_id = "mine";
    o.wait = milliseconds{500};
    o.keep = milliseconds{2'000};
    const acquisition_plan p = plan_of(o, 5s);

    EXPECT_EQ(p.request.pool, "db");
    EXPECT_EQ(p.request.slots, 3);
    EXPECT_EQ(p.request.ttl_ms, 7'000);
    EXPECT_TRUE(p.request.start);
    EXPECT_EQ(p.request.request_id, "mine");
    EXPECT_FALSE(p.may_rename);
    driver d{p};
    const acquisition::ask asked = d.ask();
    EXPECT_EQ(asked.request.wait_ms, 500);
    EXPECT_EQ(asked.request.keep_ms, 2'000);
}

TEST(Plan, ASingleTryKeepsNoPlace) {
    acquire_options o = wish();
    o.keep = milliseconds{300'000};
    driver d{plan_of(o, 5s)};

    EXPECT_EQ(d.ask().request.keep_ms, 0);
}

TEST(Plan, TheKeepOfAWaitIsSentAsItIs) {
    for (const std::int64_t keep : {1, 10'000, 300'000, 400'000}) {
        acquire_options o = wish();
        o.wait.reset();
        o.keep = milliseconds{keep};
        driver d{plan_of(o, 5s)};
        EXPECT_EQ(d.ask().request.keep_ms, keep);
    }
}

TEST(Plan, AMadeUpIdMayBeReplaced) {
    const acquisition_plan p = plan_of(wish(), 5s);

    EXPECT_TRUE(p.may_rename);
    EXPECT_EQ(p.request.request_id->size(), 32U);
    EXPECT_NE(p.request.request_id, plan_of(wish(), 5s).request.request_id);
}

/// Fails each ask until the clock has moved on by `enough`; false where it ended before.
bool tries_for(driver& d, span enough) {
    const instant from = d.now;
    while (d.now < from + enough) {
        const acquisition::step s = d.step();
        if (!std::holds_alternative<acquisition::ask>(s)) return false;
        d.policy.failed(refused_connection, d.now);
    }
    return true;
}

TEST(Plan, WithoutALimitOfReachAServerIsTriedForEver) {
    acquire_options o = wish();
    o.reach.reset();
    o.wait.reset();
    driver d{plan_of(o, 5s)};

    EXPECT_TRUE(tries_for(d, std::chrono::hours{24 * 365}));
}

TEST(Plan, ASingleTryMayWaitForItsServer) {
    acquire_options o = wish();
    o.reach.reset();
    driver d{plan_of(o, 5s)};
    EXPECT_TRUE(tries_for(d, std::chrono::hours{24}));

    d.ask();
    d.policy.failed(refusal(errc::pool_full, 1'000), d.now);
    EXPECT_EQ(d.outcome().error().answer.code, errc::pool_full);
}

TEST(Plan, TheWaitBoundsAnUnlimitedReach) {
    acquire_options o = wish();
    o.reach.reset();
    o.wait = milliseconds{60'000};
    driver d{plan_of(o, 5s)};

    EXPECT_FALSE(tries_for(d, std::chrono::hours{1}));
    EXPECT_LE(d.now, start + 60s);
    EXPECT_GT(d.now, start + 50s);
}

TEST(Plan, ForEverMayBeSaidWithTheLongestSpan) {
    acquire_options o = wish();
    o.wait = milliseconds::max();
    o.reach = milliseconds::max();
    o.keep = milliseconds::max();
    driver d{plan_of(o, 5s)};
    EXPECT_EQ(d.ask().request.wait_ms, 50'000);
    d.policy.failed(refused_connection, d.now);

    EXPECT_TRUE(tries_for(d, std::chrono::hours{24 * 365}));
}

TEST(Plan, PatienceBoundsWhatLeavingTakes) {
    EXPECT_EQ(plan_of(wish(), 300ms).leave, 300ms);
    EXPECT_EQ(plan_of(wish(), 60s).leave, 2s);
}

}  // namespace
}  // namespace admit::client
