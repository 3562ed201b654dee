// Getting a lease, by virtual time and without a socket.
#include "client/policy/acquisition.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

constexpr instant start{1'000'000s};

acquisition_plan plan(std::optional<span> wait) {
    acquisition_plan p;
    p.request.pool = "db";
    p.request.worker = "w1";
    p.request.request_id = "id-1";
    p.wait = wait;
    p.may_rename = true;
    return p;
}

const std::optional<span> forever;
const failure broken{cause::lost, {}, "broken"};
const failure refused_connection{cause::unreachable, {}, "connection refused"};

failure refusal(errc code, std::int64_t retry_after_ms = 0, std::string field = {}) {
    failure f{cause::refused, {}, {}};
    f.answer.code = code;
    f.answer.retry_after_ms = retry_after_ms;
    f.answer.field = std::move(field);
    return f;
}

queued place(std::int64_t position) {
    queued q;
    q.request_id = "id-1";
    q.position = position;
    q.reason = "db is full";
    return q;
}

admitted grant() {
    admitted a;
    a.handle = "17.secret";
    a.lease.token = 17;
    a.lease.ttl_ms = 30'000;
    return a;
}

/// Drives a policy along a virtual clock.
struct driver {
    explicit driver(acquisition_plan p) : policy(std::move(p), start, 1) {}

    /// The next step that is not a pause; the clock has moved there.
    acquisition::step step() {
        for (;;) {
            acquisition::step s = policy.next(now);
            const auto* pause = std::get_if<acquisition::pause>(&s);
            if (pause == nullptr) return s;
            EXPECT_GT(pause->until, now);
            now = pause->until;
        }
    }
    acquisition::ask ask() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::ask>(s)) << "step " << s.index();
        const auto* asked = std::get_if<acquisition::ask>(&s);
        return asked != nullptr ? *asked : acquisition::ask{};
    }
    std::string leave() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::leave>(s)) << "step " << s.index();
        const auto* left = std::get_if<acquisition::leave>(&s);
        return left != nullptr ? left->request_id : "";
    }
    result<held_lease> outcome() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::over>(s)) << "step " << s.index();
        const auto* over = std::get_if<acquisition::over>(&s);
        return over != nullptr ? over->outcome : result<held_lease>{};
    }

    instant now = start;
    acquisition policy;
};

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

