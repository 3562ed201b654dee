// Snapshots that are made beside the appends, and the size of the file over time.
#include "server/journal/codec.hpp"
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"
#include "tests/support/snapshots.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace admit::journal {
namespace {

options with_snapshots_each(std::uint64_t bytes) {
    options o;
    o.state = test::story_settings();
    o.snapshot_bytes = bytes;
    return o;
}

/// The bytes of a state as a snapshot has it.
std::uint64_t encoded(const core::core& state) {
    std::string part;
    for (const core::image& i : admit::test::images_of(state, 1000))
        encode(i, part);
    return part.size();
}

TEST(JournalSnapshot, TheStateIsTheLiveOneAfterAnyNumberOfThem) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        test::scratch where;
        test::story life(seed);
        const options o = with_snapshots_each(2'000 * seed);
        std::size_t frames = 0;
        for (int process = 0; process < 4; ++process) {
            auto log = test::open_in(where.path(), o);
            const auto before = test::replay(*log, o.state);
            EXPECT_TRUE(before.digests_match);
            EXPECT_EQ(admit::test::state_difference(life.state().describe(true),
                                                    before.state->describe(true)),
                      "");
            EXPECT_EQ(before.life.any, process > 0);
            EXPECT_FALSE(before.life.lost_records || before.life.forgot_moments);
            if (process == 3) {
                EXPECT_GT(before.images, 0U);
                EXPECT_LT(before.frames.size(), frames);
            }
            for (std::size_t i = 0; i < 60; ++i) {
                const auto batch = life.batch(1 + i % 7);
                frames += batch.size();
                ASSERT_FALSE(test::append(*log, batch)) << log->failure();
            }
            ASSERT_TRUE(test::wait_for_rest(*log)) << log->failure();
            ASSERT_GT(log->figures().snapshots, 0U);
            log->close();
        }
    }
}

/// A snapshot holds what the rows made, not what the engine has in memory: a journal that would
/// come back as something else must not go on for weeks.
TEST(JournalSnapshot, RowsThatLeadElsewhereEndTheJournal) {
    test::scratch where;
    test::story life(1);
    const auto log = test::open_in(where.path(), with_snapshots_each(2'000));
    ASSERT_FALSE(test::append(*log, life.batch(2)));
    auto bent = life.batch(1);
    bent.front().digest ^= 1;
    ASSERT_FALSE(test::append(*log, bent));
    std::error_code error;
    for (int i = 0; i < 10'000 && !error; ++i)
        error = test::append(*log, life.batch(3));
    EXPECT_EQ(error, std::errc::state_not_recoverable);
    EXPECT_NE(log->failure().find("batch 2 leads to another state"), std::string::npos)
        << log->failure();
    EXPECT_EQ(log->figures().snapshots, 0U);
    EXPECT_EQ(test::append(*log, {}), error);
}

TEST(JournalSnapshot, TheFileStaysSmall) {
    test::scratch where;
    options o = with_snapshots_each(1 << 20);
    o.state.ended_max = 2'000;
    const std::uint64_t log_room = 4 << 20;
    const std::uint64_t allowance = 3 * o.snapshot_bytes + log_room;
    test::story life(3, o.state);
    auto log = test::open_in(where.path(), o);
    std::uint64_t appended = 0;
    std::uint64_t largest = 0;
    double fullest = 0;
    const auto live = [&](const std::vector<frame>& batch) {
        ASSERT_FALSE(test::append(*log, batch)) << log->failure();
        const auto now = log->figures();
        appended = now.bytes;
        largest = std::max(largest, now.file_bytes);
    };
    const auto check = [&] {
        const std::uint64_t state = encoded(life.state());
        const std::uint64_t file = log->figures().file_bytes;
        fullest = std::max(fullest, double(file) / double(2 * state + allowance));
        EXPECT_LT(file, 2 * state + allowance) << state << ' ' << appended;
    };
    // It grows, and lives.
    for (int i = 0; i < 100; ++i) {
        live(life.leases(300));
        if (i % 10 == 9) check();
    }
    for (int i = 0; i < 200; ++i) {
        live(life.leases(300));
        live(life.releases(300));
        if (i % 10 == 9) check();
    }
    // It shrinks, and what it was is given back.
    for (int i = 0; i < 100; ++i)
        live(life.releases(300));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const std::uint64_t full = largest;
    const auto has_shrunk = [&] {
        const std::uint64_t file = log->figures().file_bytes;
        return file < full && file < encoded(life.state()) * 2 + allowance;
    };
    do {
        live(life.leases(100));
        live(life.releases(100));
    } while (!has_shrunk() && std::chrono::steady_clock::now() < until);
    check();
    EXPECT_GT(log->figures().snapshots, 5U);
    EXPECT_GT(appended, allowance);
    EXPECT_LT(log->figures().file_bytes, full);
    RecordProperty("fullest", std::to_string(fullest));
    std::printf("file at most %.2f of its bound, %llu bytes appended, %llu snapshots\n", fullest,
                static_cast<unsigned long long>(appended),
                static_cast<unsigned long long>(log->figures().snapshots));
    log->close();
    log = test::open_in(where.path(), o);
    const auto again = test::replay(*log, o.state);
    EXPECT_TRUE(again.digests_match);
    EXPECT_EQ(again.state->digest(), life.state().digest());
}

}  // namespace
}  // namespace admit::journal
