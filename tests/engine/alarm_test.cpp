// Asio's alarms, the one part of the engine's time that tests in virtual time do not see.
#include "server/engine/alarm.hpp"

#include <gtest/gtest.h>

namespace admit::engine {
namespace {

using namespace std::chrono_literals;

class AsioAlarm : public testing::Test {
protected:
    /// Runs until nothing is left to wait for; fails after a time that is plenty.
    void run() {
        loop_.context().run_for(30s);
        EXPECT_TRUE(loop_.context().stopped());
        loop_.context().restart();
    }

    system_monotonic_clock clock_;
    loop loop_;
    int rung_ = 0;
    std::chrono::nanoseconds at_{};
    std::unique_ptr<alarm> alarm_ = asio_alarms(clock_)(loop_, [this] {
        ++rung_;
        at_ = clock_.now();
    });
};

TEST_F(AsioAlarm, RingsOnceAndNotEarly) {
    const auto due = clock_.now() + 3ms;
    alarm_->set(due);
    run();
    EXPECT_EQ(rung_, 1);
    EXPECT_GE(at_, due);
}

TEST_F(AsioAlarm, RingsForThePastAtOnceButNotFromWithinSet) {
    alarm_->set(clock_.now() - 1h);
    EXPECT_EQ(rung_, 0);
    run();
    EXPECT_EQ(rung_, 1);
}

TEST_F(AsioAlarm, TheLastInstantCounts) {
    alarm_->set(clock_.now() + 1h);
    alarm_->set(clock_.now() + 1ms);
    run();
    EXPECT_EQ(rung_, 1);
}

TEST_F(AsioAlarm, CancelledItRingsNoMoreAndLetsItsLoopGo) {
    alarm_->set(clock_.now() + 1h);
    alarm_->cancel();
    alarm_->set(clock_.now() + 1h);
    run();
    EXPECT_EQ(rung_, 0);
}

TEST(SystemMonotonicClock, DoesNotGoBack) {
    const system_monotonic_clock clock;
    auto last = clock.now();
    for (int i = 0; i < 1'000; ++i) {
        const auto now = clock.now();
        ASSERT_GE(now, last);
        last = now;
    }
}

}  // namespace
}  // namespace admit::engine
