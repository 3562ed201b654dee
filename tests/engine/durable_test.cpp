// Nothing is answered before it is durable, and everything once it is.
#include "tests/engine/rig.hpp"
#include "tests/engine/shadow.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace admit::engine {
namespace {

using namespace test;

TEST(Durable, AGrantIsToldWhenItIsDurable) {
    rig r;
    const submission s = r.submit(acquire("a"));
    EXPECT_TRUE(s.decided);
    EXPECT_FALSE(s.answer);
    r.turn();
    EXPECT_FALSE(r.heard.has(s.call));
    r.log.complete();
    EXPECT_FALSE(r.heard.has(s.call)) << "it comes on its loop";
    r.turn();
    EXPECT_EQ(r.heard.get<acquired>(s.call).worker, "a");
}

TEST(Durable, AJournalThatEndsAtOnceAnswersAtOnce) {
    rig r;
    r.log.at_once = true;
    const submission s = r.submit(acquire("a"));
    ASSERT_TRUE(s.answer);
    EXPECT_TRUE(std::holds_alternative<acquired>(*s.answer));
}

TEST(Durable, ARefusalThatShowsAGrantWaitsForIt) {
    rig r;
    r.submit(acquire("a"));
    const submission refused = r.submit(acquire("b"));
    const submission read = r.submit(core::list_leases{"db"});
    EXPECT_TRUE(refused.decided);
    EXPECT_FALSE(refused.answer);
    EXPECT_FALSE(read.answer);
    r.turn();
    EXPECT_TRUE(r.heard.got.size() == 1U) << "only the pool was made";
    r.log.complete();
    r.turn();
    EXPECT_EQ(r.heard.get<problem>(refused.call).code, errc::pool_full);
    EXPECT_EQ(r.heard.get<leases_page>(read.call).leases.size(), 1U);
    EXPECT_EQ(r.log.kept.size(), 2U) << "neither of the two made a frame";
}

TEST(Durable, AReadWithNothingBeforeItIsAnsweredAtOnce) {
    rig r;
    EXPECT_TRUE(r.submit(core::show_pool{"db"}).answer);
    EXPECT_EQ(r.log.appends.size(), 1U) << "the pool's";
}

TEST(Durable, ABarrierIsAwaitedWhereTheJournalWantsOne) {
    rig r;
    r.log.barriers_at_once = false;
    const submission read = r.submit(core::show_pool{"db"});
    EXPECT_TRUE(read.decided);
    EXPECT_FALSE(read.answer);
    r.log.complete();
    r.turn();
    EXPECT_EQ(r.heard.get<pool_answer>(read.call).pool.pool, "db");
}

TEST(Durable, AHandOverWaitsLikeAnyAnswer) {
    rig r;
    r.log.at_once = true;
    const auto first = r.call(acquire("a"));
    const auto waiter = r.call(acquire("b", 10'000));
    r.log.at_once = false;
    const auto released_call = r.call(release(r.heard.get<acquired>(first).token));
    r.turn();
    EXPECT_FALSE(r.heard.has(waiter));
    r.log.complete();
    r.turn();
    EXPECT_EQ(r.heard.get<acquired>(waiter).worker, "b");
    EXPECT_EQ(r.heard.get<released>(released_call).leases.front().status, lease_status::released);
}

TEST(Durable, AnswersComeOnTheLoopOfTheirCall) {
    rig r({.loops = 3});
    const auto first = r.call(acquire("a"), 1);
    const auto second = r.call(acquire("b"), 2);
    r.log.complete();
    r.loops[0]->context().poll();
    EXPECT_FALSE(r.heard.has(first) || r.heard.has(second));
    r.loops[2]->context().poll();
    EXPECT_FALSE(r.heard.has(first));
    EXPECT_TRUE(r.heard.has(second));
    r.loops[1]->context().poll();
    EXPECT_TRUE(r.heard.has(first));
}

/// A random command; small numbers, so that commands meet.
core::command any(std::mt19937_64& random, const std::set<admit::token>& live) {
    const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    // The oldest live one, mostly.
    const admit::token token = below(5) == 0 || live.empty() ? below(50) : *live.begin();
    const std::string name = "w" + std::to_string(below(12));
    switch (below(16)) {
        case 0: return pool("db", static_cast<std::int64_t>(below(5)));
        case 1: return core::list_waiters{"db"};
        case 2: return core::show_worker{name};
        case 3: return core::cancel{name};
        case 4: return renew(token);
        case 5: return core::check{"db", token};
        case 6: return acquire(name + std::to_string(random()));  // a try
        case 7: {
            core::acquire kept = acquire(name, 60'000);
            kept.by_client = true;
            kept.keep_ms = 60'000;
            return kept;
        }
        case 8:
        case 9:
        case 10:
        case 11: return acquire(name + std::to_string(random()), 60'000);
        default: return release(token);
    }
}

class DurableAtRandom : public testing::TestWithParam<int> {};

TEST_P(DurableAtRandom, NothingEarlyAndNothingForgotten) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    shadowed s({.loops = 2, .slice_records = GetParam() % 2 == 0 ? 256U : 2U});
    s.actual.log.barriers_at_once = GetParam() % 3 != 0;
    std::vector<core::call_id> calls;
    for (int i = 0; i < 1'500; ++i) {
        const std::uint64_t dice = random() % 10;
        if (dice == 0 && !calls.empty()) {
            // Waiting, held or long answered: all of them happen.
            s.abandon(calls[random() % calls.size()]);
        } else if (dice < 4) {
            if (s.actual.log.outstanding())
                s.actual.log.complete();
        } else {
            const std::size_t home = random() % 2;
            calls.push_back(s.submit(any(random, s.live()), home));
        }
        if (s.actual.log.barriers_at_once)
            s.check();
        if (HasFatalFailure())
            FAIL() << "seed " << GetParam() << " step " << i;
    }
    while (s.actual.log.outstanding())
        s.actual.log.complete();
    s.actual.turn();
    EXPECT_EQ(s.actual.log.kept.size(), s.frames());
    for (const auto& [call, needs] : s.decided())
        EXPECT_TRUE(s.actual.heard.has(call));
    EXPECT_GT(s.frames(), 200U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DurableAtRandom, testing::Range(1, 13));

}  // namespace
}  // namespace admit::engine
