// Cancel, and what is remembered: one effect per request id while it is.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

token full_pool(world& w) {
    w.run("pool db limit=1 claim=5s");
    return granted(w, "acquire pool=db worker=w1 ttl=30m");
}
void release(world& w, token t) { w.run("release " + std::to_string(t)); }
token cancel(world& w, const char* id) {
    return ask<cancelled>(w, std::string("cancel ") + id).token;
}

TEST(Cancel, of_a_waiting_request_answers_its_calls) {
    world w;
    full_pool(w);
    const auto one = w.park("acquire pool=db worker=w2 wait=60s id=a");
    const auto two = w.park("acquire pool=db worker=w2 wait=60s id=a");
    EXPECT_EQ(cancel(w, "a"), 0U);
    EXPECT_EQ(got<problem>(w, one).code, errc::cancelled);
    EXPECT_EQ(got<problem>(w, two).code, errc::cancelled);
    EXPECT_EQ(pool(w, "db").waiting, 0);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 wait=60s id=a"), errc::cancelled);
    EXPECT_EQ(cancel(w, "a"), 0U);
}

TEST(Cancel, of_a_live_lease_releases_it) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1 id=a");
    EXPECT_EQ(cancel(w, "a"), t);
    EXPECT_EQ(cancel(w, "a"), t);
    EXPECT_EQ(pool(w, "db").active, 0);
    EXPECT_EQ(renewed_as(w, t), lease_status::released);
    EXPECT_EQ(released_as(w, t), lease_status::already_released);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=a"), errc::request_ended);
}

TEST(Cancel, of_an_unclaimed_grant_frees_its_slot) {
    world w;
    const token held = full_pool(w);
    ask<queued>(w, "acquire pool=db worker=w2 id=a keep=60s");
    release(w, held);
    EXPECT_EQ(pool(w, "db").unclaimed, 1);
    EXPECT_EQ(cancel(w, "a"), 0U);
    EXPECT_EQ(cancel(w, "a"), 0U);
    EXPECT_EQ(pool(w, "db").active, 0);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 id=a keep=60s"), errc::cancelled);
}

TEST(Cancel, of_an_id_never_seen_is_remembered_for_the_late_acquire) {
    world w;
    EXPECT_EQ(cancel(w, "a"), 0U);
    EXPECT_EQ(refused(w, "acquire worker=w1 id=a"), errc::cancelled);
    EXPECT_EQ(cancel(w, "a"), 0U);
}

TEST(Cancel, of_the_ended_says_how_it_ended) {
    world w;
    const token done = granted(w, "acquire worker=w1 id=done");
    release(w, done);
    EXPECT_EQ(cancel(w, "done"), done);
    granted(w, "acquire worker=w1 id=late ttl=1s");
    w.advance("1s");
    EXPECT_EQ(refused(w, "cancel late"), errc::lease_expired);
    const token thrown = granted(w, "acquire worker=w1 id=thrown");
    w.run("evict default " + std::to_string(thrown));
    EXPECT_EQ(refused(w, "cancel thrown"), errc::lease_evicted);
}

TEST(Cancel, of_a_grant_that_nobody_claimed_is_cancelled) {
    world w;
    const token held = full_pool(w);
    ask<queued>(w, "acquire pool=db worker=w2 id=a keep=60s");
    release(w, held);
    w.advance("5s");
    EXPECT_EQ(cancel(w, "a"), 0U);
}

TEST(Cancel, of_a_place_that_was_lost_is_of_an_id_never_seen) {
    world w;
    full_pool(w);
    ask<queued>(w, "acquire pool=db worker=w2 id=a keep=2s");
    w.advance("2s");
    EXPECT_EQ(cancel(w, "a"), 0U);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 id=a keep=2s"), errc::cancelled);
}

// Whoever made the id: a client has sent it now.
TEST(Cancel, of_an_id_that_the_server_made_is_remembered_too) {
    world w;
    full_pool(w);
    w.park("acquire pool=db worker=w2 wait=60s server_id=s1");
    EXPECT_EQ(cancel(w, "s1"), 0U);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 wait=60s id=s1"), errc::cancelled);
    const auto lease = ask<acquired>(w, "acquire worker=w2 server_id=s2");
    EXPECT_EQ(cancel(w, "s2"), lease.token);
    EXPECT_EQ(cancel(w, "s2"), lease.token);
    EXPECT_EQ(refused(w, "acquire worker=w2 id=s2"), errc::request_ended);
}

