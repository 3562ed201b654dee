// POST /v1/acquire: what is granted, what is refused, and what the answer says.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

TEST(Acquire, is_answered_at_once_where_there_is_room) {
    world w;
    w.run("pool db limit=3");
    const auto lease = ask<acquired>(w, "acquire pool=db worker=w1 slots=2 id=a");
    EXPECT_EQ(lease.request_id, "a");
    EXPECT_EQ(lease.worker, "w1");
    EXPECT_EQ(lease.pool.pool, "db");
    EXPECT_EQ(lease.pool.slots, 2);
    EXPECT_EQ(lease.pool.active, 2);
    EXPECT_EQ(lease.pool.limit, 3);
    EXPECT_EQ(lease.pool.floor, lease.token);
    EXPECT_EQ(lease.ttl_ms, 30'000);
    EXPECT_EQ(lease.renew_in_ms, 10'000);
    EXPECT_EQ(lease.waited_ms, 0);
}

TEST(Acquire, takes_the_ttl_of_the_client_or_the_pools_default) {
    world w;
    w.run("pool db limit=3 default_ttl=7s");
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w1").ttl_ms, 7'000);
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w1 ttl=2s").ttl_ms, 2'000);
}

TEST(Acquire, renew_in_is_a_third_of_the_ttl_or_half_of_the_start) {
    world w;
    w.run("pool db limit=3 start_within=4s");
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w1 ttl=30s").renew_in_ms, 2'000);
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w1 ttl=3s").renew_in_ms, 1'000);
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w1 ttl=30s start").renew_in_ms, 10'000);
}

TEST(Acquire, tokens_increase_over_all_pools) {
    world w;
    w.run("pool db limit=9");
    w.run("pool gpu limit=9");
    token last = 0;
    for (const auto* line : {"acquire pool=db", "acquire pool=gpu", "acquire pool=db"}) {
        const token t = granted(w, line);
        EXPECT_GT(t, last);
        last = t;
    }
}

TEST(Acquire, start_makes_a_lease_that_is_born_busy) {
    world w;
    granted(w, "acquire worker=w1 start");
    EXPECT_EQ(ask<worker_view>(w, "worker w1").state, "busy");
}

TEST(Acquire, a_try_that_is_refused_leaves_no_trace) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w1");
    const std::string before = w.describe(true);
    const auto records = w.journal().size();
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 id=a"), errc::pool_full);
    EXPECT_EQ(w.describe(true), before);
    EXPECT_EQ(w.journal().size(), records);
    EXPECT_EQ(w.core().count().waiters, 0U);
    // The id is free for another request.
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3 id=a start"), errc::pool_full);
}

TEST(Acquire, a_refusal_says_the_pools_numbers) {
    world w;
    w.run("pool db limit=2");
    granted(w, "acquire pool=db slots=2");
    const auto no = ask<problem>(w, "acquire pool=db worker=w2");
    ASSERT_EQ(no.pools.size(), 1U);
    EXPECT_EQ(no.pools[0].pool, "db");
    EXPECT_EQ(no.pools[0].active, 2);
    EXPECT_EQ(no.pools[0].limit, 2);
    EXPECT_FALSE(no.detail.empty());
}

TEST(Acquire, the_slots_of_all_leases_together_stay_within_the_limit) {
    for (int slots = 1; slots <= 5; ++slots) {
        world w;
        w.run("pool db limit=5");
        const std::string line = "acquire pool=db worker=w1 slots=" + std::to_string(slots);
        for (int i = 0; i < 5 / slots; ++i) granted(w, line);
        EXPECT_EQ(refused(w, line), errc::pool_full);
        EXPECT_EQ(pool(w, "db").active, 5 / slots * slots);
    }
}

TEST(Acquire, of_an_unknown_pool_is_404) {
    world w;
    EXPECT_EQ(refused(w, "acquire pool=nosuch"), errc::unknown_pool);
}

TEST(Acquire, above_what_the_pool_allows_is_a_bad_request_that_names_the_field) {
    world w;
    w.run("pool db limit=1 max_wait=10s max_ttl=60s");
    const auto wait = ask<problem>(w, "acquire pool=db wait=10001ms");
    EXPECT_EQ(wait.code, errc::bad_request);
    EXPECT_EQ(wait.field, "wait_ms");
    const auto ttl = ask<problem>(w, "acquire pool=db ttl=60001ms");
    EXPECT_EQ(ttl.code, errc::bad_request);
    EXPECT_EQ(ttl.field, "ttl_ms");
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db wait=10s ttl=60s").ttl_ms, 60'000);
}

TEST(Acquire, what_could_never_fit_is_422_and_stands_in_no_line) {
    world w;
    w.run("pool db limit=2");
    EXPECT_EQ(refused(w, "acquire pool=db slots=3 wait=60s id=a"), errc::slots_exceed_limit);
    EXPECT_EQ(refused(w, "acquire pool=db slots=3 keep=60s id=a"), errc::slots_exceed_limit);
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(Acquire, pool_default_exists_without_being_made) {
    world w;
    EXPECT_EQ(ask<acquired>(w, "acquire worker=w1").pool.pool, "default");
    EXPECT_EQ(pool(w, "default").source, pool_source::builtin);
}

TEST(Acquire, waited_is_from_the_arrival_of_the_call_to_the_grant) {
    world w;
    w.run("pool db limit=1");
    const token first = granted(w, "acquire pool=db worker=w1 ttl=60s");
    const auto call = w.park("acquire pool=db worker=w2 wait=30s");
    w.advance("1999us");
    w.run("release " + std::to_string(first));
    // Rounded down, so that what is left is never overstated.
    EXPECT_EQ(got<acquired>(w, call).waited_ms, 1);
    EXPECT_EQ(got<acquired>(w, call).ttl_ms, 30'000);
}

TEST(Acquire, a_wait_that_ends_is_refused_and_leaves_no_trace) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w1 ttl=60s");
    const std::string before = w.describe(true);
    const auto call = w.park("acquire pool=db worker=w2 wait=5s id=a");
    w.advance("4999ms");
    EXPECT_TRUE(waits(w, call));
    w.advance("1ms");
    EXPECT_EQ(got<problem>(w, call).code, errc::wait_timeout);
    EXPECT_EQ(w.core().count().waiters, 0U);
    EXPECT_EQ(w.describe(true), before);
    // Its id is free: the same again queues anew.
    w.park("acquire pool=db worker=w2 wait=5s id=a");
}

TEST(Acquire, a_full_line_is_refused_but_a_try_is_told_of_the_pool) {
    world w;
    w.run("pool db limit=1 max_waiters=1");
    granted(w, "acquire pool=db worker=w1");
    w.park("acquire pool=db worker=w2 wait=60s id=a");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3 wait=60s"), errc::queue_full);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3 id=b keep=9s"), errc::queue_full);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3"), errc::pool_full);
    // Who stands there already may come again.
    w.park("acquire pool=db worker=w2 wait=60s id=a");
}

}  // namespace
}  // namespace admit::test
