// From a backup to a journal: complete, with tokens that rise, and never by halves.
#include "server/journal/restore.hpp"
#include "tests/journal/backed_up_journal.hpp"
#include "tests/support/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

std::string rest(const std::string& state) { return state.substr(state.find('\n')); }

class Restore : public test::backed_up_journal {
protected:
    restore_options how() const {
        restore_options o;
        o.state = options_.state;
        return o;
    }
    restored done(const std::string& to, const restore_options& o) {
        const auto made = restore(file_, to, o);
        if (const auto* const why = std::get_if<trouble>(&made)) {
            ADD_FAILURE() << why->what;
            return {};
        }
        return std::get<restored>(made);
    }
    trouble refused(const std::string& to) {
        const auto made = restore(file_, to, how());
        if (const auto* const why = std::get_if<trouble>(&made)) return *why;
        ADD_FAILURE() << "it is restored";
        return {};
    }
    test::told start(const std::string& in) {
        const auto log = test::open_in(in, options_);
        return test::replay(*log, options_.state);
    }

    const std::string to_ = where_ / "restored";
};

constexpr std::uint64_t risen = std::uint64_t{1} << 42;

TEST_F(Restore, GivesTheStateWithTokensThatHaveRisenAndAQuarantine) {
    const restored made = done(to_, how());
    EXPECT_GE(made.next_token, life_.state().next_numbers().next_token + risen);
    EXPECT_GT(made.quarantine_ms, 0);

    const auto all = start(to_);
    EXPECT_TRUE(all.digests_match);
    EXPECT_EQ(admit::test::state_difference(rest(life_.state().describe(true)),
                                            rest(all.state->describe(true))),
              "");
    EXPECT_EQ(all.state->next_numbers().next_token, made.next_token);
    EXPECT_TRUE(all.life.any && all.life.forgot_moments && all.life.restored);
    EXPECT_FALSE(all.life.lost_records);
    EXPECT_EQ(all.life.longest_ttl_ms, made.quarantine_ms);
}

TEST_F(Restore, TheQuarantineHoldsUntilItIsOverHoweverOftenItStarts) {
    const restored made = done(to_, how());
    core::instant now{};
    const auto append_at = [&](journal& log, core::instant at) {
        const frame next{.at = at, .records = {core::raised{made.next_token, 1}}, .digest = 0};
        return test::append(log, {next});
    };
    for (int starts = 0; starts < 3; ++starts) {
        const auto log = test::open_in(to_, options_);
        const auto all = test::replay(*log, options_.state);
        EXPECT_TRUE(all.life.forgot_moments && all.life.restored) << starts;
        now = std::max(now, all.frames.back().at);
        ASSERT_FALSE(append_at(*log, now));
        // It counts from each start anew.
        if (starts < 2) continue;
        ASSERT_FALSE(append_at(*log, now + core::from_ms(made.quarantine_ms)));
    }
    const auto log = test::open_in(to_, options_);
    EXPECT_FALSE(test::replay(*log, options_.state).life.forgot_moments);
}

TEST_F(Restore, TokensRiseAboveWhatIsNamedAndAboveWhatAFreshStateBeginsWith) {
    restore_options o = how();
    o.token_above = std::uint64_t{1} << 50;
    o.longest_ttl_ms = 77'777'777;
    const restored one = done(where_ / "one", o);
    EXPECT_EQ(one.next_token, o.token_above + 1);
    EXPECT_EQ(one.quarantine_ms, 77'777'777);
    o = how();
    o.new_token = std::uint64_t{1} << 49;
    o.now_ms = 0;
    EXPECT_EQ(done(where_ / "two", o).next_token, o.new_token + risen);
    o.token_above = (std::uint64_t{1} << 53) - 1;
    EXPECT_TRUE(std::holds_alternative<trouble>(restore(file_, where_ / "three", o)));
}

/// Also of a backup that is ahead of what a fresh state begins with.
TEST_F(Restore, OfOneBackupAtTwoMomentsGivesOtherTokens) {
    restore_options o = how();
    o.now_ms = 0;  // before the backup, by a clock that was wrong
    const restored first = done(where_ / "one", o);
    o.now_ms = first.from.written_ms;
    EXPECT_EQ(done(where_ / "two", o).next_token, first.next_token);
    *o.now_ms += 3'600'000;
    const std::uint64_t of_an_hour = std::uint64_t{3600} << 24;
    EXPECT_EQ(done(where_ / "three", o).next_token, first.next_token + of_an_hour);
    // Within a second, by chance.
    o.random = 64 + 5;
    EXPECT_EQ(done(where_ / "four", o).next_token,
              first.next_token + of_an_hour + (std::uint64_t{5} << 32));
    // Whatever chance says, a day later it is above, also after a hundred starts of the earlier
    // one.
    o.random = 63;
    const restored high = done(where_ / "five", o);
    o.random = 0;
    *o.now_ms += 24 * 3'600'000;
    EXPECT_GT(done(where_ / "six", o).next_token, high.next_token + (std::uint64_t{100} << 32));
    o.now_ms = std::numeric_limits<std::int64_t>::max();
    const auto never = restore(file_, where_ / "seven", o);
    ASSERT_TRUE(std::holds_alternative<trouble>(never));
    EXPECT_NE(std::get<trouble>(never).what.find("the clock"), std::string::npos);
    EXPECT_FALSE(fs::exists(where_ / "seven/journal.restoring"));
}

