// When an engine works and yet admits nobody: after a machine went down in the relaxed mode, and
// while the disk is nearly full.
#include "tests/engine/revived.hpp"

#include <gtest/gtest.h>

#include <string>

namespace admit::engine {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// Recovered after the machine went down: the longest lease of before was one of ten seconds.
class Quarantine : public testing::Test {
protected:
    Quarantine() {
        r_.log.life.forgot_moments = true;
        r_.log.life.longest_ttl_ms = 10'000;
        const auto found = r_.server->recover();
        EXPECT_EQ(found.value().quarantine, 10s);
        r_.server->open();
    }
    std::int64_t active() {
        return std::get<pool_answer>(r_.ask(core::show_pool{"db"})).pool.active;
    }

    revived r_{left_by([](rig& before) {
        before.call(acquire("holder"));
        core::acquire place = acquire("waiter");
        place.by_client = true;
        place.keep_ms = 60'000;
        before.call(place);
    })};
};

TEST_F(Quarantine, AdmitsNobodyUntilTheLongestLeaseHasEnded) {
    r_.advance(3'500ms);
    const admit::answer a = r_.ask(acquire("new"));
    EXPECT_EQ(std::get<problem>(a).code, errc::not_ready);
    EXPECT_EQ(std::get<problem>(a).retry_after_ms, 7'000);
    EXPECT_NE(std::get<problem>(a).detail.find("another 7 s"), std::string::npos);
    EXPECT_FALSE(r_.server->ready());
    EXPECT_NE(r_.server->readiness().why.detail.find("another 7 s"), std::string::npos);
    r_.advance(6'500ms - 1ns);
    EXPECT_EQ(r_.problem_with(acquire("new")), errc::not_ready);
    r_.advance(1ns);
    EXPECT_TRUE(r_.server->ready());
    EXPECT_EQ(r_.problem_with(acquire("new")), errc::pool_full);
}

TEST(QuarantineAfterARestore, SaysWhy) {
    revived r(left_by([](rig& before) { before.call(acquire("holder")); }));
    r.log.life.forgot_moments = r.log.life.restored = true;
    r.log.life.longest_ttl_ms = 10'000;
    ASSERT_TRUE(r.server->recover());
    r.server->open();
    EXPECT_NE(r.server->readiness().why.detail.find("restored from a backup"), std::string::npos);
    EXPECT_FALSE(r.server->why_no_backup());
    r.advance(10s);
    EXPECT_TRUE(r.server->ready());
}

TEST_F(Quarantine, LetsEverythingElseGoOn) {
    EXPECT_EQ(r_.problem_with(renew(1)), std::nullopt);
    EXPECT_EQ(active(), 1);
    EXPECT_EQ(r_.problem_with(core::cancel{"never"}), std::nullopt);
    EXPECT_EQ(r_.problem_with(core::check{"db", 1}), std::nullopt);
    EXPECT_EQ(r_.problem_with(pool("db", 3)), std::nullopt);
    EXPECT_EQ(r_.problem_with(release(1)), std::nullopt);
    // Neither the limit nor the release has admitted who stands in line.
    r_.turn();
    EXPECT_EQ(active(), 0);
    r_.advance(10s);
    EXPECT_EQ(active(), 1);
}

TEST_F(Quarantine, DoesNotKeepTheServerFromEnding) {
    r_.server->drain();
    r_.turn();
    EXPECT_EQ(r_.server->readiness().why.code, errc::shutting_down);
    r_.server->stop();
}

TEST(NoQuarantine, WhereNobodyEverHeldALease) {
    revived r(left_by([](rig&) {}));
    r.log.life.forgot_moments = true;
    r.server->start();
    EXPECT_TRUE(r.server->ready());
    EXPECT_EQ(r.problem_with(acquire("a")), std::nullopt);
}

TEST(NoRoom, RefusesAcquiresAndNothingElse) {
    revived r(left_by([](rig& before) { before.call(acquire("holder")); }));
    r.server->start();
    r.server->refuse_acquires(true, "The disk is nearly full");
    EXPECT_FALSE(r.server->ready());
    const admit::answer a = r.ask(acquire("new"));
    EXPECT_EQ(std::get<problem>(a).code, errc::overloaded);
    EXPECT_EQ(std::get<problem>(a).detail, "The disk is nearly full");
    EXPECT_GT(std::get<problem>(a).retry_after_ms, 0);
    EXPECT_EQ(r.server->readiness().why.detail, "The disk is nearly full");
    EXPECT_EQ(r.problem_with(renew(1)), std::nullopt);
    EXPECT_EQ(r.problem_with(release(1)), std::nullopt);
    EXPECT_EQ(r.problem_with(core::list_pools{}), std::nullopt);
    r.server->refuse_acquires(false);
    EXPECT_TRUE(r.server->ready());
    EXPECT_EQ(r.problem_with(acquire("new")), std::nullopt);
}

}  // namespace
}  // namespace admit::engine
