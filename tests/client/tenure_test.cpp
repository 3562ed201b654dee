// Holding a lease, by virtual time: deadlines by the contract's formula, renewals, retries, the
// end.
#include "client/policy/tenure.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

constexpr instant start{1'000'000s};

acquired lease(std::int64_t ttl_ms, std::int64_t renew_in_ms, std::int64_t waited_ms = 0) {
    acquired a;
    a.token = 17;
    a.ttl_ms = ttl_ms;
    a.renew_in_ms = renew_in_ms;
    a.waited_ms = waited_ms;
    return a;
}

renewed_lease renewal(std::int64_t ttl_ms, std::int64_t renew_in_ms) {
    renewed_lease r;
    r.token = 17;
    r.status = lease_status::renewed;
    r.ttl_ms = ttl_ms;
    r.renew_in_ms = renew_in_ms;
    return r;
}

failure refusal(errc code, std::int64_t retry_after_ms = 0) {
    failure f{cause::refused, {}, {}};
    f.answer.code = code;
    f.answer.retry_after_ms = retry_after_ms;
    return f;
}

const failure broken{cause::lost, {}, "broken"};

struct deadline_case {
    std::int64_t waited_ms;
    std::int64_t ttl_ms;
    span margin;
    span expected;
};

TEST(LeaseDeadline, IsTheFormulaOfTheContract) {
    const deadline_case cases[] = {
        {0, 30'000, 0ms, 29'970ms},
        {0, 30'000, 100ms, 29'870ms},
        {50'000, 30'000, 0ms, 79'920ms},
        {0, 1'000, 0ms, 999ms},
        {0, 0, 0ms, 0ms},
        {0, 1, 0ms, span{999}},
        {-5, 1'000, 0ms, 999ms},
        {0, limits::duration_ms_max * 2, 0ms, span{limits::duration_ms_max * 999}},
    };
    for (const deadline_case& c : cases)
        EXPECT_EQ(lease_deadline(start, c.waited_ms, c.ttl_ms, c.margin) - start, c.expected)
            << c.waited_ms << " + " << c.ttl_ms;
}

TEST(Tenure, CountsFromWhenTheCallWasSentNotFromItsAnswer) {
    const tenure held{lease(30'000, 10'000, 2'000), start, start + 2'500ms, {}, 1};

    EXPECT_EQ(held.deadline(), start + 31'968ms - 100ms);
}

TEST(Tenure, RenewsWhenTheServerSaysOrALittleEarlier) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        tenure held{lease(30'000, 10'000), start, start, {}, seed};

        const auto wait = std::get<tenure::wait>(held.next(start));

        EXPECT_LE(wait.until, start + 10s);
        EXPECT_GE(wait.until, start + 9s);
        EXPECT_TRUE(std::holds_alternative<tenure::renew>(held.next(wait.until)));
    }
}

TEST(Tenure, AnAttemptEndsBeforeTheHolderHasToStop) {
    tenure held{lease(30'000, 10'000), start, start, {100ms, 5s}, 1};

    const auto early = std::get<tenure::renew>(held.next(start + 10s));
    const auto late = std::get<tenure::renew>(held.next(held.stop_at() - 10ms));

    EXPECT_LT(early.answer_by, start + 20s);
    EXPECT_EQ(late.answer_by, held.stop_at());
}

TEST(Tenure, ARenewalMovesTheDeadlineFromWhenItWasSent) {
    tenure held{lease(30'000, 10'000), start, start, {100ms, 5s}, 1};

    held.renewed(renewal(30'000, 10'000), start + 10s, start + 12s);

    EXPECT_EQ(held.deadline(), start + 10s + 29'970ms - 100ms);
    EXPECT_EQ(held.stop_at(), held.deadline() - 5s);
    EXPECT_LE(std::get<tenure::wait>(held.next(start + 12s)).until, start + 22s);
}

TEST(Tenure, AnAnswerNeverShortensWhatAnEarlierOnePromised) {
    tenure held{lease(30'000, 10'000), start, start, {}, 1};
    const instant before = held.deadline();

    held.renewed(renewal(1'000, 300), start + 1s, start + 1s);

    EXPECT_EQ(held.deadline(), before);
}

// The server is unreachable from the first renewal on: attempts go on until the holder must stop.
TEST(Tenure, TriesAgainWithBackOffUntilTheEndAndNotAfter) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        tenure held{lease(30'000, 10'000), start, start, {100ms, 5s}, seed};
        instant now = start;
        int attempts = 0;
        for (;;) {
            const tenure::step step = held.next(now);
            if (const auto* wait = std::get_if<tenure::wait>(&step)) {
                ASSERT_GT(wait->until, now);
                ASSERT_LE(wait->until, held.stop_at());
                now = wait->until;
            } else if (const auto* due = std::get_if<tenure::renew>(&step)) {
                ++attempts;
                now = std::min(now + 1ms, due->answer_by);
                held.failed(broken, now);
            } else {
                EXPECT_EQ(std::get<tenure::lost>(step).why.detail, "broken");
                break;
            }
        }
        EXPECT_EQ(now, held.stop_at());
        EXPECT_EQ(now, start + 29'970ms - 100ms - 5s);
        EXPECT_GE(attempts, 4);
        EXPECT_LE(attempts, 60);
    }
}

TEST(Tenure, GoesOnAfterTroubleThatPassed) {
    tenure held{lease(30'000, 10'000), start, start, {}, 1};
    held.failed(broken, start + 10s);
    held.failed(refusal(errc::shutting_down, 1'000), start + 11s);

    held.renewed(renewal(30'000, 10'000), start + 13s, start + 13s);

    EXPECT_GE(std::get<tenure::wait>(held.next(start + 13s)).until, start + 22s);
}

TEST(Tenure, AHintIsHeededButNeverAtTheCostOfTheLease) {
    tenure held{lease(30'000, 10'000), start, start, {}, 1};

    held.failed(refusal(errc::overloaded, 3'000), start + 10s);
    EXPECT_EQ(std::get<tenure::wait>(held.next(start + 10s)).until, start + 13s);

    held.failed(refusal(errc::overloaded, 60'000), start + 13s);
    EXPECT_LT(std::get<tenure::wait>(held.next(start + 13s)).until, held.stop_at());
}

struct verdict_case {
    errc code;
    bool gone;        ///< lost at once
    bool asks_again;  ///< before the end
};

TEST(Tenure, WhatEachRefusalMeans) {
    const verdict_case cases[] = {
        {errc::unknown_lease, true, false},   {errc::lease_expired, true, false},
        {errc::lease_evicted, true, false},   {errc::lease_released, true, false},
        {errc::lease_ended, true, false},     {errc::bad_request, false, false},
        {errc::forbidden, false, false},      {errc::not_found, false, false},
        {errc::request_timeout, false, true}, {errc::internal, false, true},
        {errc::shutting_down, false, true},   {errc::outcome_unknown, false, true},
        {errc::not_ready, false, true},
    };
    for (const verdict_case& c : cases) {
        tenure held{lease(30'000, 10'000), start, start, {}, 1};
        held.failed(refusal(c.code), start + 10s);

        const tenure::step step = held.next(start + 10s);

        EXPECT_EQ(std::holds_alternative<tenure::lost>(step), c.gone) << name(c.code);
        if (c.gone) continue;
        const instant until = std::get<tenure::wait>(step).until;
        EXPECT_EQ(until < held.stop_at(), c.asks_again) << name(c.code);
        EXPECT_TRUE(std::holds_alternative<tenure::lost>(held.next(held.stop_at())));
    }
}

TEST(Tenure, AShortLeaseKeepsMostOfItsTimeForRenewals) {
    tenure held{lease(1'000, 333), start, start, {100ms, 5s}, 1};

    EXPECT_EQ(held.deadline() - start, 899ms);
    EXPECT_GE(held.stop_at() - start, 590ms);
    EXPECT_TRUE(std::holds_alternative<tenure::wait>(held.next(start)));
}

// A long wait in line before the grant must not count as time of the lease.
TEST(Tenure, AShortLeaseAfterALongWaitIsNotLostAtOnce) {
    const instant answered = start + 50s;
    tenure held{lease(3'000, 1'000, 50'000), start, answered, {100ms, 5s}, 1};

    EXPECT_TRUE(std::holds_alternative<tenure::wait>(held.next(answered)));
    EXPECT_GT(held.stop_at(), answered + 1'500ms);
}

TEST(Tenure, AfterASuspendNothingIsBelievedAnyMore) {
    tenure held{lease(30'000, 10'000), start, start, {100ms, 5s}, 1};

    const tenure::step step = held.next(start + 3600s);

    ASSERT_TRUE(std::holds_alternative<tenure::lost>(step));
    EXPECT_EQ(kill_at(start + 3600s, held.deadline(), 5s), start + 3600s);
}

TEST(Tenure, AnAnswerThatComesAfterASuspendDoesNotReviveTheLease) {
    tenure held{lease(30'000, 10'000), start, start, {100ms, 5s}, 1};

    held.renewed(renewal(30'000, 10'000), start + 10s, start + 3600s);

    EXPECT_TRUE(std::holds_alternative<tenure::lost>(held.next(start + 3600s)));
}

TEST(Tenure, AServerThatHintsNothingIsNotRenewedInAHotLoop) {
    tenure held{lease(30'000, 0), start, start, {}, 1};
    held.renewed(renewal(30'000, 0), start, start);

    EXPECT_GE(std::get<tenure::wait>(held.next(start)).until, start + 50ms);
}

struct kill_case {
    span deadline;
    span grace;
    span expected;
};

TEST(KillAt, FitsTheGraceIntoWhatIsLeft) {
    const kill_case cases[] = {
        {10s, 5s, 5s}, {5s, 5s, 5s}, {2s, 5s, 2s}, {0s, 5s, 0s}, {-3s, 5s, 0s}, {10s, 0s, 0s},
    };
    for (const kill_case& c : cases)
        EXPECT_EQ(kill_at(start, start + c.deadline, c.grace) - start, c.expected);
}

}  // namespace
}  // namespace admit::client