TEST(DropWaiter, answers_its_calls_cancelled_and_remembers_the_id) {
    world w;
    full_pool(w);
    const auto call = w.park("acquire pool=db worker=w2 wait=60s id=a");
    as<done>(w.ask("drop db 1"));
    EXPECT_EQ(got<problem>(w, call).code, errc::cancelled);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 wait=60s id=a"), errc::cancelled);
    w.park("acquire pool=db worker=w2 wait=60s server_id=s1");
    as<done>(w.ask("drop db 2"));
    EXPECT_EQ(w.core().count().cancelled_ids, 1U);
    EXPECT_EQ(refused(w, "drop db 1"), errc::unknown_waiter);
    EXPECT_EQ(refused(w, "drop default 1"), errc::unknown_waiter);
    EXPECT_EQ(refused(w, "drop nosuch 1"), errc::unknown_pool);
}

TEST(Remembered, is_forgotten_together_with_what_ended_about_then) {
    world w(core::settings{.remember_ms = 60'000});
    w.run("pool db limit=1");
    for (int i = 0; i < 1'000; ++i) {
        w.run("release " + std::to_string(granted(w, "acquire pool=db worker=w1")));
        w.run("cancel x" + std::to_string(i));
        w.advance("1ms");
    }
    ASSERT_EQ(w.core().count().ended, 1'000U);
    // Whole tenths of a second, not each of them; and slices, since they are forgotten one by one.
    EXPECT_LE(w.advance("60s").slices, 25);
    EXPECT_EQ(w.core().count().ended, 0U);
    EXPECT_EQ(w.core().count().cancelled_ids, 0U);
}

TEST(Remembered, for_remember_ms_and_no_longer) {
    world w(core::settings{.remember_ms = 60'000});
    const token t = granted(w, "acquire worker=w1 id=a");
    release(w, t);
    cancel(w, "b");
    w.advance("59999ms");
    EXPECT_EQ(refused(w, "acquire worker=w1 id=a"), errc::request_ended);
    EXPECT_EQ(refused(w, "acquire worker=w1 id=b"), errc::cancelled);
    EXPECT_EQ(released_as(w, t), lease_status::already_released);
    w.advance("1ms");
    EXPECT_EQ(released_as(w, t), lease_status::ended);
    EXPECT_EQ(renewed_as(w, t), lease_status::unknown);
    EXPECT_GT(granted(w, "acquire worker=w1 id=a"), t);
    granted(w, "acquire worker=w1 id=b");
}

TEST(Remembered, at_most_so_many_and_the_oldest_go_first) {
    world w(core::settings{.ended_max = 2});
    std::vector<token> tokens;
    for (const auto* id : {"a", "b", "c"}) {
        tokens.push_back(granted(w, std::string("acquire worker=w1 id=") + id));
        release(w, tokens.back());
        cancel(w, (std::string("x") + id).c_str());
    }
    EXPECT_EQ(w.core().count().ended, 2U);
    EXPECT_EQ(w.core().count().cancelled_ids, 2U);
    EXPECT_EQ(released_as(w, tokens[0]), lease_status::ended);
    EXPECT_EQ(released_as(w, tokens[1]), lease_status::already_released);
    granted(w, "acquire worker=w1 id=a");
    granted(w, "acquire worker=w1 id=xa");
    EXPECT_EQ(refused(w, "acquire worker=w1 id=b"), errc::request_ended);
    EXPECT_EQ(refused(w, "acquire worker=w1 id=xb"), errc::cancelled);
}

TEST(Remembered, what_is_forgotten_takes_no_room) {
    world w(core::settings{.remember_ms = 1'000});
    for (int i = 0; i < 100; ++i) {
        const std::string n = std::to_string(i);
        release(w, granted(w, "acquire worker=w1 id=a" + n));
        cancel(w, ("b" + n).c_str());
        w.advance("100ms");
    }
    w.advance("1s");
    EXPECT_EQ(w.core().count().ended, 0U);
    EXPECT_EQ(w.core().count().cancelled_ids, 0U);
    EXPECT_EQ(w.core().next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace admit::test
