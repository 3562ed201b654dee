// What is long runs in slices: others get their turn in between, and a process may end there.
#include "tests/support/ask.hpp"
#include "tests/support/command_line.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace admit::test {
namespace {

constexpr std::size_t slice = 256;

void fill(world& w, int leases, const std::string& more = "") {
    for (int i = 0; i < leases; ++i) {
        granted(w, "acquire pool=db worker=w" + std::to_string(i % 3) + ' ' + more);
    }
}

/// About: a grant may follow the record that made it possible.
void expect_slices(const world::outcome& out, std::size_t records) {
    EXPECT_GE(out.effects.records.size(), records);
    EXPECT_GE(static_cast<std::size_t>(out.slices), records / (slice + 2));
}

TEST(Slices, are_taken_of_a_mass_expiry) {
    world w;
    w.run("pool db limit=5000");
    fill(w, 2'000, "ttl=5s");
    w.oversleep(std::chrono::seconds(5));
    expect_slices(w.run("expire"), 2'000);
    EXPECT_EQ(pool(w, "db").active, 0);
}

TEST(Slices, are_taken_of_what_is_forgotten) {
    world w;
    w.run("pool db limit=5000");
    fill(w, 5'000, "ttl=5s");
    for (int i = 0; i < 5'000; ++i)
        w.run("cancel " + std::to_string(i));
    w.oversleep(std::chrono::seconds(5));
    w.run("expire");
    w.oversleep(std::chrono::minutes(10));
    expect_slices(w.run("expire"), 10'000);
    EXPECT_EQ(w.core().count().ended, 0U);
    EXPECT_EQ(w.core().count().cancelled_ids, 0U);
}

TEST(Slices, are_taken_of_a_raised_limit) {
    world w;
    w.run("pool db limit=0");
    for (int i = 0; i < 1'000; ++i)
        w.park("acquire pool=db worker=w1 wait=60s");
    expect_slices(w.run("patch db limit=5000"), 1'000);
    EXPECT_EQ(pool(w, "db").active, 1'000);
}

TEST(Slices, are_taken_of_everything_that_touches_many) {
    for (const auto* line : {"patch db mode=draining", "drain", "delete db force",
                             "patch db limit=1", "cancel none"}) {
        world w;
        w.run("pool db limit=2");
        granted(w, "acquire pool=db worker=w1");
        std::vector<core::call_id> calls;
        for (int i = 0; i < 1'000; ++i) {
            calls.push_back(w.park("acquire pool=db worker=w1 slots=2 wait=60s"));
        }
        const bool touches_nobody = std::string_view(line) == "cancel none";
        expect_slices(w.run(line), touches_nobody ? 1 : 1'000);
        EXPECT_EQ(w.core().count().waiters, touches_nobody ? 1'000U : 0U) << line;
    }
}

TEST(Slices, are_taken_of_many_calls_of_one_id_at_shutdown) {
    for (const auto* keep : {"", " keep=60s"}) {
        world w;
        w.run("pool db limit=0");
        for (int i = 0; i < 1'000; ++i)
            w.park(std::string("acquire pool=db worker=w1 wait=60s id=one") + keep);
        expect_slices(w.run("drain"), 1'000);
        EXPECT_EQ(w.core().count().calls, 0U);
    }
}

/// Nothing happens to them, but to look at each of them takes time all the same.
TEST(Slices, are_taken_of_kept_places_at_shutdown) {
    world w;
    w.run("pool db limit=0");
    for (int i = 0; i < 1'000; ++i)
        w.run("acquire pool=db worker=w1 keep=60s id=k" + std::to_string(i));
    EXPECT_GE(w.run("drain").slices, 3);
    EXPECT_EQ(w.core().count().waiters, 1'000U);
}

TEST(Slices, are_taken_of_a_worker_with_many_leases) {
    world w;
    w.run("pool db limit=5000");
    fill(w, 3'000);
    const auto& out = w.run("evict_worker w1");
    expect_slices(out, 1'000);
    EXPECT_EQ(got<evicted_count>(w, out.call).evicted, 1'000);
}

/// A line of 3 000 in pool `long`, and pool `short` of one slot with a waiter.
class LongLine : public testing::Test {
protected:
    LongLine() {
        step("pool long limit=0");
        step("pool short limit=1");
        for (int i = 0; i < 3'000; ++i)
            step("acquire pool=long worker=w wait=60s id=l" + std::to_string(i));
        step("acquire pool=short worker=holder ttl=5s id=holder");
        waiter_ = step("acquire pool=short worker=next wait=60s id=next");
    }

    core::call_id step(const std::string& line, core::instant now = {}) {
        core_.step(parse_command(line), next_call_, now, out_);
        look();
        return next_call_++;
    }
    /// How many slices it takes until the waiter is admitted; `most` where it is not by then.
    int slices_until_admitted(int most, core::instant now = {}) {
        int slices = 0;
        for (; !admitted_ && slices < most && out_.more; ++slices) {
            core_.resume(now, out_);
            look();
        }
        return slices;
    }

    core::core core_{core::settings{}};
    core::effects out_;

private:
    void look() {
        for (const auto& reply : out_.replies)
            admitted_ = admitted_ ||
                        (reply.call == waiter_ && std::holds_alternative<acquired>(reply.answer));
    }

    core::call_id waiter_ = 0;
    core::call_id next_call_ = 1;
    bool admitted_ = false;
};

TEST_F(LongLine, does_not_keep_another_pools_line_waiting) {
    step("patch long limit=5000");
    ASSERT_TRUE(out_.more);
    step("release 1");
    EXPECT_LE(slices_until_admitted(20), 1);
    EXPECT_TRUE(out_.more);
}

TEST_F(LongLine, does_not_keep_what_is_due_waiting) {
    const core::instant later = core::instant{} + std::chrono::seconds(5);
    step("patch long limit=5000", later);
    ASSERT_TRUE(out_.more);
    step("expire", later);
    // One expire is enough until it is done.
    EXPECT_EQ(core_.next_deadline(), std::nullopt);
    step("expire", later);
    EXPECT_LE(slices_until_admitted(20, later), 2);
    EXPECT_TRUE(out_.more);
}

TEST_F(LongLine, does_not_keep_other_long_commands_waiting) {
    step("patch long limit=5000");
    ASSERT_TRUE(out_.more);
    step("evict_worker holder");
    EXPECT_LE(slices_until_admitted(20), 2);
    EXPECT_TRUE(out_.more);
}

/// A core that is driven by hand, slice by slice.
class BetweenSlices : public testing::Test {
protected:
    core::settings settings{.slice_records = 4, .turn_records = 1};
    core::core core{settings};
    core::effects out;
    std::vector<journaled> journal;
    std::map<core::call_id, answer> answers;
    core::call_id next_call = 1;

    void absorb() {
        for (const auto& record : out.records) {
            if (core::is_durable(record)) journal.push_back({record, {}});
        }
        for (auto& reply : out.replies) {
            EXPECT_TRUE(answers.emplace(reply.call, reply.answer).second) << "answered twice";
        }
    }
    core::call_id step(const std::string& line) {
        core.step(parse_command(line), next_call, {}, out);
        absorb();
        return next_call++;
    }
    bool resume() {
        core.resume({}, out);
        absorb();
        return out.more;
    }
    /// 20 kept places and 20 calls without, in a closed pool.
    void make_line() {
        step("pool db limit=0");
        for (int i = 0; i < 20; ++i) {
            const std::string n = std::to_string(i);
            step("acquire pool=db worker=w1 slots=2 keep=60s id=k" + n);
            step("acquire pool=db worker=w1 slots=2 wait=60s id=w" + n);
        }
    }
    std::size_t waiters() const { return core.count().waiters; }
};

TEST_F(BetweenSlices, others_have_their_turn_and_see_a_state_that_is_right) {
    make_line();
    step("pool db limit=60");
    ASSERT_TRUE(out.more);
    // Nobody overtakes those who are still to be admitted.
    const auto try_now = step("acquire pool=db worker=hasty id=hasty");
    EXPECT_EQ(as<problem>(answers.at(try_now)).code, errc::pool_full);
    const auto check = step("show db");
    EXPECT_EQ(as<pool_answer>(answers.at(check)).pool.active + 2 * static_cast<int>(waiters()), 80);
    while (resume()) {}
    EXPECT_EQ(waiters(), 10U);
}

TEST_F(BetweenSlices, other_long_commands_may_begin) {
    make_line();
    step("pool db limit=60");
    ASSERT_TRUE(out.more);
    step("patch db limit=20");
    const auto deleted = step("delete db force");
    while (resume()) {}
    EXPECT_EQ(waiters(), 0U);
    EXPECT_EQ(core.count().leases, 0U);
    EXPECT_EQ(core.count().calls, 0U);
    as<done>(answers.at(deleted));
}

TEST_F(BetweenSlices, a_pool_may_be_opened_again_before_all_were_refused) {
    make_line();
    step("patch db mode=draining limit=100");
    ASSERT_TRUE(out.more);
    step("patch db mode=open");
    while (resume()) {}
    // Whoever was not yet refused is admitted; nobody is left behind.
    EXPECT_EQ(waiters(), 0U);
    EXPECT_EQ(core.count().calls, 0U);
}

// The journal may end between two slices: recovery ends what was begun.
class CutShort : public BetweenSlices, public testing::WithParamInterface<const char*> {};

TEST_P(CutShort, is_ended_by_recovery) {
    make_line();
    step(GetParam());
    ASSERT_TRUE(out.more);
    core::core next(settings);
    for (const auto& record : journal)
        next.replay(record.what, record.at);
    EXPECT_EQ(state_difference(core.describe(true), next.describe(true)), "");
    next.recovered({}, out);
    while (out.more)
        next.resume({}, out);
    EXPECT_EQ(next.count().waiters, 0U);
}

INSTANTIATE_TEST_SUITE_P(Slices, CutShort,
                         testing::Values("patch db limit=1", "patch db limit=100",
                                         "patch db mode=draining"));

}  // namespace
}  // namespace admit::test
