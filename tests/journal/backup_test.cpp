// Backups that are made while appends go on, and what becomes of the journal when one fails.
#include "server/journal/restore.hpp"
#include "tests/journal/backups.hpp"
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <optional>
#include <set>

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

class Backup : public testing::Test {
protected:
    std::unique_ptr<journal> open() { return test::open_in(dir_, options_); }

    void append(journal& log, std::vector<frame> batch) {
        ASSERT_FALSE(test::append(log, batch)) << log.failure();
        digests_.insert(life_.state().digest());
    }

    /// While one append follows the other without a break; some after it, too.
    backup_result back_up_under_load(journal& log) {
        std::vector<std::vector<frame>> batches;
        for (int i = 0; i < 200; ++i) {
            batches.push_back(life_.batch(50));
            digests_.insert(life_.state().digest());
        }
        std::optional<test::backup_wish> wish;
        std::size_t next = 0, meanwhile = 0;
        std::promise<std::error_code> end;
        append_done go_on = [&](std::error_code e) {
            if (e || next == batches.size()) return end.set_value(e);
            if (next == 3) wish.emplace(log);
            if (wish && !wish->ended()) ++meanwhile;
            EXPECT_FALSE(fs::exists(dir_ + "/journal.backup-journal"));
            log.append(batches[next++], go_on);
        };
        go_on({});
        EXPECT_FALSE(end.get_future().get());
        // A slice was made while each of these waited.
        EXPECT_GT(meanwhile, 5U);
        return wish->result();
    }

    std::set<std::string> names() {
        std::set<std::string> all;
        for (const auto& entry : fs::directory_iterator(dir_))
            all.insert(entry.path().filename().string());
        return all;
    }

    test::scratch where_;
    const std::string dir_ = where_ / "data";
    const std::string file_ = where_ / "backup";
    options options_ = [] {
        options o;
        o.state = test::story_settings();
        o.snapshot_bytes = 100'000;
        return o;
    }();
    test::story life_{31};
    std::set<std::uint64_t> digests_;  ///< of the states at the ends of appends
};

const backup_trouble& trouble_of(const backup_result& r) {
    static const backup_trouble none;
    const auto* const why = std::get_if<backup_trouble>(&r);
    EXPECT_NE(why, nullptr) << "there is a backup";
    return why != nullptr ? *why : none;
}

TEST_F(Backup, OfAJournalAtRestIsWhole) {
    const auto log = open();
    append(*log, life_.batch(20));
    const auto before = names();
    test::back_up_to(*log, file_);

    const auto found = check_backup(file_, options_.state);
    ASSERT_TRUE(std::holds_alternative<backup_facts>(found)) << std::get<trouble>(found).what;
    const auto& facts = std::get<backup_facts>(found);
    EXPECT_EQ(facts.batch, 1U);
    EXPECT_EQ(facts.counts.leases, life_.state().count().leases);
    EXPECT_EQ(facts.next_token, life_.state().next_numbers().next_token);
    EXPECT_EQ(names(), before);
}

