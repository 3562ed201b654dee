// Living through a journal and replaying it are the same: after anything that happens, the durable
// records alone give the state that the core is in.
#include "tests/support/ask.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

std::string difference(const world& w) {
    const auto replayed = w.replayed();
    const std::string states = state_difference(w.describe(true), replayed->describe(true));
    return w.core().digest() == replayed->digest() ? states : states + "another digest\n";
}

TEST(Replay, gives_the_live_state_after_every_step) {
    // One of everything that is journaled, with volatile records in between.
    const char* const story[] = {
        "pool db limit=2 claim=5s start_within=9s labels=team:x",
        "acquire pool=db worker=w1 id=a",
        "acquire pool=db worker=w1 id=a keep=30s",
        "acquire pool=db worker=w2 ttl=60s labels=job:n",
        "acquire pool=db worker=w3 wait=30s",
        "acquire pool=db worker=w4 wait=30s id=d keep=20s",
        "acquire pool=db worker=w5 id=e keep=20s",
        "acquire pool=db worker=w5 id=e keep=30s",
        "acquire pool=db worker=w6 id=f keep=20s",
        "acquire pool=db worker=w7",
        "renew 1",
        "renew 1 ttl=90s",
        "renew 1",
        "cancel never",
        "cancel f",
        "release 2 outcome=dropped",
        "abandon call=5 token=3",
        "abandon call=6 token=4",
        "acquire pool=db worker=w4 wait=30s id=d keep=10s",
        "acquire pool=db worker=w4 wait=30s id=d keep=10s",
        "abandon call=11 token=4",
        "acquire pool=db worker=w8 slots=2 id=h keep=60s",
        "patch db limit=1",
        "patch db limit=0 note=closed",
        "evict db 1",
        "cancel a",
        "patch db limit=2 note=",
        "drop db 3",
        "configure gpu limit=3 source=file",
        "acquire pool=gpu worker=w1 start",
        "delete gpu force",
        "evict_worker w4",
        "drain",
    };
    world w;
    for (const char* line : story) {
        std::string text = line;
        if (text.ends_with("note=")) text += "\"\"";
        w.run(text);
        ASSERT_EQ(difference(w), "") << line;
        w.advance("700ms");
        ASSERT_EQ(difference(w), "") << "after " << line;
    }
    w.advance("10m");
    EXPECT_EQ(difference(w), "");
}

TEST(Replay, needs_no_volatile_record) {
    world w;
    w.run("pool db limit=1");
    const token held = granted(w, "acquire pool=db worker=w1 id=a");
    const auto call = w.park("acquire pool=db worker=w2 wait=60s id=b");
    w.run("release " + std::to_string(held));
    const token next = got<acquired>(w, call).token;
    for (const journaled& record : w.journal())
        EXPECT_TRUE(core::is_durable(record.what));
    w.restart();
    // The waiter was never journaled, its lease is complete all the same.
    EXPECT_EQ(granted(w, "acquire pool=db worker=w2 wait=60s id=b"), next);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=a"), errc::request_ended);
}

TEST(Recovery, gives_each_live_lease_its_whole_ttl) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    w.advance("9s");
    w.restart();
    w.advance("9999ms");
    EXPECT_TRUE(ask<checked>(w, "check default " + std::to_string(t)).live);
    w.advance("1ms");
    EXPECT_FALSE(ask<checked>(w, "check default " + std::to_string(t)).live);
}

TEST(Recovery, gives_each_kept_place_its_keep_ms_and_drops_the_others) {
    world w;
    w.run("pool db limit=0");
    w.park("acquire pool=db worker=w1 wait=60s");
    ask<queued>(w, "acquire pool=db worker=w2 id=b keep=10s");
    w.advance("9s");
    w.restart();
    EXPECT_EQ(w.core().count().calls, 0U);
    EXPECT_EQ(ask<waiters_page>(w, "waiters db").waiters.size(), 1U);
    w.advance("9999ms");
    EXPECT_EQ(pool(w, "db").waiting, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(Recovery, goes_on_with_tokens_above_all_that_were_given) {
    world w;
    const token before = granted(w, "acquire worker=w1");
    w.restart();
    EXPECT_GT(granted(w, "acquire worker=w1"), before);
}

TEST(Recovery, serves_a_line_whose_head_was_not_kept) {
    world w;
    w.run("pool db limit=2");
    granted(w, "acquire pool=db worker=w1");
    w.park("acquire pool=db worker=big slots=2 wait=60s");
    ask<queued>(w, "acquire pool=db worker=w2 id=b keep=60s");
    w.restart();
    EXPECT_EQ(pool(w, "db").unclaimed, 1);
}

TEST(Recovery, remembers) {
    world w;
    const token t = granted(w, "acquire worker=w1 id=a");
    w.run("release " + std::to_string(t));
    w.run("cancel b");
    w.restart();
    EXPECT_EQ(released_as(w, t), lease_status::already_released);
    EXPECT_EQ(refused(w, "acquire worker=w1 id=a"), errc::request_ended);
    EXPECT_EQ(refused(w, "acquire worker=w1 id=b"), errc::cancelled);
}

}  // namespace
}  // namespace admit::test
