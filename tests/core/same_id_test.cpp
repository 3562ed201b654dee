// One request id: one place, one lease, one effect.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

constexpr const char* waiting_a = "acquire pool=db worker=w2 wait=10s id=a";

/// A full pool `db` of one slot. The token that holds it.
token full_pool(world& w) {
    w.run("pool db limit=1");
    return granted(w, "acquire pool=db worker=w1 ttl=60s");
}
void release(world& w, token t) { w.run("release " + std::to_string(t)); }

TEST(SameId, is_the_same_place) {
    world w;
    full_pool(w);
    w.park(waiting_a);
    w.park(waiting_a);
    EXPECT_EQ(pool(w, "db").waiting, 1);
    EXPECT_EQ(w.core().count().calls, 2U);
}

TEST(SameId, gives_all_calls_the_same_lease) {
    world w;
    const token held = full_pool(w);
    const auto one = w.park(waiting_a);
    w.advance("3s");
    const auto two = w.park(waiting_a);
    w.advance("1s");
    release(w, held);
    EXPECT_EQ(got<acquired>(w, one).token, got<acquired>(w, two).token);
    EXPECT_EQ(got<acquired>(w, one).waited_ms, 4'000);
    EXPECT_EQ(got<acquired>(w, two).waited_ms, 1'000);
    EXPECT_EQ(pool(w, "db").stats.granted, 2);
}

TEST(SameId, finds_the_lease_and_does_not_renew_it) {
    world w;
    w.run("pool db limit=1");
    const auto first = ask<acquired>(w, "acquire pool=db worker=w1 id=a");
    w.advance("12s");
    const auto again = ask<acquired>(w, "acquire pool=db worker=w1 id=a");
    EXPECT_EQ(again.token, first.token);
    EXPECT_EQ(again.ttl_ms, 18'000);
    EXPECT_EQ(again.renew_in_ms, 6'000);
    EXPECT_EQ(again.waited_ms, 0);
    w.advance("18s");
    EXPECT_EQ(renewed_as(w, first.token), lease_status::expired);
}

TEST(SameId, finds_the_lease_in_a_paused_and_in_a_draining_pool) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1 id=a");
    w.run("patch db mode=paused");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w1 id=a"), t);
    w.run("patch db mode=draining");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w1 id=a"), t);
}

TEST(SameId, wait_is_each_calls_own) {
    world w;
    full_pool(w);
    const auto lasting = w.park("acquire pool=db worker=w2 wait=10s id=a");
    const auto hasty = w.park("acquire pool=db worker=w2 wait=1s id=a");
    w.advance("1s");
    // "A call whose wait ends while the place lives on gets 202."
    EXPECT_EQ(got<queued>(w, hasty).position, 1);
    EXPECT_TRUE(waits(w, lasting));
    w.advance("9s");
    EXPECT_EQ(got<problem>(w, lasting).code, errc::wait_timeout);
}

TEST(SameId, the_last_call_to_detach_abandons_the_place) {
    world w;
    full_pool(w);
    const auto one = w.park(waiting_a);
    const auto two = w.park(waiting_a);
    w.run("abandon call=" + std::to_string(one));
    EXPECT_EQ(pool(w, "db").waiting, 1);
    got<nobody>(w, one);
    w.run("abandon call=" + std::to_string(two));
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(SameId, without_wait_and_keep_gives_up_its_place_when_alone) {
    world w;
    full_pool(w);
    ask<queued>(w, "acquire pool=db worker=w2 id=a keep=60s");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 id=a"), errc::wait_timeout);
    EXPECT_EQ(pool(w, "db").waiting, 0);
}

TEST(SameId, without_wait_and_keep_is_202_while_others_wait) {
    world w;
    full_pool(w);
    w.park(waiting_a);
    ask<queued>(w, "acquire pool=db worker=w2 id=a");
    EXPECT_EQ(pool(w, "db").waiting, 1);
}

// "everything else must be equal (defaults filled in)"
class Mismatch : public testing::TestWithParam<const char*> {};

TEST_P(Mismatch, is_refused_for_a_place) {
    world w;
    w.run("pool gpu limit=1");
    full_pool(w);
    w.park("acquire pool=db worker=w2 wait=60s id=a");
    EXPECT_EQ(refused(w, std::string("acquire wait=60s id=a ") + GetParam()),
              errc::request_mismatch);
    EXPECT_EQ(pool(w, "db").waiting, 1);
}

TEST_P(Mismatch, is_refused_for_a_lease) {
    world w;
    w.run("pool gpu limit=1");
    w.run("pool db limit=3");
    granted(w, "acquire pool=db worker=w2 id=a");
    EXPECT_EQ(refused(w, std::string("acquire id=a ") + GetParam()), errc::request_mismatch);
}

INSTANTIATE_TEST_SUITE_P(SameId, Mismatch,
                         testing::Values("pool=gpu worker=w2", "pool=db worker=w9",
                                         "pool=db worker=w2 slots=2", "pool=db worker=w2 start",
                                         "pool=db worker=w2 ttl=29s",
                                         "pool=db worker=w2 labels=job:x"));

TEST(SameId, a_default_ttl_may_be_said_or_left_out) {
    world w;
    w.run("pool db limit=3");
    const token a = granted(w, "acquire pool=db worker=w2 id=a");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w2 id=a ttl=30s"), a);
    const token b = granted(w, "acquire pool=db worker=w2 id=b ttl=30s");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w2 id=b"), b);
}

TEST(SameId, a_changed_default_does_not_part_a_request_from_its_repeat) {
    world w;
    w.run("pool db limit=3");
    const token a = granted(w, "acquire pool=db worker=w2 id=a");
    w.run("patch db default_ttl=10s");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w2 id=a"), a);
}

// An operator lowers what may be asked for: that is for new requests. One that repeats what it
// asked before must not be told that it asks for too much and lose what it has.
TEST(SameId, finds_the_lease_whatever_the_pool_allows_since) {
    world w;
    w.run("pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1 id=a wait=30s ttl=60s");
    w.run("patch db max_wait=10s max_ttl=40s");
    EXPECT_EQ(granted(w, "acquire pool=db worker=w1 id=a wait=30s ttl=60s"), t);
    release(w, t);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=a wait=30s ttl=60s"), errc::request_ended);
    w.run("cancel b");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=b wait=30s ttl=60s"), errc::cancelled);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=c wait=30s"), errc::bad_request);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=c ttl=60s"), errc::bad_request);
}

// Its wait is cut to what is allowed: it goes on waiting, and its place keeps its TTL.
TEST(SameId, finds_the_place_and_waits_as_long_as_the_pool_allows_since) {
    world w;
    const token held = full_pool(w);
    w.park("acquire pool=db worker=w2 id=a wait=30s ttl=60s");
    w.run("patch db max_wait=10s max_ttl=40s");
    const auto again = w.park("acquire pool=db worker=w2 id=a wait=30s ttl=60s");
    EXPECT_EQ(pool(w, "db").waiting, 1);
    w.advance("9999ms");
    EXPECT_TRUE(waits(w, again));
    w.advance("1ms");
    EXPECT_EQ(got<queued>(w, again).position, 1);
    w.run("patch db max_wait=0");
    EXPECT_EQ(ask<queued>(w, "acquire pool=db worker=w2 id=a wait=30s ttl=60s").position, 1);
    release(w, held);
    EXPECT_EQ(ask<acquired>(w, "acquire pool=db worker=w2 id=a wait=30s ttl=60s").ttl_ms, 60'000);
}

TEST(SameId, of_an_ended_admission_is_refused_whatever_it_asks) {
    world w;
    w.run("pool db limit=3");
    const token a = granted(w, "acquire pool=db worker=w2 id=a");
    release(w, a);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w2 id=a"), errc::request_ended);
    EXPECT_EQ(refused(w, "acquire pool=db worker=w3 id=a slots=2"), errc::request_ended);
}

TEST(SameId, of_the_servers_making_is_free_after_its_lease) {
    world w;
    w.run("pool db limit=3");
    const auto lease = ask<acquired>(w, "acquire pool=db worker=w2");
    release(w, lease.token);
    EXPECT_NE(granted(w, "acquire pool=db worker=w2 id=" + lease.request_id), lease.token);
}

// "One effect per request id": whoever made it, a client that repeats with it relies on that.
TEST(SameId, of_the_servers_making_is_the_clients_once_it_was_sent) {
    world w;
    w.run("pool db limit=3");
    const auto lease = ask<acquired>(w, "acquire pool=db worker=w2");
    const std::string again = "acquire pool=db worker=w2 id=" + lease.request_id;
    EXPECT_EQ(granted(w, again), lease.token);
    w.restart();
    EXPECT_EQ(granted(w, again), lease.token);
    release(w, lease.token);
    EXPECT_EQ(refused(w, again), errc::request_ended);
    w.restart();
    EXPECT_EQ(refused(w, again), errc::request_ended);
}

TEST(SameId, of_the_servers_making_is_the_clients_once_it_was_sent_for_a_place) {
    world w;
    const token held = full_pool(w);
    const auto first = w.park("acquire pool=db worker=w2 wait=60s");
    const std::string again =
        "acquire pool=db worker=w2 wait=60s id=server-" + std::to_string(first);
    const auto second = w.park(again);
    release(w, held);
    EXPECT_EQ(got<acquired>(w, second).token, got<acquired>(w, first).token);
    release(w, got<acquired>(w, first).token);
    EXPECT_EQ(refused(w, again), errc::request_ended);
}

}  // namespace
}  // namespace admit::test
