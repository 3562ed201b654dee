// keep_ms: places that outlive their calls, and grants that nobody is there for.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

constexpr const char* kept_a = "acquire pool=db worker=w2 id=a keep=20s";
constexpr const char* waiting_a = "acquire pool=db worker=w2 id=a keep=20s wait=60s";

token full_pool(world& w, const std::string& settings = "") {
    w.run("pool db limit=1 " + settings);
    return granted(w, "acquire pool=db worker=w1 ttl=30m");
}
void release(world& w, token t) { w.run("release " + std::to_string(t)); }
lease_row only_lease(world& w) { return ask<leases_page>(w, "leases db").leases.at(0); }

TEST(Keep, without_wait_takes_a_place_and_answers_202_at_once) {
    world w;
    full_pool(w);
    const auto place = ask<queued>(w, kept_a);
    EXPECT_EQ(place.request_id, "a");
    EXPECT_EQ(place.position, 1);
    EXPECT_EQ(pool(w, "db").waiting, 1);
}

TEST(Keep, is_granted_at_once_where_there_is_room) {
    world w;
    w.run("pool db limit=1");
    granted(w, kept_a);
}

TEST(Keep, a_place_is_lost_when_nobody_comes_back_in_time) {
    world w;
    full_pool(w);
    ask<queued>(w, kept_a);
    w.advance("19999ms");
    EXPECT_EQ(pool(w, "db").waiting, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").waiting, 0);
    // It never had a lease: its id is free.
    ask<queued>(w, kept_a);
}

TEST(Keep, the_clock_stands_still_while_a_call_is_attached) {
    world w;
    full_pool(w);
    const auto call = w.park(waiting_a);
    w.advance("59s");
    EXPECT_TRUE(waits(w, call));
    w.advance("1s");
    ask<queued>(w, kept_a);
}

TEST(Keep, the_clock_starts_anew_each_time) {
    world w;
    full_pool(w);
    ask<queued>(w, kept_a);
    for (int i = 0; i < 3; ++i) {
        w.advance("19s");
        ask<queued>(w, kept_a);
    }
    const auto call = w.park(waiting_a);
    w.run("abandon call=" + std::to_string(call));
    w.advance("19999ms");
    EXPECT_EQ(pool(w, "db").waiting, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(Keep, the_newest_holds) {
    world w;
    full_pool(w);
    ask<queued>(w, kept_a);
    ask<queued>(w, "acquire pool=db worker=w2 id=a keep=2s");
    w.advance("2s");
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(Keep, a_wait_that_ends_is_202_while_the_place_lives_on) {
    world w;
    full_pool(w);
    const auto call = w.park("acquire pool=db worker=w2 id=a keep=20s wait=5s");
    w.advance("5s");
    EXPECT_EQ(got<queued>(w, call).position, 1);
}

TEST(Keep, a_repeat_goes_on_waiting_at_the_same_place) {
    world w;
    const token held = full_pool(w);
    const auto place = ask<queued>(w, kept_a);
    const auto behind = w.park("acquire pool=db worker=w3 wait=60s");
    const auto call = w.park(waiting_a);
    EXPECT_EQ(ask<waiters_page>(w, "waiters db").waiters.at(0).ticket, place.ticket);
    w.advance("1s");
    release(w, held);
    EXPECT_EQ(got<acquired>(w, call).waited_ms, 1'000);
    EXPECT_TRUE(waits(w, behind));
}

TEST(Unclaimed, is_a_grant_made_while_no_call_is_attached) {
    world w;
    const token held = full_pool(w);
    ask<queued>(w, kept_a);
    release(w, held);
    EXPECT_EQ(only_lease(w).state, lease_state::unclaimed);
    const auto db = pool(w, "db");
    EXPECT_EQ(db.unclaimed, 1);
    EXPECT_EQ(db.active, 1);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3"), errc::pool_full);
    EXPECT_TRUE(ask<checked>(w, "check db " + std::to_string(only_lease(w).token)).live);
}

TEST(Unclaimed, ends_after_claim_ms_where_that_is_less) {
    world w;
    const token held = full_pool(w, "claim=3s");
    ask<queued>(w, kept_a);
    release(w, held);
    w.advance("2999ms");
    EXPECT_EQ(pool(w, "db").active, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").active, 0);
    EXPECT_EQ(ask<history_page>(w, "history db").ended.at(1).how, ending::unclaimed);
}

TEST(Unclaimed, ends_after_the_rest_of_keep_ms_where_that_is_less) {
    world w;
    const token held = full_pool(w, "claim=10s");
    ask<queued>(w, kept_a);
    w.advance("15s");
    release(w, held);
    w.advance("4999ms");
    EXPECT_EQ(pool(w, "db").active, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").active, 0);
}

TEST(Unclaimed, hands_its_slot_on_when_it_ends) {
    world w;
    const token held = full_pool(w, "claim=3s");
    ask<queued>(w, kept_a);
    const auto next = w.park("acquire pool=db worker=w3 wait=60s");
    release(w, held);
    w.advance("3s");
    EXPECT_EQ(got<acquired>(w, next).worker, "w3");
}

TEST(Unclaimed, its_ttl_and_start_begin_when_it_is_claimed) {
    world w;
    const token held = full_pool(w, "start_within=6s");
    ask<queued>(w, kept_a);
    release(w, held);
    w.advance("9s");
    const auto lease = ask<acquired>(w, kept_a);
    EXPECT_EQ(lease.ttl_ms, 30'000);
    EXPECT_EQ(lease.renew_in_ms, 3'000);
    EXPECT_EQ(only_lease(w).state, lease_state::acquired);
    w.advance("5999ms");
    EXPECT_EQ(pool(w, "db").active, 1);
    w.advance("1ms");
    EXPECT_EQ(pool(w, "db").active, 0);
}

TEST(Unclaimed, counts_as_expired_once_it_has_ended) {
    world w;
    const token held = full_pool(w, "claim=3s");
    ask<queued>(w, kept_a);
    release(w, held);
    const token t = only_lease(w).token;
    w.advance("3s");
    EXPECT_EQ(renewed_as(w, t), lease_status::expired);
    EXPECT_EQ(released_as(w, t), lease_status::expired);
    EXPECT_EQ(refused(w, kept_a), errc::request_ended);
}

TEST(Unclaimed, is_renewed_and_released_by_whoever_has_its_handle) {
    world w;
    const token held = full_pool(w);
    ask<queued>(w, kept_a);
    release(w, held);
    const token t = only_lease(w).token;
    EXPECT_EQ(renewed_as(w, t), lease_status::renewed);
    EXPECT_EQ(only_lease(w).state, lease_state::busy);
    EXPECT_EQ(only_lease(w).ttl_ms, 30'000);
    EXPECT_EQ(released_as(w, t), lease_status::released);
}

/// Dashboards see each change of what is unclaimed, not only the next one of something else.
TEST(Keep, every_change_of_what_is_unclaimed_is_told) {
    world w;
    const token held = full_pool(w);
    ask<queued>(w, kept_a);
    release(w, held);
    const core::event claimed = w.run(kept_a).effects.events.at(0);
    EXPECT_EQ(claimed.kind, core::event_kind::claimed);
    EXPECT_EQ(claimed.unclaimed, 0);
    const token mine = only_lease(w).token;
    const core::event lost =
        w.run("abandon call=3 token=" + std::to_string(mine)).effects.events.at(0);
    EXPECT_EQ(lost.kind, core::event_kind::unclaimed);
    EXPECT_EQ(lost.unclaimed, 1);
}

}  // namespace
}  // namespace admit::test
