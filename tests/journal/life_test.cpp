// What a journal on disk knows of the process before, and what it refuses to go on from.
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <thread>

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

class JournalLife : public testing::Test {
protected:
    std::unique_ptr<journal> open() { return test::open_in(dir_, options_); }

    /// Why it does not open.
    trouble refused() {
        opened found = admit::journal::open("sqlite:" + dir_, options_);
        if (const auto* const why = std::get_if<trouble>(&found)) return *why;
        ADD_FAILURE() << "it opens";
        return {};
    }

    void append(journal& log, int batches) {
        for (int i = 0; i < batches; ++i) {
            const auto batch = life_.batch(2);
            frames_.push_back(frames_.back() + batch.size());
            ASSERT_FALSE(test::append(log, batch)) << log.failure();
        }
    }

    /// What lies on the disk while a journal is open: a process that is killed leaves that.
    void copy(const std::string& to) {
        fs::remove_all(to);
        fs::create_directory(to);
        for (const auto& entry : fs::directory_iterator(dir_))
            fs::copy(entry.path(), to + "/" + entry.path().filename().string());
    }

    void put_back(const std::string& from, const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            fs::remove(dir_ + "/" + name);
            if (fs::exists(from + "/" + name)) fs::copy(from + "/" + name, dir_ + "/" + name);
        }
    }

    std::uint64_t frames() {
        const auto log = open();
        return test::replay(*log, options_.state).frames.size();
    }

    test::scratch where_;
    const std::string dir_ = where_ / "data";
    const std::string copy_ = where_ / "copy";
    options options_ = [] {
        options o;
        o.state = test::story_settings();
        o.boot_id = "one";
        return o;
    }();
    test::story life_{11};
    std::vector<std::size_t> frames_{0};  ///< after so many batches
};

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<std::string> database{"journal.db", "journal.db-wal"};
const std::vector<std::string> everything{"journal.db", "journal.db-wal", "journal.mark"};

TEST_F(JournalLife, MakesItsDirectoryForTheOwnerAlone) {
    open()->close();
    EXPECT_EQ(fs::status(dir_).permissions(), fs::perms::owner_all);
    const auto log = open();
    const auto all = test::replay(*log, options_.state);
    EXPECT_FALSE(all.life.any || all.life.lost_records || all.life.forgot_moments);
}

TEST_F(JournalLife, AKilledProcessHasLostNothing) {
    {
        const auto log = open();
        append(*log, 5);
        copy(copy_);
        append(*log, 1);
    }
    put_back(copy_, everything);
    const auto log = open();
    const auto all = test::replay(*log, options_.state);
    EXPECT_EQ(all.frames.size(), frames_[5]);
    EXPECT_TRUE(all.life.any);
    EXPECT_FALSE(all.life.lost_records || all.life.forgot_moments);
    EXPECT_GT(all.life.longest_ttl_ms, 0);
}

TEST_F(JournalLife, WhatIsMissingAtTheEndIsNoticed) {
    std::string state;
    {
        const auto log = open();
        append(*log, 5);
        copy(copy_);
        state = life_.state().describe(true);
        append(*log, 3);
    }
    put_back(copy_, database);
    copy(copy_);
    for (int i = 0; i < 2; ++i) {
        const trouble why = refused();
        // Nothing is touched that somebody may want to look at.
        for (const std::string& name : everything)
            EXPECT_EQ(bytes_of(dir_ + "/" + name), bytes_of(copy_ + "/" + name)) << name;
        EXPECT_EQ(why.kind, trouble_kind::damaged);
        for (const char* part :
             {"batches 6 to 8 are missing", "ends with batch 5 (written 20", "--accept-data-loss"})
            EXPECT_NE(why.what.find(part), std::string::npos) << why.what;
    }

    options_.accept_data_loss = true;
    {
        const auto log = open();
        const auto all = test::replay(*log, options_.state);
        EXPECT_EQ(admit::test::state_difference(state, all.state->describe(true)), "");
        EXPECT_TRUE(all.life.any && all.life.lost_records && all.life.forgot_moments);
        EXPECT_GT(all.life.newest_token, 0U);
        // Until something is kept that tells of it, it is as lost as before.
    }
    options_.accept_data_loss = false;
    EXPECT_EQ(refused().kind, trouble_kind::damaged);
    options_.accept_data_loss = true;
    {
        const auto log = open();
        test::replay(*log, options_.state);
        ASSERT_FALSE(
            test::append(*log, {{core::instant(core::from_ms(1)), {core::raised{1000, 1000}}, 0}}));
    }
    options_.accept_data_loss = false;
    const auto log = open();
    const auto all = test::replay(*log, options_.state);
    EXPECT_EQ(all.frames.size(), frames_[5] + 1);
    EXPECT_FALSE(all.life.lost_records);
    EXPECT_TRUE(all.life.forgot_moments) << "those that hold what was lost may still be there";
}

