// Operating pools: settings, preconditions, deletion, eviction.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

pool_answer set(world& w, const std::string& line) { return ask<pool_answer>(w, line); }

TEST(PutPool, makes_it_with_the_contracts_defaults) {
    world w;
    const auto made = set(w, "pool db limit=2");
    EXPECT_TRUE(made.created);
    EXPECT_EQ(made.pool.settings.limit, 2);
    EXPECT_EQ(made.pool.settings, (pool_settings{.limit = 2, .note = {}, .labels = {}}));
    EXPECT_EQ(made.pool.source, pool_source::api);
}

TEST(PutPool, replaces_all_settings_but_the_mode) {
    world w;
    set(w, "pool db limit=2 mode=paused note=why default_ttl=9s max_waiters=3");
    const auto next = set(w, "pool db limit=3");
    EXPECT_FALSE(next.created);
    EXPECT_EQ(next.pool.settings.limit, 3);
    EXPECT_EQ(next.pool.settings.mode, pool_mode::paused);
    EXPECT_EQ(next.pool.settings.note, "");
    EXPECT_EQ(next.pool.settings.default_ttl_ms, 30'000);
    EXPECT_EQ(next.pool.settings.max_waiters, 10'000);
    EXPECT_EQ(set(w, "pool db limit=3 mode=open").pool.settings.mode, pool_mode::open);
}

TEST(PutPool, that_is_identical_changes_nothing) {
    world w;
    const auto first = set(w, "pool db limit=2 note=why");
    const auto records = w.journal().size();
    const auto again = set(w, "pool db limit=2 note=why");
    EXPECT_FALSE(again.created);
    EXPECT_EQ(again.pool.version, first.pool.version);
    EXPECT_EQ(w.journal().size(), records);
}

TEST(PutPool, requires_a_limit) {
    world w;
    const auto no = ask<problem>(w, "pool db note=why");
    EXPECT_EQ(no.code, errc::bad_request);
    EXPECT_EQ(no.field, "limit");
    EXPECT_EQ(refused(w, "show db"), errc::unknown_pool);
}

TEST(PatchPool, changes_only_the_fields_given) {
    world w;
    set(w, "pool db limit=2 note=why default_ttl=9s");
    const auto next = set(w, "patch db limit=3");
    EXPECT_EQ(next.pool.settings.limit, 3);
    EXPECT_EQ(next.pool.settings.note, "why");
    EXPECT_EQ(next.pool.settings.default_ttl_ms, 9'000);
    EXPECT_EQ(refused(w, "patch nosuch limit=1"), errc::unknown_pool);
}

TEST(PatchPool, that_conflicts_changes_nothing) {
    world w;
    const auto before = set(w, "pool db limit=2 max_ttl=60s");
    EXPECT_EQ(refused(w, "patch db limit=3 default_ttl=61s"), errc::settings_conflict);
    const auto after = pool(w, "db");
    EXPECT_EQ(after.settings, before.pool.settings);
    EXPECT_EQ(after.version, before.pool.version);
}

TEST(Version, grows_with_every_change_of_any_pool) {
    world w;
    const auto db = set(w, "pool db limit=2").pool.version;
    const auto gpu = set(w, "pool gpu limit=2").pool.version;
    EXPECT_GT(gpu, db);
    EXPECT_GT(set(w, "patch db limit=3").pool.version, gpu);
    EXPECT_EQ(pool(w, "gpu").version, gpu);
}

TEST(Version, is_not_given_again_after_a_deletion) {
    world w;
    const auto first = set(w, "pool db limit=2").pool.version;
    w.run("delete db");
    EXPECT_GT(set(w, "pool db limit=2").pool.version, first);
    w.run("delete db");
    w.restart();
    EXPECT_GT(set(w, "pool db limit=2").pool.version, first + 1);
}

TEST(IfMatch, lets_only_the_named_versions_pass) {
    world w;
    const std::string v = std::to_string(set(w, "pool db limit=2").pool.version);
    EXPECT_EQ(refused(w, "patch db limit=3 if_match=99"), errc::precondition_failed);
    EXPECT_EQ(refused(w, "pool db limit=3 if_match=99"), errc::precondition_failed);
    EXPECT_EQ(refused(w, "delete db if_match=99"), errc::precondition_failed);
    EXPECT_EQ(pool(w, "db").settings.limit, 2);
    set(w, "patch db limit=3 if_match=99," + v);
    EXPECT_EQ(refused(w, "patch db limit=4 if_match=" + v), errc::precondition_failed);
}

TEST(IfMatch, any_wants_a_pool_that_exists) {
    world w;
    EXPECT_EQ(refused(w, "pool db limit=3 if_match=*"), errc::precondition_failed);
    set(w, "pool db limit=3");
    set(w, "pool db limit=4 if_match=*");
}

TEST(IfNoneMatch, only_creates) {
    world w;
    EXPECT_TRUE(set(w, "pool db limit=3 if_none_match=*").created);
    EXPECT_EQ(refused(w, "pool db limit=4 if_none_match=*"), errc::precondition_failed);
}

TEST(Configure, makes_what_is_missing_and_leaves_unnamed_fields) {
    world w;
    EXPECT_TRUE(set(w, "configure db limit=3 source=file").created);
    set(w, "patch db note=hand max_waiters=5");
    const auto next = set(w, "configure db limit=4 source=flag");
    EXPECT_EQ(next.pool.settings.limit, 4);
    EXPECT_EQ(next.pool.settings.note, "hand");
    EXPECT_EQ(next.pool.settings.max_waiters, 5);
    EXPECT_EQ(next.pool.source, pool_source::flag);
}

TEST(DeletePool, that_is_in_use_is_refused) {
    world w;
    set(w, "pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1");
    EXPECT_EQ(refused(w, "delete db"), errc::pool_in_use);
    set(w, "patch db mode=paused");
    w.run("release " + std::to_string(t));
    const auto call = w.park("acquire pool=db worker=w2 wait=9s");
    EXPECT_EQ(refused(w, "delete db"), errc::pool_in_use);
    w.run("abandon call=" + std::to_string(call));
    as<done>(w.ask("delete db"));
    EXPECT_EQ(refused(w, "delete db"), errc::unknown_pool);
}

TEST(DeletePool, by_force_evicts_leases_and_answers_waiters_404) {
    world w;
    set(w, "pool db limit=1");
    const token t = granted(w, "acquire pool=db worker=w1 id=a");
    const auto call = w.park("acquire pool=db worker=w2 wait=60s id=b");
    as<done>(w.ask("delete db force"));
    EXPECT_EQ(got<problem>(w, call).code, errc::unknown_pool);
    EXPECT_EQ(renewed_as(w, t), lease_status::evicted);
    EXPECT_EQ(w.core().count().leases, 0U);
    EXPECT_EQ(w.core().count().waiters, 0U);
    // Made anew, it owes nothing to the old one; the waiter's id is free, the lease's is spent.
    set(w, "pool db limit=1");
    EXPECT_EQ(refused(w, "acquire pool=db worker=w1 id=a"), errc::request_ended);
    granted(w, "acquire pool=db worker=w2 id=b");
}

TEST(DeletePool, of_default_is_never_done) {
    world w;
    EXPECT_EQ(refused(w, "delete default"), errc::pool_in_use);
    EXPECT_EQ(refused(w, "delete default force"), errc::pool_in_use);
}

TEST(Evict, ends_the_lease_of_that_pool_only) {
    world w;
    set(w, "pool db limit=1");
    const std::string t = std::to_string(granted(w, "acquire pool=db worker=w1"));
    EXPECT_EQ(refused(w, "evict default " + t), errc::unknown_lease);
    EXPECT_EQ(refused(w, "evict nosuch " + t), errc::unknown_pool);
    as<done>(w.ask("evict db " + t));
    EXPECT_EQ(refused(w, "evict db " + t), errc::unknown_lease);
    EXPECT_EQ(pool(w, "db").stats.evicted, 1);
}

TEST(EvictWorker, ends_all_that_the_worker_holds_in_all_pools) {
    world w;
    set(w, "pool db limit=9");
    granted(w, "acquire pool=db worker=w1");
    granted(w, "acquire pool=db worker=w1 slots=3");
    granted(w, "acquire worker=w1");
    granted(w, "acquire worker=w2");
    EXPECT_EQ(ask<evicted_count>(w, "evict_worker w1").evicted, 3);
    EXPECT_EQ(ask<evicted_count>(w, "evict_worker w1").evicted, 0);
    EXPECT_EQ(ask<worker_view>(w, "worker w1").state, "idle");
    EXPECT_EQ(w.core().count().leases, 1U);
}

}  // namespace
}  // namespace admit::test
