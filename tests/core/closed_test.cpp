// Limits and modes that change under leases and waiters, and the server's shutdown.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

token full_pool(world& w) {
    w.run("pool db limit=1");
    return granted(w, "acquire pool=db worker=w1 ttl=30m");
}
void release(world& w, token t) { w.run("release " + std::to_string(t)); }

TEST(LowerLimit, takes_nothing_away_and_admits_nobody_until_enough_was_released) {
    world w;
    w.run("pool db limit=3");
    std::vector<token> held;
    for (int i = 0; i < 3; ++i)
        held.push_back(granted(w, "acquire pool=db worker=w1"));
    w.run("patch db limit=1");
    EXPECT_EQ(pool(w, "db").active, 3);
    EXPECT_EQ(pool(w, "db").over_limit_by, 2);
    const auto call = w.park("acquire pool=db worker=w2 wait=60s");
    release(w, held[0]);
    release(w, held[1]);
    EXPECT_TRUE(waits(w, call));
    EXPECT_EQ(renewed_as(w, held[2]), lease_status::renewed);
    release(w, held[2]);
    EXPECT_FALSE(waits(w, call));
}

TEST(LowerLimit, answers_a_waiter_that_is_too_big_now) {
    world w;
    w.run("pool db limit=3");
    granted(w, "acquire pool=db worker=w1 slots=2");
    const auto big = w.park("acquire pool=db worker=big slots=3 wait=60s id=a");
    const auto small = w.park("acquire pool=db worker=small slots=1 wait=60s");
    w.run("patch db limit=2");
    EXPECT_EQ(got<problem>(w, big).code, errc::slots_exceed_limit);
    EXPECT_TRUE(waits(w, small));
    w.run("patch db limit=3");
    EXPECT_FALSE(waits(w, small));
    // It never had a lease: its id is free.
    w.park("acquire pool=db worker=big slots=3 wait=60s id=a");
}

TEST(LimitZero, closes_the_pool_and_keeps_its_waiters_however_big) {
    world w;
    const token held = full_pool(w);
    const auto before = w.park("acquire pool=db worker=w2 wait=60s");
    w.run("patch db limit=0");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3"), errc::pool_full);
    const auto big = w.park("acquire pool=db worker=w4 slots=7 wait=60s");
    release(w, held);
    EXPECT_TRUE(waits(w, before));
    EXPECT_TRUE(waits(w, big));
    w.run("patch db limit=7");
    EXPECT_FALSE(waits(w, before));
    EXPECT_TRUE(waits(w, big));
}

TEST(LimitZero, a_wait_that_ends_says_the_reason) {
    world w;
    w.run("pool db limit=0");
    const auto call = w.park("acquire pool=db worker=w1 wait=5s");
    w.advance("5s");
    EXPECT_EQ(got<problem>(w, call).code, errc::wait_timeout);
    EXPECT_NE(got<problem>(w, call).detail.find("limit 0"), std::string::npos);
}

TEST(Paused, admits_nobody_new_and_keeps_its_waiters) {
    world w;
    w.run("pool db limit=2 mode=paused note=because");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1"), errc::paused);
    const auto call = w.park("acquire pool=db worker=w1 wait=60s");
    ask<queued>(w, "acquire pool=db worker=w2 id=b keep=60s");
    w.run("patch db mode=open");
    EXPECT_FALSE(waits(w, call));
    EXPECT_EQ(pool(w, "db").unclaimed, 1);
}

TEST(Paused, leases_live_on_and_can_be_given_back) {
    world w;
    const token t = full_pool(w);
    w.run("patch db mode=paused");
    EXPECT_EQ(renewed_as(w, t), lease_status::renewed);
    const auto call = w.park("acquire pool=db worker=w2 wait=60s");
    EXPECT_EQ(released_as(w, t), lease_status::released);
    EXPECT_TRUE(waits(w, call));
}

TEST(Paused, a_wait_that_ends_says_the_reason) {
    world w;
    w.run("pool db limit=1 mode=paused note=backup");
    const auto call = w.park("acquire pool=db worker=w1 wait=5s");
    w.advance("5s");
    EXPECT_EQ(got<problem>(w, call).code, errc::wait_timeout);
    EXPECT_NE(got<problem>(w, call).detail.find("backup"), std::string::npos);
}

TEST(Draining, refuses_newcomers_and_waiters_and_lets_leases_live) {
    world w;
    const token held = full_pool(w);
    const auto call = w.park("acquire pool=db worker=w2 wait=60s id=b");
    ask<queued>(w, "acquire pool=db worker=w3 id=c keep=60s");
    w.run("patch db mode=draining");
    EXPECT_EQ(got<problem>(w, call).code, errc::draining);
    EXPECT_EQ(pool(w, "db").waiting, 0);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2"), errc::draining);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 wait=60s"), errc::draining);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3 id=c keep=60s"), errc::draining);
    EXPECT_EQ(renewed_as(w, held), lease_status::renewed);
    EXPECT_EQ(released_as(w, held), lease_status::released);
}

TEST(Shutdown, answers_who_waits_and_refuses_who_comes) {
    world w;
    const token held = full_pool(w);
    const auto one = w.park("acquire pool=db worker=w2 wait=60s");
    const auto two = w.park("acquire pool=db worker=w3 wait=60s id=c keep=60s");
    w.run("drain");
    EXPECT_EQ(got<problem>(w, one).code, errc::shutting_down);
    EXPECT_GT(got<problem>(w, one).retry_after_ms, 0);
    EXPECT_EQ(got<problem>(w, two).code, errc::shutting_down);
    EXPECT_EQ(w.core().count().calls, 0U);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w4"), errc::shutting_down);
    EXPECT_EQ(renewed_as(w, held), lease_status::renewed);
    EXPECT_EQ(released_as(w, held), lease_status::released);
}

TEST(Shutdown, grants_nothing_to_those_behind_whom_it_sends_away) {
    world w;
    w.run("pool db limit=2");
    granted(w, "acquire pool=db worker=w1");
    const auto big = w.park("acquire pool=db worker=w2 slots=2 wait=60s");
    const auto small = w.park("acquire pool=db worker=w3 wait=60s");
    w.run("drain");
    EXPECT_EQ(got<problem>(w, big).code, errc::shutting_down);
    EXPECT_EQ(got<problem>(w, small).code, errc::shutting_down);
}

TEST(Shutdown, keeps_the_places_that_were_to_be_kept) {
    world w;
    full_pool(w);
    w.park("acquire pool=db worker=w3 wait=60s id=c keep=60s");
    w.run("drain");
    w.restart();
    EXPECT_EQ(ask<queued>(w, "acquire pool=db worker=w3 id=c keep=60s").position, 1);
}

}  // namespace
}  // namespace admit::test