TEST_F(JournalLife, AQuarantineEndsWhenTheJournalIsOldEnough) {
    {
        const auto log = open();
        append(*log, 5);
        copy(copy_);
        append(*log, 1);
    }
    put_back(copy_, database);
    options_.accept_data_loss = true;
    const auto later = [](std::int64_t ms) {
        return std::vector<frame>{{core::instant(core::from_ms(ms)), {core::raised{1, 1}}, 0}};
    };
    {
        const auto log = open();
        const std::int64_t ttl = test::replay(*log, options_.state).life.longest_ttl_ms;
        ASSERT_FALSE(test::append(*log, later(10'000)));
        ASSERT_FALSE(test::append(*log, later(10'000 + ttl - 1)));
        copy(copy_);
        ASSERT_FALSE(test::append(*log, later(10'000 + ttl)));
    }
    EXPECT_FALSE(test::replay(*open(), options_.state).life.forgot_moments);
    put_back(copy_, everything);
    EXPECT_TRUE(test::replay(*open(), options_.state).life.forgot_moments);
}

TEST_F(JournalLife, AMissingDatabaseIsNoNewOne) {
    {
        const auto log = open();
        append(*log, 2);
    }
    fs::remove(dir_ + "/journal.db");
    EXPECT_NE(refused().what.find("journal.db is missing"), std::string::npos);
    EXPECT_EQ(refused().kind, trouble_kind::damaged);
    EXPECT_FALSE(fs::exists(dir_ + "/journal.db"));
    options_.accept_data_loss = true;
    const auto log = open();
    const auto all = test::replay(*log, options_.state);
    EXPECT_TRUE(all.frames.empty() && all.images == 0);
    EXPECT_TRUE(all.life.any && all.life.lost_records && all.life.forgot_moments);
    EXPECT_GT(all.life.longest_ttl_ms, 0);
    EXPECT_GT(all.life.newest_token, 0U);
}

TEST_F(JournalLife, AMissingMarkIsARefusal) {
    {
        const auto log = open();
        append(*log, 2);
    }
    fs::remove(dir_ + "/journal.mark");
    EXPECT_NE(refused().what.find("journal.mark is missing"), std::string::npos);
    EXPECT_EQ(refused().kind, trouble_kind::damaged);
    options_.accept_data_loss = true;
    EXPECT_EQ(frames(), frames_[2]);
}

TEST_F(JournalLife, AMarkOfAnotherJournalIsARefusal) {
    {
        const auto log = open();
        append(*log, 1);
        copy(copy_);
    }
    fs::remove_all(dir_);
    {
        const auto log = open();
        append(*log, 2);
    }
    put_back(copy_, {"journal.mark"});
    EXPECT_NE(refused().what.find("is not the journal"), std::string::npos);
}

TEST_F(JournalLife, TwoHistoriesAreTold) {
    {
        const auto log = open();
        append(*log, 3);
        copy(copy_);
        append(*log, 2);
    }
    const std::string other = where_ / "other";
    fs::create_directory(other);
    for (const auto& name : everything) {
        if (fs::exists(dir_ + "/" + name)) fs::copy(dir_ + "/" + name, other + "/" + name);
    }
    put_back(copy_, everything);
    {
        const auto log = open();
        append(*log, 3);
    }
    put_back(other, {"journal.mark"});
    EXPECT_NE(refused().what.find("batch 5 (written"), std::string::npos) << refused().what;
}

// --- Relaxed

TEST_F(JournalLife, RelaxedForgetsMomentsOnlyWhenTheMachineWentDown) {
    options_.survives = durability::relaxed;
    {
        const auto log = open();
        append(*log, 5);
        copy(copy_);
        append(*log, 3);
    }
    const auto life = [&] { return test::replay(*open(), options_.state).life; };
    // Closed, and then the machine went down.
    options_.boot_id = "two";
    EXPECT_FALSE(life().forgot_moments);
    // Killed.
    put_back(copy_, everything);
    options_.boot_id = "one";
    EXPECT_FALSE(life().forgot_moments);
    // The machine went down: all is there, or some of it, and nobody knows which.
    options_.boot_id = "two";
    EXPECT_TRUE(life().forgot_moments);
    EXPECT_FALSE(life().lost_records);
    EXPECT_GT(life().longest_ttl_ms, 0);
    // In the strict mode nothing is missing then.
    options_.survives = durability::strict;
    EXPECT_TRUE(life().forgot_moments) << "it was relaxed when it ended";
}

TEST_F(JournalLife, RelaxedMayEndBeforeItsMark) {
    options_.survives = durability::relaxed;
    std::string mark = where_ / "mark";
    {
        const auto log = open();
        append(*log, 5);
        copy(copy_);
        append(*log, 3);
        fs::copy(dir_ + "/journal.mark", mark);
    }
    put_back(copy_, everything);
    fs::remove(dir_ + "/journal.mark");
    fs::copy(mark, dir_ + "/journal.mark");
    EXPECT_EQ(refused().kind, trouble_kind::damaged) << "the machine was up all the time";
    options_.boot_id = "two";
    const auto log = open();
    const auto all = test::replay(*log, options_.state);
    EXPECT_TRUE(all.life.forgot_moments);
    EXPECT_FALSE(all.life.lost_records);
    EXPECT_EQ(all.frames.size(), frames_[5]);
    append(*log, 1);
}

TEST_F(JournalLife, StrictSyncsEachBatchAndRelaxedThoseThatTellOfALongerLease) {
    test::fault_vfs system;
    options_.vfs = test::fault_vfs::name();
    const auto grant = [](admit::token token, std::int64_t ttl_ms) {
        core::admission who;
        who.ttl_ms = ttl_ms;
        core::granted g;
        g.token = token;
        g.who = std::make_shared<const core::admission>(who);
        return std::vector<frame>{{core::instant{}, {g}, 0}};
    };
    for (const bool strict : {true, false}) {
        SCOPED_TRACE(strict ? "strict" : "relaxed");
        fs::remove_all(dir_);
        options_.survives = strict ? durability::strict : durability::relaxed;
        const auto log = open();
        const auto syncs_of = [&](const std::vector<frame>& batch) {
            const std::uint64_t before = system.syncs();
            EXPECT_FALSE(test::append(*log, batch));
            return system.syncs() - before;
        };
        EXPECT_GE(syncs_of(grant(1, 1'000)), 1U) << "the first of a process";
        EXPECT_EQ(syncs_of(grant(2, 1'000)), strict ? 1U : 0U);
        EXPECT_EQ(syncs_of(grant(3, 1'001)), 1U);
        EXPECT_EQ(syncs_of(grant(4, 1'001)), strict ? 1U : 0U);
        EXPECT_EQ(syncs_of({{core::instant{}, {core::confirmed{4, 1'002}}, 0}}), 1U);
        EXPECT_EQ(syncs_of({{core::instant{}, {core::raised{9, 9}}, 0}}), 1U);
    }
}

TEST_F(JournalLife, CountsTheSyncsThatThereAre) {
    test::fault_vfs system;
    options_.vfs = test::fault_vfs::name();
    options_.snapshot_bytes = 16 << 10;
    for (const char* const which : {"a new one", "after an end in order", "after a kill"}) {
        SCOPED_TRACE(which);
        if (std::string_view(which) == "after a kill") {
            {
                const auto log = open();
                test::replay(*log, options_.state);
                append(*log, 3);
                copy(copy_);
            }
            put_back(copy_, {"journal.db", "journal.db-wal", "journal.mark"});
        }
        const auto log = open();
        test::replay(*log, options_.state);
        const std::uint64_t uncounted = system.syncs() - log->figures().syncs;
        append(*log, 200);
        while (log->figures().tending)
            std::this_thread::yield();
        EXPECT_EQ(system.syncs() - log->figures().syncs, uncounted);
        EXPECT_GT(log->figures().checkpoints, 0U);
        EXPECT_GT(log->figures().snapshots, 0U);
    }
}

}  // namespace
}  // namespace admit::journal
