// Looking into a journal or a backup: all of it is shown, and nothing is changed.
#include "server/journal/inspect.hpp"

#include "tests/journal/backed_up_journal.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

class Inspection : public test::backed_up_journal {
protected:
    std::unique_ptr<inspection> look_at(const std::string& path) {
        auto opened = inspect(path);
        if (const auto* const why = std::get_if<trouble>(&opened)) throw refusal(*why);
        return std::move(std::get<0>(opened));
    }
    std::string state_in(inspection& in, std::string& why) {
        core::core state(options_.state);
        why = in.wrong();
        const std::string end =
            in.replay({.restore = [&](const core::image& i) { state.restore(i); },
                       .visit =
                           [&](const frame& f) {
                               for (const core::record& r : f.records)
                                   state.replay(r, f.at);
                           },
                       .progress = {}});
        if (why.empty()) why = end;
        return state.describe(true);
    }
};

TEST_F(Inspection, ShowsTheStateAndChangesNothing) {
    // As a process that was killed leaves it, and as one does that ended in order.
    const std::string killed = where_ / "killed";
    {
        const auto log = test::open_in(dir_, options_);
        test::replay(*log, options_.state);
        ASSERT_FALSE(test::append(*log, life_.batch(20)));
        fs::copy(dir_, killed);
    }
    ASSERT_GT(fs::file_size(killed + "/journal.db-wal"), 0U);
    ASSERT_FALSE(fs::exists(dir_ + "/journal.db-wal"));
    for (const std::string& place : {dir_, killed, file_}) {
        const std::string folder = place == file_ ? where_.path() : place;
        const auto before = test::files_in(folder);
        {
            const auto in = look_at(place);
            std::string why;
            const std::string state = state_in(*in, why);
            EXPECT_EQ(why, "") << place;
            if (place != file_) {
                EXPECT_EQ(admit::test::state_difference(life_.state().describe(true), state), "");
            }
            std::uint64_t last = in->facts().snapshot.batch;
            in->batches([&](const batch_place& at, const frame&) {
                EXPECT_TRUE(at.batch == last || at.batch == last + 1);
                last = at.batch;
            });
            EXPECT_EQ(last, in->facts().newest.batch);
            EXPECT_EQ(in->facts().is_backup, place == file_);
            EXPECT_TRUE(test::files_in(folder) == before) << place;
        }
        EXPECT_TRUE(test::files_in(folder) == before) << place;
    }
}

TEST_F(Inspection, KeepsServersOffAndIsKeptOffByThem) {
    {
        const auto in = look_at(dir_);
        const opened found = open("sqlite:" + dir_, options_);
        ASSERT_TRUE(std::holds_alternative<trouble>(found));
        EXPECT_EQ(std::get<trouble>(found).kind, trouble_kind::locked);
    }
    const auto log = test::open_in(dir_, options_);
    EXPECT_EQ(std::get<trouble>(inspect(dir_)).kind, trouble_kind::locked);
}

TEST_F(Inspection, OfADamagedJournalShowsWhatCanBeRead) {
    const std::string good = test::read_file(dir_ + "/journal.db");
    int shown = 0;
    for (std::size_t at = 5'000; at < good.size(); at += 3'001) {
        std::string bad = good;
        for (std::size_t i = 0; i < 16; ++i)
            bad[at + i - 16] = static_cast<char>(~bad[at + i - 16]);
        test::write_file(dir_ + "/journal.db", bad);
        const auto before = test::files_in(dir_);
        {
            const auto opened = inspect(dir_);
            if (const auto* const in = std::get_if<0>(&opened)) {
                std::string why;
                state_in(**in, why);
                (*in)->batches([](const batch_place&, const frame&) {});
                shown += why.empty() ? 0 : 1;
            }
        }
        EXPECT_TRUE(test::files_in(dir_) == before) << at;
    }
    EXPECT_GT(shown, 0);
}

TEST_F(Inspection, OfWhatIsNoFileIsRefusedAtOnce) {
    const std::string pipe = where_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& path : {pipe, std::string("/dev/zero")}) {
        const auto why = std::get<trouble>(inspect(path));
        EXPECT_EQ(why.kind, trouble_kind::unusable);
        EXPECT_EQ(why.what, path + ": not a file");
    }
}

TEST_F(Inspection, SaysWhatIsMissing) {
    EXPECT_EQ(std::get<trouble>(inspect(where_ / "nowhere")).kind, trouble_kind::unusable);
    fs::create_directory(where_ / "empty");
    EXPECT_EQ(std::get<trouble>(inspect(where_ / "empty")).kind, trouble_kind::unusable);
    EXPECT_TRUE(fs::is_empty(where_ / "empty"));
    fs::remove(dir_ + "/journal.db");
    EXPECT_EQ(std::get<trouble>(inspect(dir_)).kind, trouble_kind::damaged);
    EXPECT_FALSE(fs::exists(dir_ + "/journal.db"));
}

}  // namespace
}  // namespace admit::journal
