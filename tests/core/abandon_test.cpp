// Clients that vanish: nothing is granted to the dead, and nothing is taken from the living.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

void abandon(world& w, core::call_id call, token t = 0) { w.run(core::abandon{call, t}); }

TEST(Abandon, of_a_waiting_call_leaves_the_line_without_a_trace) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w1");
    const std::string before = w.describe(true);
    const auto call = w.park("acquire pool=db worker=w2 wait=60s id=a");
    abandon(w, call);
    got<nobody>(w, call);
    EXPECT_EQ(w.core().count().waiters, 0U);
    EXPECT_EQ(w.core().count().calls, 0U);
    EXPECT_EQ(w.describe(true), before);
}

TEST(Abandon, of_an_undeliverable_grant_takes_it_back_at_once) {
    world w;
    w.run("pool db limit=1");
    const auto call = w.run("acquire pool=db worker=w1 id=a").call;
    const token t = got<acquired>(w, call).token;
    const auto next = w.park("acquire pool=db worker=w2 wait=60s");
    abandon(w, call, t);
    EXPECT_EQ(got<acquired>(w, next).worker, "w2");
    EXPECT_EQ(renewed_as(w, t), lease_status::expired);
    EXPECT_EQ(ask<history_page>(w, "history db").ended.at(0).how, ending::abandoned);
}

TEST(Abandon, of_an_undeliverable_grant_frees_the_id) {
    world w;
    w.run("pool db limit=1");
    const auto call = w.run("acquire pool=db worker=w1 id=a").call;
    const token first = got<acquired>(w, call).token;
    abandon(w, call, first);
    EXPECT_GT(granted(w, "acquire pool=db worker=w1 id=a"), first);
}

TEST(Abandon, of_an_undeliverable_grant_with_keep_leaves_it_unclaimed) {
    world w;
    w.run("pool db limit=1 claim=9s");
    const auto call = w.run("acquire pool=db worker=w1 id=a keep=4s").call;
    const token t = got<acquired>(w, call).token;
    abandon(w, call, t);
    EXPECT_EQ(pool(w, "db").unclaimed, 1);
    w.advance("3999ms");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w1 id=a keep=4s"), t);
    EXPECT_EQ(pool(w, "db").unclaimed, 0);
}

TEST(Abandon, the_newest_keep_holds_for_a_lease_too) {
    world w;
    w.run("pool db limit=2");
    const auto one = w.run("acquire pool=db worker=w1 id=a").call;
    const auto two = w.run("acquire pool=db worker=w1 id=a keep=4s").call;
    const token t = got<acquired>(w, one).token;
    abandon(w, one, t);
    abandon(w, two, t);
    EXPECT_EQ(pool(w, "db").unclaimed, 1);
    const auto three = w.run("acquire pool=db worker=w1 id=a").call;
    abandon(w, three, t);
    EXPECT_EQ(pool(w, "db").active, 0);
}

TEST(Abandon, one_of_several_lost_answers_changes_nothing) {
    world w;
    w.run("pool db limit=1");
    const token held = granted(w, "acquire pool=db worker=w0");
    const auto one = w.park("acquire pool=db worker=w1 wait=60s id=a");
    const auto two = w.park("acquire pool=db worker=w1 wait=60s id=a");
    w.run("release " + std::to_string(held));
    const token t = got<acquired>(w, one).token;
    abandon(w, one, t);
    EXPECT_TRUE(ask<checked>(w, "check db " + std::to_string(t)).live);
    abandon(w, two, t);
    EXPECT_FALSE(ask<checked>(w, "check db " + std::to_string(t)).live);
}

TEST(Abandon, after_a_renewal_changes_nothing) {
    world w;
    w.run("pool db limit=1");
    const auto call = w.run("acquire pool=db worker=w1").call;
    const token t = got<acquired>(w, call).token;
    EXPECT_EQ(renewed_as(w, t), lease_status::renewed);
    abandon(w, call, t);
    EXPECT_TRUE(ask<checked>(w, "check db " + std::to_string(t)).live);
}

TEST(Abandon, a_lease_that_was_born_busy_is_no_proof_of_delivery) {
    world w;
    w.run("pool db limit=1");
    const auto call = w.run("acquire pool=db worker=w1 start").call;
    abandon(w, call, got<acquired>(w, call).token);
    EXPECT_EQ(pool(w, "db").active, 0);
}

TEST(Abandon, after_the_lease_has_ended_changes_nothing) {
    world w;
    w.run("pool db limit=1");
    const auto call = w.run("acquire pool=db worker=w1").call;
    const token t = got<acquired>(w, call).token;
    EXPECT_EQ(released_as(w, t), lease_status::released);
    const token next = granted(w, "acquire pool=db worker=w2");
    abandon(w, call, t);
    EXPECT_TRUE(ask<checked>(w, "check db " + std::to_string(next)).live);
    EXPECT_EQ(released_as(w, t), lease_status::already_released);
}

TEST(Abandon, of_a_call_that_nobody_knows_changes_nothing) {
    world w;
    const std::string before = w.describe();
    abandon(w, 4711);
    abandon(w, 4711, 99);
    EXPECT_EQ(w.describe(), before);
}

TEST(Abandon, by_all_leaves_no_trace_of_a_crowd) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w0 ttl=60m");
    const std::string before = w.describe(true);
    std::vector<core::call_id> calls;
    for (int i = 0; i < 10'000; ++i) {
        calls.push_back(w.park("acquire pool=db worker=w1 wait=60m id=r" + std::to_string(i)));
    }
    // Every third from the front, then the rest from the back.
    for (std::size_t i = 0; i < calls.size(); i += 3)
        abandon(w, calls[i]);
    for (std::size_t i = calls.size(); i-- > 0;) {
        if (i % 3 != 0) abandon(w, calls[i]);
    }
    EXPECT_EQ(w.describe(true), before);
    EXPECT_EQ(w.core().count().calls, 0U);
}

}  // namespace
}  // namespace admit::test
