// The client of a call has gone: what becomes of it, wherever the call stands.
#include "tests/engine/rig.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace admit::engine {
namespace {

using namespace test;

class Abandon : public testing::Test {
protected:
    Abandon() {
        r_.log.at_once = true;
        holder_ = r_.heard.get<acquired>(r_.call(acquire("holder"))).token;
        first_ = r_.call(acquire("first", 60'000));
        second_ = r_.call(acquire("second", 60'000));
    }

    rig r_{{.loops = 2}};
    admit::token holder_ = 0;
    core::call_id first_ = 0;
    core::call_id second_ = 0;
};

TEST_F(Abandon, AWaiterLeavesAndNobodyIsTold) {
    r_.server->abandon(first_);
    EXPECT_EQ(r_.server->count().waiters, 1U);
    r_.turn();
    r_.heard.get<nobody>(first_);
    r_.submit(release(holder_));
    r_.turn();
    EXPECT_EQ(r_.heard.get<acquired>(second_).worker, "second");
}

TEST_F(Abandon, AGrantOnItsWayArrivesAndIsGivenBack) {
    r_.log.at_once = false;
    r_.submit(release(holder_));
    // The client goes while its grant waits for the journal: the session is still told, and finds
    // nobody to tell.
    r_.server->abandon(first_);
    r_.log.complete();
    r_.turn();
    const auto lease = r_.heard.get<acquired>(first_);
    r_.server->abandon(first_, lease.token);
    EXPECT_FALSE(r_.heard.has(second_));
    r_.log.complete();
    r_.turn();
    EXPECT_EQ(r_.heard.get<acquired>(second_).worker, "second");
    EXPECT_EQ(r_.server->count().leases, 1U);
}

TEST_F(Abandon, AnAnsweredCallIsNothing) {
    r_.submit(release(holder_));
    r_.turn();
    r_.server->abandon(first_);
    r_.server->abandon(first_);
    r_.turn();
    EXPECT_EQ(r_.server->count().leases, 1U);
    EXPECT_EQ(r_.server->count().waiters, 1U);
}

TEST_F(Abandon, ACallNeverSeenIsNothing) {
    r_.server->abandon(0);
    r_.server->abandon(999'999);
    r_.server->abandon(999'999, 999'999);
    r_.turn();
    EXPECT_EQ(r_.server->count().waiters, 2U);
}

TEST_F(Abandon, ATakenBackGrantIsTakenBackOnce) {
    r_.submit(release(holder_));
    r_.turn();
    const auto lease = r_.heard.get<acquired>(first_);
    r_.server->abandon(first_, lease.token);
    r_.server->abandon(first_, lease.token);
    r_.turn();
    EXPECT_TRUE(r_.heard.has(second_));
    EXPECT_EQ(r_.server->count().leases, 1U);
}

TEST_F(Abandon, AfterTheJournalFailedIsNothing) {
    r_.log.at_once = false;
    r_.submit(release(holder_));
    r_.log.fail();
    r_.turn();
    EXPECT_EQ(r_.heard.get<problem>(first_).code, errc::outcome_unknown);
    EXPECT_EQ(r_.heard.get<problem>(second_).code, errc::outcome_unknown);
    r_.server->abandon(first_);
    r_.turn();
}

TEST_F(Abandon, TenThousandWhoVanishLeaveNoTrace) {
    std::uint64_t dice = 7;
    for (std::size_t i = 0; i < 10'000; ++i) {
        const auto call = r_.call(acquire("x" + std::to_string(i), 60'000), i % 2);
        dice = dice * 6364136223846793005U + 1442695040888963407U;
        if ((dice >> 33) % 8 == 0)
            r_.turn();
        r_.server->abandon(call);
    }
    r_.turn();
    EXPECT_EQ(r_.server->count().waiters, 2U);
    EXPECT_EQ(r_.server->count().calls, 2U);
    EXPECT_EQ(r_.server->count().leases, 1U);
}

}  // namespace
}  // namespace admit::engine