TEST(Acquisition, TheLastSliceEndsWithTheWaitAndThePlaceIsLeft) {
    driver d{plan(60s)};
    EXPECT_EQ(d.ask().request.wait_ms, 50'000);
    d.policy.queued(place(3), d.now += 50s);
    EXPECT_EQ(d.ask().request.wait_ms, 10'000);
    d.policy.queued(place(1), d.now += 10s);

    EXPECT_EQ(d.leave(), "id-1");
    d.policy.left();

    const failure f = d.outcome().error();
    EXPECT_EQ(f.why, cause::refused);
    EXPECT_EQ(f.answer.code, errc::wait_timeout);
    EXPECT_EQ(f.answer.detail, "the wait is over: db is full");
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

// The process was stopped while the answer lay in its socket.
TEST(Acquisition, ALeaseThatEndedUnreadIsNotHeldButAskedForAnew) {
    driver d{plan(forever)};
    d.ask();
    d.policy.granted(grant(), start, d.now += 31s);

    EXPECT_EQ(d.ask().request.request_id, "id-1.1");
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

TEST(Acquisition, AServerThatWasNeverReachedIsTriedForAShortTime) {
    driver d{plan(forever)};
    for (;;) {
        const acquisition::step s = d.step();
        if (std::holds_alternative<acquisition::over>(s)) {
            EXPECT_EQ(std::get<acquisition::over>(s).outcome.error().why, cause::unreachable);
            break;
        }
        ASSERT_TRUE(std::holds_alternative<acquisition::ask>(s)) << "nothing to leave";
        d.policy.failed(refused_connection, d.now);
    }
    EXPECT_GT(d.now, start + 1s);
    EXPECT_LE(d.now, start + 3s);
}

TEST(Acquisition, AServerThatWentAwayIsTriedLongerAndThenThePlaceIsCancelled) {
    driver d{plan(forever)};
    d.ask();
    d.policy.failed(broken, d.now += 100s);
    const instant gone_at = d.now;
    acquisition::step s = d.step();
    while (std::holds_alternative<acquisition::ask>(s)) {
        d.policy.failed(refused_connection, d.now);
        s = d.step();
    }
    EXPECT_GT(d.now, gone_at + 20s);
    EXPECT_LE(d.now, gone_at + 30s);

    // The grant whose answer was lost may be there, so one more effort is made to give it back.
    ASSERT_TRUE(std::holds_alternative<acquisition::leave>(s));
    const instant leaving_at = d.now;
    while (std::holds_alternative<acquisition::leave>(s)) {
        d.policy.leave_failed(refused_connection, d.now);
        s = d.step();
    }
    EXPECT_LE(d.now, leaving_at + 2s);
    EXPECT_EQ(std::get<acquisition::over>(s).outcome.error().why, cause::unreachable);
}

TEST(Acquisition, ASingleTryIsNotStretchedByALostAnswer) {
    driver d{plan(0s)};
    acquisition::step s = d.step();
    while (std::holds_alternative<acquisition::ask>(s)) {
        d.policy.failed(broken, d.now);
        s = d.step();
    }
    EXPECT_LE(d.now, start + 3s);
    EXPECT_TRUE(std::holds_alternative<acquisition::leave>(s)) << "a lost grant is given back";
}

TEST(Acquisition, GivingUpInLineBreaksTheCallAndCancels) {
    driver d{plan(forever)};
    d.ask();
    d.policy.give_up(d.now += 5s);
    d.policy.failed(broken, d.now);

    EXPECT_EQ(d.leave(), "id-1");
    EXPECT_EQ(d.now, start + 5s);
    d.policy.left();
    EXPECT_EQ(d.outcome().error().why, cause::given_up);
}

TEST(Acquisition, AGrantThatComesTogetherWithTheEndIsGivenBack) {
    driver d{plan(forever)};
    d.ask();
    d.policy.give_up(d.now);
    d.policy.granted(grant(), start, d.now);

    EXPECT_EQ(d.leave(), "id-1");
    d.policy.left();
    EXPECT_EQ(d.outcome().error().why, cause::given_up);
}

TEST(Acquisition, GivingUpBeforeTheServerWasReachedLeavesNothingToCancel) {
    driver d{plan(forever)};
    d.ask();
    d.policy.failed(refused_connection, d.now);
    d.policy.give_up(d.now);

    EXPECT_EQ(d.outcome().error().why, cause::given_up);
}

TEST(Acquisition, GivingUpTwiceDoesNotEvenWaitForTheCancel) {
    driver d{plan(forever)};
    d.ask();
    d.policy.give_up(d.now);
    d.policy.failed(broken, d.now);
    d.leave();
    d.policy.give_up(d.now);

    EXPECT_EQ(d.outcome().error().why, cause::given_up);
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

// The lease was granted while the server could not be reached, and taken back before it could.
TEST(Acquisition, AnAdmissionThatEndedUnseenIsBegunAnewUnderAnotherId) {
    driver d{plan(forever)};
    d.ask();
    d.policy.failed(broken, d.now += 1s);
    d.ask();
    d.policy.failed(refusal(errc::request_ended), d.now += 1s);

    EXPECT_EQ(d.ask().request.request_id, "id-1.1");
}

TEST(Acquisition, AnIdOfTheCallersOwnIsNotReplaced) {
    acquisition_plan p = plan(forever);
    p.may_rename = false;
    driver d{p};
    d.ask();
    d.policy.failed(broken, d.now);
    d.ask();
    d.policy.failed(refusal(errc::request_ended), d.now);

    EXPECT_EQ(d.outcome().error().answer.code, errc::request_ended);
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
