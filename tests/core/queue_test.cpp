// The line of a pool: who is served when, and by what.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

/// A pool `db` of `limit` slots that are all held by worker `w0`, one lease each.
std::vector<token> fill(world& w, int limit) {
    w.run("pool db limit=" + std::to_string(limit));
    std::vector<token> tokens;
    for (int i = 0; i < limit; ++i)
        tokens.push_back(granted(w, "acquire pool=db worker=w0 ttl=60s"));
    return tokens;
}

void release(world& w, token t) { w.run("release " + std::to_string(t)); }

TEST(Line, is_served_in_the_order_of_arrival) {
    world w;
    const auto held = fill(w, 1);
    const auto first = w.park("acquire pool=db worker=w1 wait=60s");
    const auto second = w.park("acquire pool=db worker=w2 wait=60s");
    release(w, held[0]);
    EXPECT_FALSE(waits(w, first));
    EXPECT_TRUE(waits(w, second));
    release(w, got<acquired>(w, first).token);
    EXPECT_FALSE(waits(w, second));
}

TEST(Line, nobody_overtakes_not_even_who_would_fit) {
    world w;
    const auto held = fill(w, 3);
    const auto big = w.park("acquire pool=db worker=big slots=2 wait=60s");
    release(w, held[0]);
    EXPECT_EQ(refused(w, "acquire pool=db worker=small"), errc::pool_full);
    const auto small = w.park("acquire pool=db worker=small wait=60s");
    release(w, held[1]);
    EXPECT_FALSE(waits(w, big));
    EXPECT_TRUE(waits(w, small));
}

TEST(Line, a_release_wakes_exactly_those_who_fit) {
    world w;
    const auto held = fill(w, 3);
    const auto one = w.park("acquire pool=db worker=w1 wait=60s");
    const auto two = w.park("acquire pool=db worker=w2 slots=2 wait=60s");
    const auto three = w.park("acquire pool=db worker=w3 wait=60s");
    w.run("release " + std::to_string(held[0]) + "," + std::to_string(held[1]));
    EXPECT_FALSE(waits(w, one));
    EXPECT_TRUE(waits(w, two));
    EXPECT_TRUE(waits(w, three));
}

TEST(Line, is_served_when_a_lease_expires) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w0 ttl=5s");
    const auto next = w.park("acquire pool=db worker=w1 wait=60s");
    w.advance("4999ms");
    EXPECT_TRUE(waits(w, next));
    w.advance("1ms");
    EXPECT_EQ(got<acquired>(w, next).waited_ms, 5'000);
}

TEST(Line, is_served_when_a_lease_is_evicted) {
    world w;
    const auto held = fill(w, 1);
    const auto next = w.park("acquire pool=db worker=w1 wait=60s");
    w.run("evict db " + std::to_string(held[0]));
    EXPECT_FALSE(waits(w, next));
}

TEST(Line, is_served_when_a_worker_is_evicted) {
    world w;
    fill(w, 2);
    const auto one = w.park("acquire pool=db worker=w1 wait=60s");
    const auto two = w.park("acquire pool=db worker=w2 wait=60s");
    EXPECT_EQ(ask<evicted_count>(w, "evict_worker w0").evicted, 2);
    EXPECT_FALSE(waits(w, one));
    EXPECT_FALSE(waits(w, two));
}

TEST(Line, is_served_when_the_limit_is_raised) {
    world w;
    fill(w, 1);
    const auto one = w.park("acquire pool=db worker=w1 wait=60s");
    const auto two = w.park("acquire pool=db worker=w2 wait=60s");
    w.run("patch db limit=2");
    EXPECT_FALSE(waits(w, one));
    EXPECT_TRUE(waits(w, two));
}

TEST(Line, is_served_when_a_cancel_ends_a_lease) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w0 id=a");
    const auto next = w.park("acquire pool=db worker=w1 wait=60s");
    w.run("cancel a");
    EXPECT_FALSE(waits(w, next));
}

// Whoever leaves from the head lets those behind it pass, in whichever way it leaves.
class HeadLeaves : public testing::TestWithParam<const char*> {};

TEST_P(HeadLeaves, and_those_behind_it_are_served) {
    world w;
    const auto held = fill(w, 2);
    release(w, held[0]);
    const auto big = w.park("acquire pool=db worker=big slots=2 wait=10s id=big");
    const auto small = w.park("acquire pool=db worker=small wait=60s");
    if (std::string_view(GetParam()) == "timeout") {
        w.advance("10s");
    } else {
        w.run(GetParam());
    }
    EXPECT_FALSE(waits(w, big));
    EXPECT_FALSE(std::holds_alternative<acquired>(*w.answer_to(big)));
    EXPECT_EQ(got<acquired>(w, small).worker, "small");
}

INSTANTIATE_TEST_SUITE_P(Line, HeadLeaves,
                         testing::Values("timeout", "abandon call=3", "cancel big", "drop db 1"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             return name.substr(0, name.find(' '));
                         });

TEST(Line, is_served_when_a_kept_place_at_its_head_is_lost) {
    world w;
    const auto held = fill(w, 2);
    release(w, held[0]);
    ask<queued>(w, "acquire pool=db worker=big slots=2 id=big keep=5s");
    const auto small = w.park("acquire pool=db worker=small wait=60s");
    w.advance("5s");
    EXPECT_EQ(got<acquired>(w, small).worker, "small");
}

TEST(Line, of_one_pool_does_not_hold_up_another) {
    world w;
    fill(w, 1);
    w.park("acquire pool=db worker=w1 wait=60s");
    w.run("pool gpu limit=1");
    granted(w, "acquire pool=gpu worker=w2");
}

TEST(Line, says_position_and_how_many_wait) {
    world w;
    fill(w, 1);
    w.park("acquire pool=db worker=w1 wait=60s");
    const auto place = ask<queued>(w, "acquire pool=db worker=w2 id=a keep=60s");
    w.park("acquire pool=db worker=w3 wait=60s");
    EXPECT_EQ(place.position, 2);
    EXPECT_EQ(place.waiting, 2);
    const auto again = ask<queued>(w, "acquire pool=db worker=w2 id=a keep=60s");
    EXPECT_EQ(again.ticket, place.ticket);
    EXPECT_EQ(again.position, 2);
    EXPECT_EQ(again.waiting, 3);
    EXPECT_FALSE(again.reason.empty());
}

}  // namespace
}  // namespace admit::test