/// Restored and replayed, a backup is the state at the end of one of the appends.
TEST_F(Backup, MadeWhileAppendsGoOnIsTheStateAtOneMoment) {
    options_.snapshot_bytes = 2 << 20;
    const auto log = open();
    append(*log, life_.leases(20'000));
    ASSERT_TRUE(test::wait_for_rest(*log));
    for (int round = 0; round < 4; ++round) {
        const backup_result made = back_up_under_load(*log);
        ASSERT_TRUE(std::holds_alternative<std::shared_ptr<const backup_file>>(made))
            << std::get<backup_trouble>(made).what;
        test::write_file(file_, test::bytes_of(*std::get<0>(made)));

        const std::string copy = where_ / ("restored-" + std::to_string(round));
        const auto done = restore(file_, copy, {.state = options_.state});
        ASSERT_TRUE(std::holds_alternative<restored>(done)) << std::get<trouble>(done).what;
        const auto again = test::open_in(copy, options_);
        core::core state(options_.state);
        std::vector<frame> frames;
        std::uint64_t digest = 0;
        again->replay({.restore = [&](const core::image& i) { state.restore(i); },
                       .visit =
                           [&](const frame& f) {
                               digest = state.digest();
                               frames.push_back(f);
                           },
                       .progress = {}});
        EXPECT_TRUE(digests_.contains(digest));
        ASSERT_EQ(frames.size(), 1U);
        ASSERT_EQ(frames[0].records.size(), 1U);
        EXPECT_TRUE(std::holds_alternative<core::raised>(frames[0].records[0]));
    }
    EXPECT_GT(log->figures().snapshots, 0U);
    EXPECT_GT(log->figures().checkpoints, 0U);
}

TEST_F(Backup, ThereIsOneAtATime) {
    const auto log = open();
    append(*log, life_.batch(5));
    test::backup_wish first(*log);
    backup_result held = first.result();
    {
        test::backup_wish second(*log);
        EXPECT_EQ(trouble_of(second.result()).kind, backup_failure::busy);
    }
    held = backup_trouble{};
    test::back_up_to(*log, file_);
}

TEST_F(Backup, ThatNobodyWantsAnyMoreIsNotMade) {
    const auto log = open();
    append(*log, life_.leases(3'000));
    test::backup_wish wish(*log);
    wish.give_up();
    if (const backup_result r = wish.result(); std::holds_alternative<backup_trouble>(r)) {
        EXPECT_EQ(trouble_of(r).kind, backup_failure::ended);
    }
    test::back_up_to(*log, file_);
    EXPECT_FALSE(names().contains("journal.backup"));
}

TEST_F(Backup, LeavesTheRoomThatHasToStayFree) {
    options_.min_free_bytes = std::uint64_t{1} << 60;
    const auto log = open();
    append(*log, life_.batch(5));
    test::backup_wish wish(*log);
    const backup_result refused = wish.result();
    EXPECT_EQ(trouble_of(refused).kind, backup_failure::no_room);
    EXPECT_NE(trouble_of(refused).what.find("--min-free"), std::string::npos);
    append(*log, life_.batch(5));
}

TEST_F(Backup, EndsWithTheJournal) {
    const auto log = open();
    append(*log, life_.leases(3'000));
    test::backup_wish wish(*log);
    log->close();
    EXPECT_TRUE(wish.ended());
    test::backup_wish late(*log);
    EXPECT_EQ(trouble_of(late.result()).kind, backup_failure::ended);
    EXPECT_FALSE(names().contains("journal.backup"));
}

TEST_F(Backup, LeftByAKilledServerGoesAtTheNextStart) {
    open()->close();
    test::write_file(dir_ + "/journal.backup", "half a backup");
    test::write_file(dir_ + "/journal.backup-journal", "of an earlier version");
    open()->close();
    EXPECT_FALSE(names().contains("journal.backup"));
    EXPECT_FALSE(names().contains("journal.backup-journal"));
}

TEST_F(Backup, InMemoryThereIsNothingToBackUp) {
    const opened memory = admit::journal::open("memory");
    test::backup_wish wish(*std::get<0>(memory));
    EXPECT_EQ(trouble_of(wish.result()).kind, backup_failure::nothing_kept);
}

/// Wherever the system fails, for a moment or for good: the journal goes on.
class FailingBackup : public Backup, public testing::WithParamInterface<test::fault> {};

TEST_P(FailingBackup, LeavesTheJournalAlone) {
    test::fault_vfs system;
    options_.vfs = test::fault_vfs::name();
    const auto log = open();
    append(*log, life_.leases(300));
    ASSERT_TRUE(test::wait_for_rest(*log));
    system.plan(0, test::fault::none, false);
    test::back_up_to(*log, file_);
    const std::uint64_t last = system.count();
    int failed = 0;
    for (std::uint64_t at = 1; at <= last; ++at) {
        for (const bool sticky : {false, true}) {
            system.plan(at, GetParam(), sticky);
            test::backup_wish wish(*log);
            const backup_result r = wish.result();
            system.plan(0, test::fault::none, false);
            if (std::holds_alternative<backup_trouble>(r)) {
                ++failed;
                EXPECT_FALSE(trouble_of(r).what.empty());
                if (GetParam() == test::fault::full) {
                    EXPECT_EQ(trouble_of(r).kind, backup_failure::no_room) << trouble_of(r).what;
                }
            }
            ASSERT_TRUE(log->failure().empty()) << log->failure();
            EXPECT_FALSE(names().contains("journal.backup"));
        }
    }
    EXPECT_GT(failed, 0);
    append(*log, life_.batch(5));
    test::back_up_to(*log, file_);
    EXPECT_TRUE(std::holds_alternative<backup_facts>(check_backup(file_, options_.state)));
}

INSTANTIATE_TEST_SUITE_P(System, FailingBackup,
                         testing::Values(test::fault::fail, test::fault::full,
                                         test::fault::shorten));

}  // namespace
}  // namespace admit::journal
