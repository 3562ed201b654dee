// Images of a state, and cores that are made of them.
#include "tests/support/ask.hpp"
#include "tests/support/snapshots.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

/// One of everything that a snapshot holds, and some that it does not.
void fill(world& w) {
    for (const char* line : {
             "pool db limit=2 claim=5s start_within=9s labels=team:x note=hello",
             "pool gpu limit=1",
             "acquire pool=db worker=w1 id=a keep=30s",
             "acquire pool=db worker=w2 ttl=60s labels=job:n",
             "acquire pool=db worker=w3 wait=30s",
             "acquire pool=db worker=w4 wait=30s id=d keep=20s",
             "acquire pool=db worker=w5 id=e keep=20s slots=2",
             "acquire pool=gpu worker=w6 start id=f",
             "acquire pool=gpu worker=w7",
             "renew 1",
             "cancel never",
             "release 2 outcome=dropped",
             "abandon call=3 token=4",
             "acquire pool=default worker=w8 id=g",
             "release 5",
             "evict gpu 3",
             "pool p-0 limit=3",
             "pool p limit=3",
             "acquire pool=p worker=w9",
         }) {
        w.run(line);
        w.advance("100ms");
    }
}

TEST(Snapshot, is_the_state_wherever_it_is_taken) {
    world w;
    fill(w);
    for (std::size_t cut = 0; cut <= w.journal().size(); ++cut) {
        for (const std::size_t slice : {1U, 2U, 3U, 1'000U})
            ASSERT_EQ(snapshot_difference({}, w.journal(), cut, slice), "") << cut;
    }
}

TEST(Snapshot, of_the_living_is_what_is_durable_of_it) {
    world w;
    fill(w);
    const auto again = restored({}, images_of(w.core(), 3));
    EXPECT_EQ(again->digest(), w.core().digest());
    EXPECT_EQ(state_difference(w.describe(true), again->describe(true)), "");
}

TEST(Snapshot, comes_in_slices_of_about_the_size_that_is_asked_for) {
    world w;
    fill(w);
    core::image_cursor at;
    std::vector<core::image> all;
    while (!at.over) {
        const std::size_t before = all.size();
        w.core().images(at, 4, all);
        EXPECT_LE(all.size() - before, 4U);
        EXPECT_TRUE(all.size() > before || at.over);
    }
    EXPECT_TRUE(std::holds_alternative<core::counters_image>(all.front()));
    EXPECT_TRUE(std::holds_alternative<core::cancelled_image>(all.back()));
}

TEST(Snapshot, does_not_bring_back_a_pool_that_was_deleted_and_made_again) {
    world w;
    w.run("pool db limit=2");
    w.run("acquire pool=db worker=w1 id=a");
    w.run("delete db force");
    w.run("pool db limit=3");
    EXPECT_EQ(snapshot_difference({}, w.journal(), w.journal().size(), 1), "");
    auto again = restored({}, images_of(*w.replayed(), 10));
    core::effects out;
    again->recovered(w.now(), out);
    again->step(core::list_history{"db", 10, 0}, 1, w.now(), out);
    EXPECT_TRUE(as<history_page>(out.replies.at(0).answer).ended.empty());
}

TEST(Snapshot, lets_the_newest_use_of_an_id_stand) {
    // A core that replays sees nothing forgotten, and so the same id several times.
    world w(core::settings{.remember_ms = 1'000});
    w.run("pool db limit=5");
    w.run("cancel a");
    w.advance("3s");
    w.run("release " + std::to_string(granted(w, "acquire pool=db worker=w1 id=a")));
    w.advance("3s");
    w.run("cancel a");
    w.advance("3s");
    w.run("release " + std::to_string(granted(w, "acquire pool=db worker=w1 id=a")));
    w.run("cancel b");
    w.advance("3s");
    granted(w, "acquire pool=db worker=w1 id=b");
    const auto refusal = [&](std::string_view id) {
        auto again = restored({}, images_of(*w.replayed(), 10));
        core::effects out;
        again->recovered(w.now(), out);
        core::acquire c;
        c.pool = "db";
        c.worker = "w1";
        c.request_id = id;
        again->step(c, 1, w.now(), out);
        return render(out.replies.at(0).answer);
    };
    EXPECT_NE(refusal("a").find("request_ended"), std::string::npos) << refusal("a");
    EXPECT_NE(refusal("b").find("acquired"), std::string::npos) << refusal("b");
}

TEST(Forgetting, of_a_core_that_replays_drops_what_is_due_in_slices) {
    world w;
    w.run("pool db limit=5");
    for (int i = 0; i < 5; ++i)
        w.run("release " + std::to_string(granted(w, "acquire pool=db worker=w1")));
    w.run("cancel a");
    w.advance("1m");
    w.run("release " + std::to_string(granted(w, "acquire pool=db worker=w1")));
    const auto follower = w.replayed();
    EXPECT_FALSE(follower->forget(core::instant(std::chrono::minutes(10)) - core::duration(1), 10));
    EXPECT_EQ(follower->count().ended, 6U);
    const core::instant due{std::chrono::minutes(10)};
    const std::uint64_t digest = follower->digest();
    EXPECT_TRUE(follower->forget(due, 4));
    EXPECT_EQ(follower->count().ended, 2U);
    EXPECT_FALSE(follower->forget(due, 4));
    EXPECT_EQ(follower->count().ended, 1U);
    EXPECT_EQ(follower->count().cancelled_ids, 0U);
    EXPECT_EQ(follower->digest(), digest);
}

TEST(Digest, changes_with_every_durable_fact) {
    world w;
    std::set<std::uint64_t> seen{w.core().digest()};
    const auto changes = [&](std::string_view line) {
        w.run(line);
        EXPECT_TRUE(seen.insert(w.core().digest()).second) << line;
    };
    changes("pool db limit=2 claim=5s");
    changes("patch db limit=3");
    changes("patch db note=x");
    changes("patch db max_waiters=7");
    changes("pool gpu limit=0");
    changes("acquire pool=db worker=w1 id=a");
    changes("acquire pool=db worker=w1 id=a keep=30s");
    changes("renew 1");
    changes("renew 1 ttl=90s");
    changes("acquire pool=gpu worker=w2 id=b keep=30s");
    changes("acquire pool=gpu worker=w2 id=b keep=40s");
    changes("acquire pool=db worker=w1 slots=2");
    changes("release 2");
    changes("cancel b");
    changes("delete gpu");
}

TEST(Digest, is_the_same_whatever_the_seed_and_the_order) {
    world a(core::settings{.seed = 1});
    world b(core::settings{.seed = 2});
    for (const char* line :
         {"pool x limit=2", "acquire pool=x worker=w id=1", "acquire pool=default worker=w id=2"}) {
        a.run(line);
        b.run(line);
    }
    EXPECT_EQ(a.core().digest(), b.core().digest());
    a.run("release 1");
    EXPECT_NE(a.core().digest(), b.core().digest());
    b.run("acquire pool=x worker=w");
    a.run("acquire pool=x worker=w");
    b.run("release 1");
    EXPECT_EQ(a.core().digest(), b.core().digest());
}

TEST(Raising, is_durable_and_never_lowers) {
    world w;
    granted(w, "acquire worker=w1");
    core::effects out;
    w.core().raise({5'000, 6'000}, w.now(), out);
    ASSERT_EQ(out.records.size(), 1U);
    EXPECT_TRUE(core::is_durable(out.records.front()));
    EXPECT_EQ(granted(w, "acquire worker=w1"), 5'000U);
    w.core().raise({70, 80}, w.now(), out);
    EXPECT_EQ(granted(w, "acquire worker=w1"), 5'001U);
    EXPECT_EQ(ask<queued>(w, "acquire worker=w2 slots=4 id=k keep=10s").ticket, 6'000U);
}

}  // namespace
}  // namespace admit::test
