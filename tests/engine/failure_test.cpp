// The journal fails: nothing is acknowledged any more, and everybody is told so, once.
#include "tests/engine/rig.hpp"
#include "tests/engine/shadow.hpp"

#include <gtest/gtest.h>

#include <string>

namespace admit::engine {
namespace {

using namespace test;

TEST(JournalFailure, EverybodyIsToldThatTheOutcomeIsUnknown) {
    rig r({.loops = 2});
    r.log.at_once = true;
    r.call(acquire("holder"));
    const auto waiting = r.call(acquire("waiter", 10'000), 1);
    r.log.at_once = false;
    const auto outstanding = r.call(pool("db2", 1));
    const auto next = r.call(pool("db3", 1), 1);
    const auto read = r.call(core::list_pools{});
    EXPECT_TRUE(r.server->ready());
    r.log.fail();
    EXPECT_FALSE(r.server->ready());
    r.turn();
    for (const auto call : {waiting, outstanding, next, read}) {
        const auto p = r.heard.get<problem>(call);
        EXPECT_EQ(p.code, errc::outcome_unknown);
        EXPECT_GT(p.retry_after_ms, 0);
    }
    EXPECT_EQ(r.failures.size(), 1U);
}

TEST(JournalFailure, LaterCallsAreToldAtOnce) {
    rig r;
    r.call(acquire("a"));
    r.log.fail();
    r.turn();
    const submission s = r.submit(core::show_pool{"db"});
    EXPECT_TRUE(s.decided);
    ASSERT_TRUE(s.answer);
    EXPECT_EQ(std::get<problem>(*s.answer).code, errc::outcome_unknown);
    // None of these goes to the journal, which would complain.
    r.server->abandon(s.call);
    r.server->drain();
    r.advance(std::chrono::hours(1));
    EXPECT_EQ(r.failures.size(), 1U);
}

TEST(JournalFailure, EndsWorkInSlices) {
    rig r({.slice_records = 1});
    r.log.at_once = true;
    const auto holder = r.call(acquire("holder"));
    const auto a = r.call(acquire("a", 10'000));
    const auto b = r.call(acquire("b", 10'000));
    r.log.at_once = false;
    const auto raised = r.call(pool("db", 3));
    r.log.fail();
    r.turn();
    for (const auto call : {a, b, raised})
        EXPECT_EQ(r.heard.get<problem>(call).code, errc::outcome_unknown);
    EXPECT_EQ(r.heard.get<acquired>(holder).worker, "holder");
}

/// A day in a pool's life, in which the n-th append fails.
class FailingAt : public testing::TestWithParam<std::size_t> {};

/// Submits it all, two commands for each append.
void live(shadowed& s, std::size_t fail_at) {
    std::size_t commands = 0;
    const auto next = [&](const core::command& c) {
        s.submit(c, commands % 2);
        if (++commands % 2 != 0 || !s.actual.log.outstanding()) return;
        // The appends so far include the pool's.
        if (s.actual.log.appends.size() > fail_at)
            s.actual.log.fail();
        else
            s.actual.log.complete();
        s.actual.turn();
    };
    for (int i = 0; i < 10 && s.actual.failures.empty(); ++i)
        next(acquire("w" + std::to_string(i), i % 3 == 0 ? 0 : 60'000));
    for (std::size_t i = 0; i < 6 && s.actual.failures.empty(); ++i) {
        next(release(s.granted()[i]));
        next(core::list_leases{"db"});
        next(core::cancel{"w" + std::to_string(9 - i)});
    }
}

TEST_P(FailingAt, TellsWhatIsDurableAndNothingElse) {
    shadowed s({.loops = 2});
    live(s, GetParam());
    ASSERT_EQ(s.actual.failures.size(), 1U);
    EXPECT_FALSE(s.actual.server->ready());
    EXPECT_TRUE(s.actual.server->failed());
    EXPECT_EQ(s.actual.server->readiness().why.code, errc::outcome_unknown);
    const std::size_t durable = s.actual.log.kept.size();
    ASSERT_EQ(s.actual.heard.got.size(), s.submitted() + 1) << "each call, and the pool's";
    for (const auto& [call, answer] : s.actual.heard.got) {
        const auto* p = std::get_if<problem>(&answer);
        const bool unknown = p != nullptr && p->code == errc::outcome_unknown;
        const auto decided = s.decided().find(call);
        const bool told = decided != s.decided().end() && decided->second <= durable;
        EXPECT_EQ(unknown, !told) << "call " << call;
    }
}

INSTANTIATE_TEST_SUITE_P(Appends, FailingAt, testing::Range<std::size_t>(1, 11));

}  // namespace
}  // namespace admit::engine
