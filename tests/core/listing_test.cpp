// Reading: pool objects, pages, workers.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

#include <set>

namespace admit::test {
namespace {

TEST(PoolObject, counts_what_there_is_and_what_happened) {
    world w;
    w.run("pool db limit=2");
    const token one = granted(w, "acquire pool=db worker=w1 ttl=60s");
    granted(w, "acquire pool=db worker=w2 ttl=1s");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3"), errc::pool_full);
    ask<queued>(w, "acquire pool=db worker=w3 id=c keep=60s");
    w.park("acquire pool=db worker=w4 wait=60s");
    w.advance("1s");
    w.advance("2s");
    const auto db = pool(w, "db");
    EXPECT_EQ(db.active, 2);
    EXPECT_EQ(db.waiting, 1);
    EXPECT_EQ(db.unclaimed, 1);
    EXPECT_EQ(db.over_limit_by, 0);
    EXPECT_EQ(db.stats.granted, 3);
    EXPECT_EQ(db.stats.rejected, 1);
    EXPECT_EQ(db.stats.expired, 1);
    EXPECT_EQ(db.stats.oldest_wait_ms, 3'000);
    w.run("release " + std::to_string(one));
    EXPECT_EQ(pool(w, "db").stats.released, 1);
}

TEST(Pages, of_leases_are_in_order_of_token_and_complete) {
    world w;
    w.run("pool db limit=100");
    for (int i = 0; i < 7; ++i)
        granted(w, "acquire pool=db worker=w1");
    std::vector<token> seen;
    std::uint64_t after = 0;
    int pages = 0;
    do {
        const auto page = ask<leases_page>(w, "leases db limit=3 after=" + std::to_string(after));
        for (const auto& row : page.leases)
            seen.push_back(row.token);
        after = page.next;
        ++pages;
    } while (after != 0);
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(seen, (std::vector<token>{1, 2, 3, 4, 5, 6, 7}));
}

TEST(Pages, go_on_although_what_they_stood_at_has_ended) {
    world w;
    w.run("pool db limit=100");
    for (int i = 0; i < 5; ++i)
        granted(w, "acquire pool=db worker=w1");
    const auto page = ask<leases_page>(w, "leases db limit=2");
    w.run("release 2,3");
    const auto rest = ask<leases_page>(w, "leases db limit=2 after=" + std::to_string(page.next));
    ASSERT_EQ(rest.leases.size(), 2U);
    EXPECT_EQ(rest.leases[0].token, 4U);
    EXPECT_EQ(rest.next, 0U);
}

TEST(Pages, of_waiters_are_in_order_of_the_line) {
    world w;
    w.run("pool db limit=0");
    for (int i = 0; i < 5; ++i)
        w.park("acquire pool=db wait=60s worker=w" + std::to_string(i));
    const auto page = ask<waiters_page>(w, "waiters db limit=2 after=2");
    ASSERT_EQ(page.waiters.size(), 2U);
    EXPECT_EQ(page.waiters[0].ticket, 3U);
    EXPECT_EQ(page.waiters[0].position, 3);
    EXPECT_EQ(page.waiters[0].worker, "w2");
    EXPECT_EQ(page.next, 4U);
}

TEST(Pages, of_pools_are_in_order_of_name) {
    world w;
    w.run("pool zoo limit=1");
    w.run("pool ant limit=1");
    const auto first = ask<pools_page>(w, "pools limit=2");
    ASSERT_EQ(first.pools.size(), 2U);
    EXPECT_EQ(first.pools[0].pool, "ant");
    EXPECT_EQ(first.pools[1].pool, "default");
    const auto rest = ask<pools_page>(w, "pools limit=2 after=" + first.next);
    ASSERT_EQ(rest.pools.size(), 1U);
    EXPECT_EQ(rest.pools[0].pool, "zoo");
    EXPECT_EQ(rest.next, "");
}

TEST(Rows, say_what_the_client_asked_for_and_how_long_it_lasts) {
    world w;
    w.run("pool db limit=2");
    granted(w, "acquire pool=db worker=w1 slots=2 ttl=20s labels=job:x");
    w.park("acquire pool=db worker=w2 wait=60s labels=job:y");
    w.advance("5s");
    const auto lease = ask<leases_page>(w, "leases db").leases.at(0);
    EXPECT_EQ(lease.worker, "w1");
    EXPECT_EQ(lease.slots, 2);
    EXPECT_EQ(lease.state, lease_state::acquired);
    EXPECT_EQ(lease.labels, (labels{{"job", "x"}}));
    EXPECT_EQ(lease.age_ms, 5'000);
    EXPECT_EQ(lease.ttl_ms, 15'000);
    const auto waiter = ask<waiters_page>(w, "waiters db").waiters.at(0);
    EXPECT_EQ(waiter.labels, (labels{{"job", "y"}}));
    EXPECT_EQ(waiter.age_ms, 5'000);
    EXPECT_TRUE(waiter.attached);
    EXPECT_FALSE(waiter.reason.empty());
}

TEST(History, says_how_leases_ended) {
    world w;
    w.run("pool db limit=9");
    const token one = granted(w, "acquire pool=db worker=w1 slots=2 labels=job:x");
    w.advance("3s");
    w.run("release " + std::to_string(one) + " outcome=failed");
    w.advance("4s");
    const auto row = ask<history_page>(w, "history db").ended.at(0);
    EXPECT_EQ(row.token, one);
    EXPECT_EQ(row.worker, "w1");
    EXPECT_EQ(row.slots, 2);
    EXPECT_EQ(row.how, ending::failed);
    EXPECT_EQ(row.held_ms, 3'000);
    EXPECT_EQ(row.age_ms, 4'000);
    EXPECT_EQ(row.labels, (labels{{"job", "x"}}));
}

TEST(Listings, of_an_unknown_pool_are_404) {
    world w;
    for (const auto* line : {"show nosuch", "leases nosuch", "waiters nosuch", "history nosuch"}) {
        EXPECT_EQ(refused(w, line), errc::unknown_pool) << line;
    }
}

TEST(Worker, goes_from_idle_to_acquired_to_busy_to_idle) {
    world w;
    const auto state = [&w] { return ask<worker_view>(w, "worker w1").state; };
    EXPECT_EQ(state(), "idle");
    const std::string t = std::to_string(granted(w, "acquire worker=w1"));
    EXPECT_EQ(state(), "acquired");
    w.run("renew " + t);
    EXPECT_EQ(state(), "busy");
    w.run("release " + t);
    EXPECT_EQ(state(), "idle");
}

TEST(Worker, shows_leases_and_waits_over_all_pools) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w1");
    granted(w, "acquire worker=w1");
    w.park("acquire pool=db worker=w1 wait=60s");
    const auto view = ask<worker_view>(w, "worker w1");
    EXPECT_EQ(view.leases.size(), 2U);
    EXPECT_EQ(view.waits.size(), 1U);
}

TEST(Worker, is_busy_by_a_lease_that_is_not_shown) {
    world w;
    w.run("pool db limit=2000");
    for (int i = 0; i < 1'000; ++i)
        granted(w, "acquire pool=db worker=w1");
    const std::string last = std::to_string(granted(w, "acquire pool=db worker=w1 start"));
    const auto view = ask<worker_view>(w, "worker w1");
    EXPECT_EQ(view.leases.size(), 1'000U);
    EXPECT_EQ(view.state, "busy");
    w.run("release " + last);
    EXPECT_EQ(ask<worker_view>(w, "worker w1").state, "acquired");
}

TEST(Worker, is_not_busy_while_its_lease_is_unclaimed) {
    world w;
    const auto state = [&w] { return ask<worker_view>(w, "worker w1").state; };
    const std::string acquire = "acquire worker=w1 start keep=60s id=a";
    const std::string t = std::to_string(granted(w, acquire));
    EXPECT_EQ(state(), "busy");
    w.run("abandon call=1 token=" + t);
    EXPECT_EQ(state(), "acquired");
    granted(w, acquire);
    EXPECT_EQ(state(), "busy");
    w.run("renew " + t);
    EXPECT_EQ(state(), "busy");
    w.advance("30s");
    EXPECT_EQ(state(), "idle");
}

// "the estimate ± 20 %; 30 for closed pools; 1 without samples"
TEST(RetryAfter, is_one_second_without_samples_and_thirty_for_closed_pools) {
    world w;
    w.run("pool db limit=1");
    granted(w, "acquire pool=db worker=w1");
    const auto hint = [&w] { return ask<problem>(w, "acquire pool=db worker=w2").retry_after_ms; };
    EXPECT_EQ(hint(), 1'000);
    w.run("patch db mode=paused");
    EXPECT_EQ(hint(), 30'000);
    w.run("patch db mode=open limit=0");
    EXPECT_EQ(hint(), 30'000);
}

TEST(RetryAfter, is_the_estimate_within_a_fifth_and_not_always_the_same) {
    world w;
    w.run("pool db limit=1");
    for (int i = 0; i < 50; ++i) {
        const token t = granted(w, "acquire pool=db worker=w1");
        w.advance("10s");
        w.run("release " + std::to_string(t));
    }
    granted(w, "acquire pool=db worker=w1");
    std::set<std::int64_t> hints;
    for (int i = 0; i < 50; ++i) {
        const auto hint = ask<problem>(w, "acquire pool=db worker=w2").retry_after_ms;
        EXPECT_GE(hint, 8'000);
        EXPECT_LE(hint, 12'000);
        hints.insert(hint);
    }
    EXPECT_GT(hints.size(), 10U);
}

// Those who gave up together must not come back together.
TEST(RetryAfter, of_waits_that_end_together_is_not_the_same) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1");
    w.advance("1s");
    w.run("release " + std::to_string(t));
    granted(w, "acquire pool=db worker=w1 ttl=60s");
    // The estimate is 20 s for the first who leaves and a second less for each after it.
    std::vector<core::call_id> calls;
    for (int i = 0; i < 20; ++i)
        calls.push_back(w.park("acquire pool=db worker=w2 wait=1s"));
    w.advance("1s");
    std::set<std::int64_t> factors;
    std::int64_t estimate_ms = 20'000;
    for (const auto call : calls) {
        const auto& told = got<problem>(w, call);
        const std::int64_t per_mille = told.retry_after_ms * 1'000 / estimate_ms;
        EXPECT_GE(per_mille, 800);
        EXPECT_LE(per_mille, 1'200);
        factors.insert(per_mille);
        estimate_ms -= 1'000;
    }
    EXPECT_GT(factors.size(), 10U);
}

TEST(RetryAfter, of_a_wait_that_ended_does_not_count_the_one_who_left) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1");
    w.advance("20s");
    w.run("release " + std::to_string(t));
    granted(w, "acquire pool=db worker=w1 ttl=60s");
    const auto call = w.park("acquire pool=db worker=w2 wait=1s");
    w.advance("1s");
    EXPECT_GE(got<problem>(w, call).retry_after_ms, 16'000);
    EXPECT_LE(got<problem>(w, call).retry_after_ms, 24'000);
}

TEST(RetryAfter, is_never_above_a_minute) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1 ttl=1h");
    w.advance("50m");
    w.run("release " + std::to_string(t));
    granted(w, "acquire pool=db worker=w1");
    EXPECT_EQ(ask<problem>(w, "acquire pool=db worker=w2").retry_after_ms, 60'000);
}

}  // namespace
}  // namespace admit::test
