// The arithmetic of the lease clock: what is followed, what is lost, and that it only lengthens.
#include "server/engine/lease_clock.hpp"

#include "server/engine/limits.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace admit::engine {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds begin = 1h;
constexpr core::instant first{5s};

/// One step: when it is, when everything was last seen alive, and what comes of it. All since the
/// beginning.
struct step {
    nanoseconds at;
    nanoseconds alive;
    nanoseconds now;
    bool clamped;
};

struct story {
    std::string name;
    std::vector<step> steps;
    nanoseconds lost;
};

class LeaseClock : public testing::TestWithParam<story> {};

TEST_P(LeaseClock, Follows) {
    lease_clock clock;
    clock.start(begin, first);
    for (const step& s : GetParam().steps) {
        EXPECT_EQ(clock.advance(begin + s.at, begin + s.alive), s.clamped) << s.at.count();
        EXPECT_EQ((clock.now() - first).count(), s.now.count()) << s.at.count();
        EXPECT_EQ(clock.monotonic(), begin + s.at);
    }
    EXPECT_EQ(clock.lost().count(), GetParam().lost.count());
}

INSTANTIATE_TEST_SUITE_P(
    Stories, LeaseClock,
    testing::Values(
        story{"Life", {{100ms, 90ms, 100ms, false}, {200ms, 100ms, 200ms, false}}, 0ms},
        story{"ManyStepsWithinATick", {{1ns, 0ms, 1ns, false}, {3ns, 0ms, 3ns, false}}, 0ms},
        story{"AsFarAsItMay", {{250ms, 0ms, 250ms, false}}, 0ms},
        story{"OneNanosecondTooFar", {{250ms + 1ns, 1ns, 250ms, true}}, 1ns},
        story{"AStalledLoop",
              {{100ms, 0ms, 100ms, false},
               {200ms, 0ms, 200ms, false},
               {300ms, 0ms, 250ms, true},
               {400ms, 0ms, 250ms, true},
               {500ms, 0ms, 250ms, true},
               // It turns again at 510: what was lost before stays lost.
               {600ms, 510ms, 350ms, false}},
              250ms},
        // The first handler after SIGCONT may have been the sign of life itself.
        story{"AStoppedProcessThatLooksAlive",
              {{100ms, 100ms, 100ms, false},
               {5100ms, 5100ms, 350ms, true},
               {5200ms, 5100ms, 450ms, false}},
              4750ms},
        story{
            "AStoppedProcess", {{100ms, 50ms, 100ms, false}, {5100ms, 50ms, 300ms, true}}, 4800ms},
        story{"ASlowAppend",
              // It begins at 100 and ends after 400.
              {{100ms, 100ms, 100ms, false},
               {200ms, 100ms, 200ms, false},
               {300ms, 100ms, 300ms, false},
               {400ms, 100ms, 350ms, true},
               {500ms, 100ms, 350ms, true},
               {510ms, 500ms, 360ms, false}},
              150ms},
        story{"AliveInTheFuture", {{10ms, 1000h, 10ms, false}}, 0ms},
        story{"TimeThatStandsStill", {{10ms, 0ms, 10ms, false}, {10ms, 0ms, 10ms, false}}, 0ms}),
    [](const testing::TestParamInfo<story>& s) { return s.param.name; });

TEST(LeaseClockAtRandom, IsNeverAheadOfTimeNorOfLife) {
    std::mt19937_64 random(42);
    const auto below = [&random](std::int64_t n) {
        return nanoseconds(std::uniform_int_distribution<std::int64_t>(0, n)(random));
    };
    lease_clock clock;
    clock.start(begin, first);
    nanoseconds at = begin;
    nanoseconds alive = begin;
    for (int i = 0; i < 100'000; ++i) {
        const core::instant before = clock.now();
        const nanoseconds last = at;
        at += below(i % 100 == 0 ? 1'000'000'000 : 200'000'000);
        if (below(3) != 0ns)
            alive = at - below(150'000'000);
        const bool clamped = clock.advance(at, alive);
        const nanoseconds step = clock.now() - before;
        ASSERT_GE(step, 0ns);
        ASSERT_LE(step, at - last);
        ASSERT_EQ(clamped, step < at - last);
        ASSERT_LE(step, limits::lead_max);
        ASSERT_LE(step, std::max(alive + limits::lead_max - last, 0ns));
        ASSERT_EQ((clock.now() - first) + clock.lost(), at - begin);
    }
    EXPECT_GT(clock.lost(), 0ns);
}

}  // namespace
}  // namespace admit::engine
