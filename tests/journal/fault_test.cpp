// Everything that may go wrong below SQLite, at every place where it may: the journal comes back as
// what was acknowledged, with or without the batch whose end nobody heard of.
#include "tests/journal/keeper.hpp"
#include "tests/journal/scratch.hpp"
#include "tests/journal/story.hpp"
#include "tests/support/states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ADMIT_SANITIZED 1
#else
#define ADMIT_SANITIZED 0
#endif

namespace admit::journal {
namespace {

namespace fs = std::filesystem;

struct trial {
    const char* name;
    test::fault what;
    bool sticky;
    test::unsynced then;
};

void PrintTo(const trial& t, std::ostream* out) { *out << t.name; }

/// What happens, made up once: batches, and what the state is after so many of them.
struct plot {
    static constexpr std::size_t batches = 10;
    std::vector<std::vector<frame>> batch;
    std::vector<std::uint64_t> digest;
    std::vector<std::string> state;

    plot() {
        test::story life(21);
        for (std::size_t i = 0; i <= batches; ++i) {
            digest.push_back(life.state().digest());
            state.push_back(life.state().describe(true));
            batch.push_back(life.batch(3));
        }
    }
};

const plot& the_plot() {
    static const plot made;
    return made;
}

options faulty_options() {
    options o;
    o.state = test::story_settings();
    o.snapshot_bytes = 700;
    o.vfs = test::fault_vfs::name();
    return o;
}

/// The processes that use one journal, one after the other.
class machine {
public:
    explicit machine(test::fault_vfs& system) : system_(system) {}

    /// Opens, looks, appends up to so many batches, closes. Ends early where something fails.
    void live(std::size_t until) {
        std::unique_ptr<journal> log;
        try {
            log = test::open_in(dir(), options_);
            const auto found = test::replay(*log, options_.state);
            check(found);
        } catch (const refusal& why) {
            ASSERT_TRUE(system_.struck()) << why.what();
            // What cannot be read now may be readable later; nobody may take it for a loss.
            ASSERT_NE(why.kind, trouble_kind::newer) << why.what();
            refused = why.what();
            return;
        }
        marks_.clear();
        while (known_ < until) {
            unheard_ = true;
            if (test::append(*log, the_plot().batch[known_])) {
                ASSERT_TRUE(system_.struck()) << log->failure();
                ASSERT_FALSE(log->failure().empty());
                ASSERT_TRUE(test::append(*log, {})) << "nothing is acknowledged any more";
                break;
            }
            ++known_;
            unheard_ = false;
            marks_.push_back(mark());
            if (known_ % 2 == 0) test::wait_for_rest(*log);
        }
        log->close();
    }

    /// Power fails.
    void lose(test::unsynced how, std::uint64_t seed) {
        system_.lose(how, seed);
        // The mark is not synced: it is one of those of this process.
        if (how == test::unsynced::kept || marks_.empty()) return;
        std::ofstream(where_ / "data/journal.mark", std::ios::binary | std::ios::trunc)
            << marks_[seed % marks_.size()];
    }

    std::size_t known() const { return known_; }
    std::string refused;

private:
    std::string dir() const { return where_ / "data"; }

    std::string mark() const {
        std::ifstream in(where_ / "data/journal.mark", std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void check(const test::told& found) {
        ASSERT_TRUE(found.digests_match);
        ASSERT_FALSE(found.life.lost_records);
        ASSERT_FALSE(found.life.forgot_moments);
        const auto& p = the_plot();
        std::size_t now = known_;
        if (unheard_ && found.state->digest() != p.digest[known_]) ++now;
        ASSERT_EQ(found.state->digest(), p.digest[now]) << "after " << known_ << " batches";
        ASSERT_EQ(admit::test::state_difference(p.state[now], found.state->describe(true)), "");
        known_ = now;
        unheard_ = false;
    }

    test::fault_vfs& system_;
    test::scratch where_;
    const options options_ = faulty_options();
    std::size_t known_ = 0;  ///< batches that are there
    bool unheard_ = false;   ///< the next one may be there
    std::vector<std::string> marks_;
};

class JournalFaults : public testing::TestWithParam<trial> {};

TEST_P(JournalFaults, AtEveryPlaceComesBackWhatWasAcknowledged) {
    const trial& t = GetParam();
    test::fault_vfs system;
    std::uint64_t reached = 0;
    // Under a sanitizer some of the places, others in each test.
    const std::uint64_t stride = ADMIT_SANITIZED ? 7 : 1;
    for (std::uint64_t at = 1 + (stride > 1 ? static_cast<std::uint64_t>(t.what) : 0);;
         at += stride) {
        SCOPED_TRACE("at " + std::to_string(at));
        machine m(system);
        system.plan(at, t.what, t.sticky);
        m.live(plot::batches / 2);
        if (!HasFatalFailure() && !t.sticky) m.live(plot::batches);
        if (!HasFatalFailure() && t.sticky && !system.struck()) m.live(plot::batches);
        const bool struck = system.struck();
        system.plan(0, test::fault::none, false);
        if (HasFatalFailure()) return;
        m.lose(t.then, at);
        m.refused.clear();
        m.live(plot::batches);
        if (HasFatalFailure()) return;
        // With everything in order again nothing is refused: it had not gone wrong so far.
        ASSERT_EQ(m.refused, "");
        ASSERT_EQ(m.known(), plot::batches);
        m.live(plot::batches);
        if (HasFatalFailure()) return;
        if (!struck) break;
        reached = at;
    }
    std::printf("%s: went wrong at each of %llu places\n", t.name,
                static_cast<unsigned long long>(reached));
    EXPECT_GE(reached, 100U);
}

using test::fault;
using test::unsynced;

INSTANTIATE_TEST_SUITE_P(
    , JournalFaults,
    testing::Values(trial{"FailOnce", fault::fail, false, unsynced::kept},
                    trial{"FailOnceThenLose", fault::fail, false, unsynced::dropped},
                    trial{"Killed", fault::fail, true, unsynced::kept},
                    trial{"PowerLoss", fault::fail, true, unsynced::dropped},
                    trial{"PowerLossTorn", fault::fail, true, unsynced::some},
                    trial{"FullOnce", fault::full, false, unsynced::kept},
                    trial{"FullThenLose", fault::full, true, unsynced::some},
                    trial{"ShortOnce", fault::shorten, false, unsynced::kept},
                    trial{"ShortThenLose", fault::shorten, true, unsynced::some}),
    [](const testing::TestParamInfo<trial>& which) { return which.param.name; });

}  // namespace
}  // namespace admit::journal
