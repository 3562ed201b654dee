// Renew, release and check: what a handle is good for, and until when.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

std::string line(const char* verb, token t) { return std::string(verb) + ' ' + std::to_string(t); }
renewed_lease renew(world& w, token t, const std::string& more = "") {
    return ask<renewed>(w, line("renew", t) + ' ' + more).leases.at(0);
}
bool live(world& w, token t) { return ask<checked>(w, line("check default", t)).live; }

TEST(Renew, begins_the_ttl_anew) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    w.advance("9s");
    const auto again = renew(w, t);
    EXPECT_EQ(again.status, lease_status::renewed);
    EXPECT_EQ(again.ttl_ms, 10'000);
    EXPECT_EQ(again.renew_in_ms, 3'333);
    EXPECT_EQ(again.floor, t);
    w.advance("9999ms");
    EXPECT_TRUE(live(w, t));
    w.advance("1ms");
    EXPECT_FALSE(live(w, t));
}

TEST(Renew, marks_the_lease_busy) {
    world w;
    const token t = granted(w, "acquire worker=w1");
    EXPECT_EQ(ask<worker_view>(w, "worker w1").state, "acquired");
    renew(w, t);
    EXPECT_EQ(ask<worker_view>(w, "worker w1").state, "busy");
}

TEST(Renew, takes_a_longer_ttl_and_ignores_a_shorter_one) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    EXPECT_EQ(renew(w, t, "ttl=5s").ttl_ms, 10'000);
    EXPECT_EQ(renew(w, t, "ttl=60s").ttl_ms, 60'000);
    EXPECT_EQ(renew(w, t).ttl_ms, 60'000);
}

TEST(Renew, with_a_ttl_above_the_pools_maximum_is_refused_and_renews_nothing) {
    world w;
    w.run("patch default max_ttl=60s");
    const token one = granted(w, "acquire worker=w1 ttl=10s");
    const token two = granted(w, "acquire worker=w1 ttl=10s");
    w.advance("5s");
    const auto no =
        ask<problem>(w, "renew " + std::to_string(one) + ',' + std::to_string(two) + " ttl=61s");
    EXPECT_EQ(no.code, errc::bad_request);
    EXPECT_EQ(no.field, "ttl_ms");
    w.advance("5s");
    EXPECT_FALSE(live(w, one));
}

TEST(Renew, before_expiry_was_decided_succeeds_even_past_the_deadline) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    w.oversleep(std::chrono::seconds(11));
    EXPECT_EQ(renew(w, t).status, lease_status::renewed);
    w.run("expire");
    EXPECT_TRUE(live(w, t));
}

TEST(Renew, after_expiry_was_decided_never_resurrects) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    w.advance("10s");
    EXPECT_EQ(renew(w, t).status, lease_status::expired);
    EXPECT_FALSE(live(w, t));
}

TEST(Renew, says_how_a_lease_ended) {
    world w;
    const token evicted = granted(w, "acquire worker=w1");
    w.run(line("evict default", evicted));
    EXPECT_EQ(renewed_as(w, evicted), lease_status::evicted);
    const token released = granted(w, "acquire worker=w1");
    w.run(line("release", released));
    EXPECT_EQ(renewed_as(w, released), lease_status::released);
    EXPECT_EQ(renewed_as(w, 0), lease_status::unknown);
    EXPECT_EQ(renewed_as(w, 4711), lease_status::unknown);
}

TEST(Renew, of_several_answers_in_request_order) {
    world w;
    const token a = granted(w, "acquire worker=w1");
    const token b = granted(w, "acquire worker=w1");
    w.run(line("release", a));
    const auto all = ask<renewed>(w, "renew " + std::to_string(b) + ",0," + std::to_string(a));
    EXPECT_FALSE(all.single);
    ASSERT_EQ(all.leases.size(), 3U);
    EXPECT_EQ(all.leases[0].status, lease_status::renewed);
    EXPECT_EQ(all.leases[1].status, lease_status::unknown);
    EXPECT_EQ(all.leases[2].token, a);
    EXPECT_EQ(all.leases[2].status, lease_status::released);
}

TEST(Renew, is_not_journaled_unless_it_changes_state_or_ttl) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=10s");
    renew(w, t);
    const auto records = w.journal().size();
    renew(w, t);
    renew(w, t, "ttl=5s");
    EXPECT_EQ(w.journal().size(), records);
    renew(w, t, "ttl=20s");
    EXPECT_EQ(w.journal().size(), records + 1);
}

