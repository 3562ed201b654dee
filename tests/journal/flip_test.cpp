// One bit is another one, anywhere in the files of a journal: it starts with exactly what was
// acknowledged, or refuses.
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ADMIT_SANITIZED 1
#else
#define ADMIT_SANITIZED 0
#endif

namespace admit::journal {
namespace {

namespace fs = std::filesystem;
using files = std::map<std::string, std::string>;

files read_all(const std::string& dir) {
    files all;
    for (const auto& entry : fs::directory_iterator(dir)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("journal.")) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        all[name] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
}

void write_all(const std::string& dir, const files& all) {
    fs::remove_all(dir);
    fs::create_directory(dir);
    for (const auto& [name, bytes] : all)
        std::ofstream(dir + "/" + name, std::ios::binary) << bytes;
}

options flip_options() {
    options o;
    o.state = test::story_settings();
    o.snapshot_bytes = 20'000;
    o.boot_id = "one";
    return o;
}

class JournalFlips : public testing::Test {
protected:
    /// A journal with a snapshot, rows after it, and more in the log than in the database.
    files make(bool closed) {
        const auto log = test::open_in(dir_, options_);
        for (int i = 0; i < 90; ++i) {
            EXPECT_FALSE(test::append(*log, life_.batch(4))) << log->failure();
            EXPECT_TRUE(test::wait_for_rest(*log));
        }
        EXPECT_GT(log->figures().snapshots, 0U);
        const files open = read_all(dir_);
        log->close();
        return closed ? read_all(dir_) : open;
    }

    /// Starts from the files, where they let it, and looks.
    void start(const files& all) {
        write_all(dir_, all);
        try {
            const auto log = test::open_in(dir_, options_);
            const auto found = test::replay(*log, options_.state);
            ++started_;
            ASSERT_FALSE(found.life.lost_records || found.life.forgot_moments);
            ASSERT_TRUE(found.life.any);
            ASSERT_TRUE(found.digests_match);
            ASSERT_EQ(found.state->digest(), life_.state().digest());
            ASSERT_EQ(admit::test::state_difference(life_.state().describe(true),
                                                    found.state->describe(true)),
                      "");
        } catch (const refusal& why) {
            ++refused_;
            ASSERT_FALSE(std::string(why.what()).empty());
            ASSERT_NE(why.kind, trouble_kind::locked) << why.what();
        }
    }

    /// All of the beginning, then a sample.
    void flip_each(const files& good) {
        for (const auto& [name, bytes] : good) {
            started_ = refused_ = 0;
            const std::size_t samples =
                (name == "journal.mark" ? 200 : 500) / (ADMIT_SANITIZED ? 8 : 1);
            const std::size_t stride = std::max<std::size_t>(1, bytes.size() / samples);
            const std::size_t header = ADMIT_SANITIZED ? 0 : 110;
            std::size_t at = 0;
            while (at < bytes.size()) {
                files bad = good;
                bad[name][at] = static_cast<char>(bytes[at] ^ (1 << random_.below(8)));
                SCOPED_TRACE(name + " at " + std::to_string(at));
                start(bad);
                if (HasFatalFailure()) return;
                at += at < header ? 1 : 1 + random_.below(2 * stride - 1);
            }
            std::printf("%s, %zu bytes: started %zu times, refused %zu times\n", name.c_str(),
                        bytes.size(), started_, refused_);
            EXPECT_GT(started_ + refused_, samples / 2);
        }
    }

    test::scratch where_;
    const std::string dir_ = where_ / "data";
    options options_ = flip_options();
    test::story life_{31};
    admit::test::dice random_{32};
    std::size_t started_ = 0;
    std::size_t refused_ = 0;
};

TEST_F(JournalFlips, InAJournalWhoseProcessWasKilled) {
    const files good = make(false);
    ASSERT_EQ(good.size(), 3U);
    ASSERT_GT(good.at("journal.db-wal").size(), 4096U);
    start(good);
    ASSERT_EQ(started_, 1U);
    flip_each(good);
}

TEST_F(JournalFlips, InOneThatWasClosed) {
    const files good = make(true);
    ASSERT_EQ(good.size(), 2U);
    start(good);
    ASSERT_EQ(started_, 1U);
    flip_each(good);
}

/// With the loss accepted it starts whatever was flipped, with no other state than one that there
/// was, and goes on from there.
TEST_F(JournalFlips, AcceptedItGoesOnWithWhatThereIs) {
    const files good = make(false);
    options_.accept_data_loss = true;
    std::size_t lost = 0;
    std::size_t unusable = 0;
    for (const auto& [name, bytes] : good) {
        const std::size_t samples = ADMIT_SANITIZED ? 20 : 100;
        for (std::size_t i = 0; i < samples; ++i) {
            const std::size_t at = random_.below(bytes.size());
            files bad = good;
            bad[name][at] = static_cast<char>(bytes[at] ^ (1 << random_.below(8)));
            SCOPED_TRACE(name + " at " + std::to_string(at));
            write_all(dir_, bad);
            std::uint64_t digest = 0;
            bool was_lost = false;
            try {
                const auto log = test::open_in(dir_, options_);
                const auto found = test::replay(*log, options_.state);
                was_lost = found.life.lost_records;
                ASSERT_EQ(was_lost, found.life.forgot_moments);
                ASSERT_TRUE(found.digests_match);
                if (!was_lost) { ASSERT_EQ(found.state->digest(), life_.state().digest()); }
                lost += was_lost ? 1 : 0;
                // What the engine does first.
                core::effects effects;
                core::core& state = *found.state;
                const core::raised next{state.next_numbers().next_token + 100, 100};
                const core::instant now(core::from_ms(1'000'000));
                state.raise(next, now, effects);
                digest = state.digest();
                ASSERT_FALSE(test::append(*log, {{now, effects.records, digest}}))
                    << log->failure();
            } catch (const refusal& why) {
                // No journal at all, or one that might be a later version's.
                ASSERT_NE(why.kind, trouble_kind::damaged) << why.what();
                ++unusable;
                continue;
            }
            auto plain = options_;
            plain.accept_data_loss = false;
            const auto log = test::open_in(dir_, plain);
            const auto found = test::replay(*log, options_.state);
            ASSERT_EQ(found.state->digest(), digest);
            ASSERT_FALSE(found.life.lost_records);
            ASSERT_EQ(found.life.forgot_moments, was_lost);
        }
    }
    std::printf("lost something %zu times, unusable %zu times\n", lost, unusable);
    EXPECT_GT(lost, 20U / (ADMIT_SANITIZED ? 5 : 1));
}

TEST_F(JournalFlips, CutShort) {
    const files good = make(false);
    for (const auto& [name, bytes] : good) {
        started_ = refused_ = 0;
        for (std::size_t part = 0; part < 16; ++part) {
            files bad = good;
            bad[name].resize(bytes.size() * part / 16);
            SCOPED_TRACE(name + " cut to " + std::to_string(bad[name].size()));
            start(bad);
            if (HasFatalFailure()) return;
        }
        std::printf("%s cut: started %zu times, refused %zu times\n", name.c_str(), started_,
                    refused_);
    }
}

}  // namespace
}  // namespace admit::journal
