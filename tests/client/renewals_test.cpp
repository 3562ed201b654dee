// Renewing many leases with few calls, by virtual time.
#include "tests/client/support/renewals_driver.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace admit::client {
namespace {

using namespace testing;
using ::testing::UnorderedElementsAre;

TEST(Renewals, HaveNothingToDoWithoutLeases) {
    renewals policy;

    const renewals::step s = policy.next(dawn);

    ASSERT_TRUE(std::holds_alternative<renewals::wait>(s));
    EXPECT_EQ(std::get<renewals::wait>(s).until, instant::max());
    EXPECT_TRUE(policy.empty());
}

TEST(Renewals, OneCallRenewsAllThatWereGrantedTogether) {
    renewals_driver d;
    for (lease_number n = 1; n <= 5; ++n)
        d.add(n);

    const renewals::renew asked = d.renew();

    EXPECT_THAT(asked.leases, UnorderedElementsAre(1, 2, 3, 4, 5));
    EXPECT_GE(d.now, dawn + 9s);
    EXPECT_LE(d.now, dawn + 10s);
    EXPECT_TRUE(d.idle()) << "all of them are asked for";
}

TEST(Renewals, ALeaseJoinsFromHalfOfItsWayOn) {
    renewals_driver d;
    d.add(1);
    d.now += 3s;
    d.add(2);
    d.now += 5s;
    d.add(3);

    // At 9 to 10 s the second is 6 to 7 s old, the third 1 to 2.
    EXPECT_THAT(d.renew().leases, UnorderedElementsAre(1, 2));
}

TEST(Renewals, LeasesGetIntoStep) {
    renewals_driver d;
    for (lease_number n = 1; n <= 8; ++n) {
        d.add(n);
        d.now += 1s;
    }
    std::size_t leases = 0;
    for (int calls = 0; calls < 6; ++calls) {
        const renewals::renew asked = d.renew();
        leases = asked.leases.size();
        d.renewed(asked.leases);
    }
    EXPECT_EQ(leases, 8U);
}

TEST(Renewals, NoCallNamesMoreThanTheContractAllowsAndNobodyStarves) {
    renewals_driver d;
    for (lease_number n = 1; n <= 2'500; ++n)
        d.add(n);
    d.now += 10s;

    std::set<lease_number> all;
    for (const std::size_t expected : {1'000U, 1'000U, 500U}) {
        const renewals::renew asked = d.renew();
        EXPECT_EQ(asked.leases.size(), expected);
        all.insert(asked.leases.begin(), asked.leases.end());
    }
    EXPECT_EQ(d.now, dawn + 10s) << "no call waits for another one";
    EXPECT_EQ(all.size(), 2'500U);
}

// 1 000 that might join stand before the one that is due.
TEST(Renewals, WhatIsDueGoesBeforeWhatMayJoin) {
    renewals_driver d;
    d.add(9'999);
    d.now += 4s;
    for (lease_number n = 1; n <= 1'200; ++n)
        d.add(n);

    const renewals::renew asked = d.renew();

    EXPECT_EQ(asked.leases.size(), 1'000U);
    EXPECT_EQ(asked.leases.front(), 9'999U);
}

TEST(Renewals, ACallThatHangsHoldsUpNobodyElse) {
    renewals_driver d;
    d.add(1);
    d.now += 8s;
    d.add(2);
    const renewals::renew hangs = d.renew();
    ASSERT_THAT(hangs.leases, UnorderedElementsAre(1));

    // It gets a third of what is left, 20 s; the second lease is due before.
    const renewals::renew other = d.renew();
    EXPECT_THAT(other.leases, UnorderedElementsAre(2));
    d.renewed(other.leases);
    EXPECT_EQ(*d.policy.deadline(2), d.now + 29'970ms - 100ms);
    EXPECT_LT(hangs.answer_by, dawn + 17s);
}

TEST(Renewals, ABatchThatFailedIsTriedAgainTogether) {
    renewals_driver d;
    for (lease_number n = 1; n <= 20; ++n)
        d.add(n);
    for (int attempts = 0; attempts < 5; ++attempts) {
        const renewals::renew asked = d.renew();
        EXPECT_EQ(asked.leases.size(), 20U) << "attempt " << attempts;
        d.failed(asked.leases);
    }
    EXPECT_LT(d.now, dawn + 20s);
}

TEST(Renewals, TheMostUrgentLeaseBoundsTheCall) {
    renewals_driver d;
    d.add(1);
    const renewals::renew first = d.renew();
    d.now = dawn + 28s;
    d.add(2);
    d.now += 1s;
    d.failed(first.leases);

    const renewals::renew asked = d.renew();

    EXPECT_THAT(asked.leases, UnorderedElementsAre(1));
    EXPECT_LE(asked.answer_by, dawn + 29'870ms);
}

class GoneLease : public ::testing::TestWithParam<errc> {};

TEST_P(GoneLease, IsLostAlone) {
    renewals_driver d;
    for (lease_number n = 1; n <= 3; ++n)
        d.add(n, 5s);
    ASSERT_EQ(d.renew().leases.size(), 3U);
    d.renewed({1, 3});
    d.policy.failed(2, gone(GetParam()), d.now);

    const instant told_at = d.now;
    const renewals::lost over = d.lost();

    EXPECT_EQ(over.lease, 2U);
    EXPECT_EQ(over.why.answer.code, GetParam());
    EXPECT_EQ(d.now, told_at);
    EXPECT_LE(over.deadline, d.now) << "somebody else may have the slots already";
    EXPECT_EQ(d.policy.deadline(2), std::nullopt);
    EXPECT_THAT(d.renew().leases, UnorderedElementsAre(1, 3));
}

INSTANTIATE_TEST_SUITE_P(Renewals, GoneLease,
                         ::testing::Values(errc::lease_expired, errc::lease_evicted,
                                           errc::lease_released, errc::lease_ended,
                                           errc::unknown_lease));

TEST(Renewals, WithoutAnAnswerALeaseIsLostItsReserveBeforeTheDeadline) {
    renewals_driver d;
    d.add(1, 4s);
    d.add(2);
    const instant deadline = *d.policy.deadline(1);
    renewals::step s = d.step();
    for (; !std::holds_alternative<renewals::lost>(s); s = d.step()) {
        const auto& asked = std::get<renewals::renew>(s);
        const bool first = std::count(asked.leases.begin(), asked.leases.end(), 1U) != 0;
        EXPECT_TRUE(!first || asked.answer_by <= deadline - 4s);
        d.now = asked.answer_by;
        d.failed(asked.leases);
    }
    const auto& over = std::get<renewals::lost>(s);
    EXPECT_EQ(over.lease, 1U);
    EXPECT_EQ(over.deadline, deadline);
    EXPECT_EQ(d.now, deadline - 4s);
    EXPECT_EQ(over.why.why, cause::lost);
    EXPECT_TRUE(d.policy.deadline(2)) << "that one has some seconds more";
}

TEST(Renewals, WhatWasDroppedWhileAskedForIsForgotten) {
    renewals_driver d;
    d.add(1);
    d.add(2);
    ASSERT_EQ(d.renew().leases.size(), 2U);
    d.policy.drop(1);
    d.policy.failed(1, gone(errc::lease_released), d.now);
    d.policy.drop(7);
    d.renewed({1, 2});

    EXPECT_EQ(d.policy.deadline(1), std::nullopt);
    EXPECT_THAT(d.renew().leases, UnorderedElementsAre(2));
    d.policy.drop(2);
    EXPECT_TRUE(d.policy.empty());
}

TEST(Renewals, ALeaseThatIsAddedWhileACallIsOutHasItsOwnTime) {
    renewals_driver d;
    d.add(1);
    const renewals::renew out = d.renew();
    d.add(2);
    const instant added_at = d.now;
    EXPECT_TRUE(d.idle());
    d.now += 1s;
    d.renewed(out.leases);

    const renewals::renew asked = d.renew();

    EXPECT_THAT(asked.leases, UnorderedElementsAre(1, 2));
    EXPECT_GE(d.now, added_at + 9s);
    EXPECT_LE(d.now, added_at + 10s);
}

}  // namespace
}  // namespace admit::client