TEST(Release, frees_the_slots_and_says_the_pools_numbers) {
    world w;
    w.run("pool db limit=5");
    granted(w, "acquire pool=db worker=w1");
    const token t = granted(w, "acquire pool=db worker=w2 slots=3");
    w.advance("1234ms");
    const auto one = ask<released>(w, line("release", t));
    EXPECT_TRUE(one.single);
    EXPECT_EQ(one.leases.at(0).status, lease_status::released);
    EXPECT_EQ(one.leases.at(0).held_ms, 1'234);
    EXPECT_EQ(one.leases.at(0).pool.pool, "db");
    EXPECT_EQ(one.leases.at(0).pool.active, 1);
    EXPECT_EQ(one.leases.at(0).pool.limit, 5);
}

TEST(Release, again_is_already_released_and_frees_nothing) {
    world w;
    w.run("pool db limit=2");
    const token one = granted(w, "acquire pool=db worker=w1");
    granted(w, "acquire pool=db worker=w2");
    EXPECT_EQ(released_as(w, one), lease_status::released);
    EXPECT_EQ(released_as(w, one), lease_status::already_released);
    EXPECT_EQ(pool(w, "db").active, 1);
    EXPECT_EQ(pool(w, "db").stats.released, 1);
}

TEST(Release, of_a_token_twice_in_one_call_frees_it_once) {
    world w;
    w.run("pool db limit=2");
    const std::string t = std::to_string(granted(w, "acquire pool=db worker=w1"));
    granted(w, "acquire pool=db worker=w2");
    const auto both = ask<released>(w, "release " + t + ',' + t);
    EXPECT_EQ(both.leases.at(0).status, lease_status::released);
    EXPECT_EQ(both.leases.at(1).status, lease_status::already_released);
    EXPECT_EQ(pool(w, "db").active, 1);
}

TEST(Release, of_the_gone_says_how_it_ended) {
    world w;
    const token expired = granted(w, "acquire worker=w1 ttl=1s");
    w.advance("1s");
    EXPECT_EQ(released_as(w, expired), lease_status::expired);
    const token evicted = granted(w, "acquire worker=w1");
    w.run(line("evict default", evicted));
    EXPECT_EQ(released_as(w, evicted), lease_status::evicted);
}

TEST(Release, of_what_is_no_longer_remembered_is_ended_and_of_no_handle_unknown) {
    world w(core::settings{.remember_ms = 5'000});
    const token t = granted(w, "acquire worker=w1");
    w.run(line("release", t));
    w.advance("5s");
    EXPECT_EQ(released_as(w, t), lease_status::ended);
    EXPECT_EQ(released_as(w, 0), lease_status::unknown);
}

TEST(Release, never_frees_the_slots_of_the_next_holder) {
    world w;
    w.run("pool db limit=1");
    const token old = granted(w, "acquire pool=db worker=w1 ttl=5s");
    w.advance("5s");
    const token next = granted(w, "acquire pool=db worker=w2");
    EXPECT_EQ(released_as(w, old), lease_status::expired);
    EXPECT_TRUE(ask<checked>(w, line("check db", next)).live);
    EXPECT_EQ(pool(w, "db").active, 1);
}

TEST(Release, remembers_the_outcome) {
    world w;
    for (const auto* how : {"ok", "dropped", "failed"}) {
        const token t = granted(w, "acquire worker=w1");
        w.run(line("release", t) + " outcome=" + how);
        EXPECT_EQ(ask<history_page>(w, "history default").ended.back().how, ending_of(how));
    }
}

TEST(Check, floor_is_the_smallest_live_token_else_the_next_one) {
    world w;
    const token one = granted(w, "acquire worker=w1");
    const token two = granted(w, "acquire worker=w1");
    const auto floor = [&] { return ask<checked>(w, line("check default", two)).floor; };
    EXPECT_EQ(floor(), one);
    w.run(line("release", one));
    EXPECT_EQ(floor(), two);
    w.run(line("release", two));
    EXPECT_EQ(floor(), two + 1);
    EXPECT_EQ(granted(w, "acquire worker=w1"), two + 1);
}

TEST(Check, is_by_pool) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1");
    EXPECT_TRUE(ask<checked>(w, line("check db", t)).live);
    EXPECT_FALSE(ask<checked>(w, line("check default", t)).live);
    EXPECT_EQ(refused(w, line("check nosuch", t)), errc::unknown_pool);
}

TEST(Expiry, is_neither_early_nor_late) {
    world w;
    const token t = granted(w, "acquire worker=w1 ttl=1500ms");
    EXPECT_EQ(w.core().next_deadline(), w.now() + std::chrono::milliseconds(1'500));
    w.advance("1499999us");
    EXPECT_TRUE(live(w, t));
    w.advance("1us");
    EXPECT_FALSE(live(w, t));
}

TEST(Expiry, leaves_alone_what_was_due_after_the_instant_it_is_told) {
    world w;
    const token one = granted(w, "acquire worker=w1 ttl=1s");
    const token two = granted(w, "acquire worker=w1 ttl=2s");
    w.oversleep(std::chrono::seconds(5));
    w.run("expire until=1500ms");
    EXPECT_FALSE(live(w, one));
    EXPECT_TRUE(live(w, two));
    w.run("expire");
    EXPECT_FALSE(live(w, two));
}

TEST(StartWithin, takes_back_a_lease_that_is_not_busy_by_then) {
    world w;
    w.run("pool db limit=1 start_within=3s");
    const token t = granted(w, "acquire pool=db worker=w1 id=a");
    const auto next = w.park("acquire pool=db worker=w2 wait=60s");
    w.advance("2999ms");
    EXPECT_TRUE(waits(w, next));
    w.advance("1ms");
    EXPECT_EQ(got<acquired>(w, next).worker, "w2");
    EXPECT_EQ(ask<history_page>(w, "history db").ended.at(0).how, ending::not_started);
    // On the wire it has expired.
    EXPECT_EQ(renewed_as(w, t), lease_status::expired);
    EXPECT_EQ(released_as(w, t), lease_status::expired);
    EXPECT_EQ(refused(w, "cancel a"), errc::lease_expired);
}

TEST(StartWithin, spares_the_renewed_and_the_born_busy) {
    world w;
    w.run("pool db limit=2 start_within=3s");
    const token confirmed = granted(w, "acquire pool=db worker=w1");
    granted(w, "acquire pool=db worker=w2 start");
    w.advance("2s");
    renew(w, confirmed);
    w.advance("20s");
    EXPECT_EQ(pool(w, "db").active, 2);
}

}  // namespace
}  // namespace admit::test
