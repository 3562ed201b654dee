// How an acquisition ends without a lease, or with one that nobody can hold any more.
#include "tests/client/support/acquisition_driver.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

using namespace testing;

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

// The process was stopped while the answer lay in its socket.
TEST(Acquisition, ALeaseThatEndedUnreadIsNotHeldButAskedForAnew) {
    driver d{plan(forever)};
    d.ask();
    d.policy.granted(grant(), start, d.now += 31s);

    EXPECT_EQ(d.ask().request.request_id, "id-1.1");
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

}  // namespace
}  // namespace admit::client