TEST_F(Restore, WhatTheMarkOfALostJournalKnowsIsUsed) {
    {
        const auto log = test::open_in(dir_, options_);
        test::replay(*log, options_.state);
        // Given after the backup, with a TTL that it does not know.
        ASSERT_FALSE(test::append(*log, life_.leases(3)));
    }
    const auto newest = life_.state().next_numbers().next_token;
    fs::remove(dir_ + "/journal.db");
    fs::remove(dir_ + "/journal.db-wal");
    const restored made = done(dir_, how());
    EXPECT_GT(made.next_token, newest);
    EXPECT_GE(made.quarantine_ms, 86'400'000);
    EXPECT_TRUE(start(dir_).life.restored);
}

TEST_F(Restore, NotIntoADirectoryWithAJournal) {
    const auto before = test::files_in(dir_);
    const trouble why = refused(dir_);
    EXPECT_EQ(why.kind, trouble_kind::unusable);
    EXPECT_NE(why.what.find("journal.db"), std::string::npos) << why.what;
    auto after = test::files_in(dir_);
    EXPECT_EQ(before.at("journal.db"), after.at("journal.db"));
    EXPECT_EQ(before.at("journal.mark"), after.at("journal.mark"));
    const auto log = test::open_in(dir_, options_);
    EXPECT_EQ(refused(dir_).kind, trouble_kind::locked);
}

/// SQLite would roll another database's pages into the restored file.
TEST_F(Restore, NotBesideWhatAnotherDatabaseHasLeft) {
    fs::create_directory(to_);
    fs::permissions(to_, fs::perms::owner_all);
    for (const char* name : {"journal.db-journal", "journal.db-wal", "journal.db-shm"}) {
        test::write_file(to_ + "/" + name, "something");
        const trouble why = refused(to_);
        EXPECT_EQ(why.kind, trouble_kind::unusable);
        EXPECT_NE(why.what.find(name), std::string::npos) << why.what;
        EXPECT_FALSE(fs::exists(to_ + "/journal.restoring"));
        EXPECT_TRUE(fs::remove(to_ + "/" + name));
    }
    done(to_, how());
    EXPECT_TRUE(start(to_).digests_match);
}

TEST_F(Restore, EndedAnywhereItIsRepeatedOrNoticed) {
    int end_after = 0;
    for (bool ended = true; ended;) {
        const std::string to = where_ / ("ended-" + std::to_string(++end_after));
        restore_options o = how();
        o.end_after = end_after;
        ended = std::holds_alternative<trouble>(restore(file_, to, o));
        if (!ended) break;
        const opened found = open("sqlite:" + to, options_);
        const auto* const why = std::get_if<trouble>(&found);
        ASSERT_NE(why, nullptr) << "a server starts after step " << end_after;
        EXPECT_EQ(why->kind, trouble_kind::damaged) << why->what;
        const restored made = done(to, how());
        // However often it is repeated, they rise once.
        EXPECT_LT(made.next_token, life_.state().next_numbers().next_token + 2 * risen);
        EXPECT_TRUE(start(to).digests_match);
        EXPECT_FALSE(fs::exists(to + "/journal.restoring"));
    }
    EXPECT_EQ(end_after, 5);
}

/// A byte here and there: refused, and nothing is made.
TEST_F(Restore, OfADamagedBackupIsRefusedBeforeAnythingIsDone) {
    std::size_t harmless = 0, tried = 0;
    for (std::size_t at = 0; at < bytes_.size(); at += 997) {
        std::string bad = bytes_;
        bad[at] = static_cast<char>(bad[at] ^ 0x40);
        test::write_file(file_, bad);
        const std::string to = where_ / "damaged";
        const auto made = restore(file_, to, how());
        ++tried;
        if (std::holds_alternative<trouble>(made)) {
            EXPECT_FALSE(fs::exists(to)) << at;
            continue;
        }
        // In a page that is free, or where SQLite keeps nothing: the state is what it was.
        ++harmless;
        EXPECT_EQ(admit::test::state_difference(rest(life_.state().describe(true)),
                                                rest(start(to).state->describe(true))),
                  "")
            << at;
        fs::remove_all(to);
    }
    EXPECT_LT(harmless, tried);
}

TEST_F(Restore, OfABackupWithoutItsEndIsRefusedBeforeAnythingIsDone) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096},
                                   bytes_.size() / 2, bytes_.size() - 1, bytes_.size() - 4096}) {
        test::write_file(file_, bytes_.substr(0, size));
        refused(to_);
        EXPECT_FALSE(fs::exists(to_)) << size;
    }
    // Whatever the byte was that is missing.
    test::write_file(file_, bytes_.substr(0, bytes_.size() - 1));
    EXPECT_THAT(refused(to_).what,
                testing::HasSubstr(": " + std::to_string(bytes_.size() - 1) + " of its " +
                                   std::to_string(bytes_.size()) + " bytes are there"));
}

TEST_F(Restore, ACopyOfAJournalIsNoBackup) {
    fs::copy_file(dir_ + "/journal.db", file_, fs::copy_options::overwrite_existing);
    EXPECT_NE(refused(to_).what.find("no seal"), std::string::npos);
    fs::remove(file_);
    EXPECT_EQ(refused(to_).kind, trouble_kind::unusable);
}

TEST_F(Restore, WhatAKilledServerHasLeftIsNoBackup) {
    const auto log = test::open_in(dir_, options_);
    test::replay(*log, options_.state);
    ASSERT_FALSE(test::append(*log, life_.batch(20)));
    for (const char* end : {"", "-wal"})
        fs::copy_file(dir_ + "/journal.db" + end, file_ + end,
                      fs::copy_options::overwrite_existing);
    EXPECT_THAT(refused(to_).what, testing::HasSubstr("no seal"));
}

}  // namespace
}  // namespace admit::journal
