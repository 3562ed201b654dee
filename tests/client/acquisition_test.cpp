// Getting a lease, by virtual time and without a socket: what is asked, and when again.
#include "tests/client/support/acquisition_driver.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

using namespace testing;

TEST(Acquisition, ATryNeitherWaitsNorKeeps) {
    driver d{plan(0s)};

    const acquisition::ask asked = d.ask();

    EXPECT_EQ(asked.request.wait_ms, 0);
    EXPECT_EQ(asked.request.keep_ms, 0);
    EXPECT_EQ(asked.request.request_id, "id-1");
    d.policy.failed(refusal(errc::pool_full, 1'000), d.now);
    EXPECT_EQ(d.outcome().error().answer.code, errc::pool_full);
}

TEST(Acquisition, TellsWhenTheWinningCallWasSent) {
    driver d{plan(forever)};
    d.ask();

    d.policy.granted(grant(), start + 1s, start + 5s);

    const result<held_lease> got = d.outcome();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->grant.handle, "17.secret");
    EXPECT_EQ(got->sent_at, start + 1s);
    EXPECT_EQ(got->answered_at, start + 5s);
}

TEST(Acquisition, WaitsInSlicesWithOneIdAndAKeptPlace) {
    driver d{plan(forever)};
    for (int slice = 0; slice < 100; ++slice) {
        const acquisition::ask asked = d.ask();
        EXPECT_EQ(asked.request.wait_ms, 50'000);
        EXPECT_EQ(asked.request.keep_ms, 10'000);
        EXPECT_EQ(asked.request.request_id, "id-1");
        EXPECT_EQ(asked.answer_by, d.now + 55s);
        const instant before = d.now += 50s;
        d.policy.queued(place(3), d.now);
        d.step();
        EXPECT_EQ(d.now, before) << "no pause between slices";
        d.policy.queued(place(2), d.now += 50s);
    }
}

TEST(Acquisition, AsksForThePositionFirstWhenSomebodyWatches) {
    acquisition_plan p = plan(forever);
    p.announce = true;
    driver d{p};
    EXPECT_EQ(d.ask().request.wait_ms, 0);
    d.policy.queued(place(3), d.now);
    EXPECT_EQ(d.policy.place()->position, 3);

    EXPECT_EQ(d.ask().request.wait_ms, 50'000);
    EXPECT_EQ(d.now, start);
}

TEST(Acquisition, ALostAnswerIsAskedForAgainWithTheSameId) {
    driver d{plan(forever)};
    d.ask();
    d.policy.failed(broken, d.now += 20s);

    EXPECT_EQ(d.ask().request.request_id, "id-1");
    EXPECT_LT(d.now, start + 20'200ms);
}

struct repeat_case {
    failure f;
    bool repeats;
};

TEST(Acquisition, WhatIsRepeatedWithTheSameIdAndWhatNever) {
    const repeat_case cases[] = {
        {broken, true},
        {refused_connection, true},
        {{cause::garbled, {}, {}}, true},
        {refusal(errc::request_timeout), true},
        {refusal(errc::internal), true},
        {refusal(errc::shutting_down), true},
        {refusal(errc::not_ready), true},
        {refusal(errc::overloaded), true},
        {refusal(errc::outcome_unknown), true},
        {refusal(errc::pool_full), true},
        {refusal(errc::queue_full), true},
        {refusal(errc::draining), true},
        {refusal(errc::paused), true},
        {refusal(errc::bad_request), false},
        {refusal(errc::unknown_pool), false},
        {refusal(errc::forbidden), false},
        {refusal(errc::request_mismatch), false},
        {refusal(errc::request_ended), false},
        {refusal(errc::cancelled), false},
        {refusal(errc::slots_exceed_limit), false},
    };
    for (const repeat_case& c : cases) {
        driver d{plan(forever)};
        d.ask();
        d.policy.failed(c.f, d.now);
        const acquisition::step next = d.step();
        if (c.repeats) {
            ASSERT_TRUE(std::holds_alternative<acquisition::ask>(next)) << message(c.f);
            EXPECT_EQ(std::get<acquisition::ask>(next).request.request_id, "id-1");
            EXPECT_GT(d.now, start) << "not in a hot loop";
        } else {
            ASSERT_TRUE(std::holds_alternative<acquisition::over>(next)) << message(c.f);
        }
    }
}

TEST(Acquisition, NotAdmittedIsAskedAgainAfterTheHintWhileThereIsTime) {
    driver d{plan(30s)};
    d.ask();
    d.policy.failed(refusal(errc::queue_full, 7'000), d.now);
    d.ask();
    EXPECT_EQ(d.now, start + 7s);

    // The next hint lies beyond the wait, so there is nothing to wait for.
    d.policy.failed(refusal(errc::draining, 30'000), d.now);
    EXPECT_EQ(d.outcome().error().answer.code, errc::draining);
    EXPECT_EQ(d.now, start + 7s);
}

TEST(Acquisition, APoolWithShorterWaitsIsAskedInShorterSlices) {
    driver d{plan(forever)};
    EXPECT_EQ(d.ask().request.wait_ms, 50'000);
    d.policy.failed(refusal(errc::bad_request, 0, "wait_ms"), d.now);
    EXPECT_EQ(d.ask().request.wait_ms, 25'000);
    for (int i = 0; i < 10; ++i) {
        d.policy.failed(refusal(errc::bad_request, 0, "wait_ms"), d.now);
        if (!std::holds_alternative<acquisition::ask>(d.step())) return;
    }
    FAIL() << "asked for ever";
}

TEST(Acquisition, AServerThatSendsAwayTooSoonIsNotAskedInAHotLoop) {
    driver d{plan(forever)};
    for (int i = 0; i < 20; ++i) {
        d.ask();
        d.policy.queued(place(1), d.now);
    }
    EXPECT_GT(d.now, start + 20s);
}

}  // namespace
}  // namespace admit::client
