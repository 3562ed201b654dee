// Which batch a frame goes into, and which append an answer waits for.
#include "server/engine/group_commit.hpp"

#include "server/engine/limits.hpp"
#include "tests/engine/hand_journal.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace admit::engine {
namespace {

using namespace std::chrono_literals;
using sizes = std::vector<std::size_t>;

class GroupCommit : public testing::Test {
protected:
    static journal::frame frame(std::size_t records, std::int64_t at = 0) {
        journal::frame f{.at = core::instant(core::duration(at)), .records = {}};
        f.records.resize(records, core::claimed{1});
        return f;
    }
    bool pump(bool barrier = false, std::chrono::nanoseconds now = 1s) {
        return commit_.pump(barrier, now, over_);
    }
    void hold(core::call_id call) { commit_.hold({nullptr, {nullptr, call, done{}}}); }
    /// The calls whose answers left, in their order.
    std::vector<core::call_id> told() {
        std::vector<core::call_id> calls;
        for (const batch& b : over_) {
            for (const held_answer& a : b.answers)
                calls.push_back(a.completion.call);
        }
        over_.clear();
        return calls;
    }

    test::hand_journal log_;
    int ended_ = 0;
    std::error_code error_;
    std::vector<batch> over_;
    group_commit commit_{log_, [this](std::error_code error) {
                             if (error)
                                 return commit_.failed(over_);
                             commit_.ended(over_);
                             pump();
                         }};
};

TEST_F(GroupCommit, HasNothingToDoAtFirst) {
    EXPECT_TRUE(pump());
    EXPECT_TRUE(commit_.idle());
    EXPECT_FALSE(commit_.appending_since());
    EXPECT_FALSE(commit_.oldest_undurable());
    EXPECT_TRUE(log_.appends.empty());
}

TEST_F(GroupCommit, FillsTheNextBatchWhileOneIsAppended) {
    commit_.add(frame(1));
    EXPECT_FALSE(pump());
    for (int i = 0; i < 3; ++i) {
        commit_.add(frame(2));
        EXPECT_FALSE(pump());
    }
    EXPECT_EQ(log_.appends, sizes({1}));
    log_.complete();
    EXPECT_EQ(log_.appends, sizes({1, 3}));
    log_.complete();
    EXPECT_TRUE(commit_.idle());
    EXPECT_EQ(log_.kept.size(), 4U);
}

TEST_F(GroupCommit, AnAnswerWaitsForTheNewestFrameBeforeIt) {
    commit_.add(frame(1));
    pump();
    hold(1);
    hold(2);  // a read: the same append
    commit_.add(frame(1));
    pump();
    hold(3);
    hold(4);
    log_.complete();
    EXPECT_EQ(told(), (std::vector<core::call_id>{1, 2}));
    log_.complete();
    EXPECT_EQ(told(), (std::vector<core::call_id>{3, 4}));
}

TEST_F(GroupCommit, ABatchIsBoundedAndSplitsNoFrame) {
    commit_.add(frame(1));
    pump();
    const std::size_t half = limits::batch_records_max / 2 + 1;
    for (int i = 0; i < 5; ++i)
        commit_.add(frame(half));
    hold(7);
    for (int i = 0; i < 4; ++i)
        log_.complete();
    EXPECT_EQ(log_.appends, sizes({1, 2, 2, 1}));
    EXPECT_EQ(told(), (std::vector<core::call_id>{7}));
    EXPECT_TRUE(commit_.idle());
}

TEST_F(GroupCommit, AsksForABarrierOnlyWhereThereIsSomethingToTell) {
    log_.barriers_at_once = false;
    EXPECT_TRUE(pump(false));
    EXPECT_TRUE(log_.appends.empty());
    EXPECT_FALSE(pump(true));
    hold(1);
    EXPECT_FALSE(pump(true));
    hold(2);
    EXPECT_EQ(log_.appends, sizes({0}));
    EXPECT_FALSE(commit_.oldest_undurable());
    log_.complete();
    EXPECT_EQ(told(), (std::vector<core::call_id>{1, 2}));
    // Frames are their own barrier.
    commit_.add(frame(1));
    EXPECT_FALSE(pump(true));
    EXPECT_EQ(log_.appends, sizes({0, 1}));
    log_.complete();
}

TEST_F(GroupCommit, DurableAtOnceNeedsNoWaiting) {
    log_.at_once = true;
    commit_.add(frame(1));
    EXPECT_TRUE(pump(true));
    EXPECT_EQ(log_.appends, sizes({1}));
    EXPECT_TRUE(commit_.idle());
}

TEST_F(GroupCommit, WhatWaitsAtAFailureComesBack) {
    commit_.add(frame(1));
    pump();
    hold(1);
    commit_.add(frame(1));
    hold(2);
    log_.fail();
    EXPECT_EQ(told(), (std::vector<core::call_id>{1, 2}));
    EXPECT_TRUE(commit_.idle());
    EXPECT_TRUE(log_.kept.empty());
}

TEST_F(GroupCommit, KnowsSinceWhenAndSinceWhat) {
    commit_.add(frame(1, 10));
    pump(false, 1s);
    commit_.add(frame(1, 20));
    pump(false, 2s);
    EXPECT_EQ(commit_.appending_since(), 1s);
    EXPECT_EQ(commit_.oldest_undurable()->time_since_epoch(), 10ns);
    log_.complete();
    EXPECT_EQ(commit_.appending_since(), 1s) << "the test's pump says 1 s again";
    EXPECT_EQ(commit_.oldest_undurable()->time_since_epoch(), 20ns);
    log_.complete();
}

}  // namespace
}  // namespace admit::engine
