// What every journal promises (server/journal/journal.hpp). A new backend runs through all of it by
// adding itself to the list at the end.
#include "server/journal/memory.hpp"
#include "server/journal/open.hpp"
#include "tests/journal/fault_vfs.hpp"
#include "tests/journal/keeper.hpp"
#include "tests/journal/kept_journal.hpp"
#include "tests/journal/record_text.hpp"
#include "tests/journal/scratch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace admit::journal {
namespace {

using test::text;

/// A place where journals of one kind are opened, one after the other.
struct place {
    /// Opens the journal, with what the former one there has kept.
    std::function<std::unique_ptr<journal>()> open;
    /// Makes the next append fail; none where that cannot be brought about.
    std::function<void()> damage;
};

struct backend {
    std::string name;
    std::function<place()> make;
};

class JournalContract : public testing::TestWithParam<backend> {
protected:
    /// Appends and waits for the end.
    std::error_code append(const std::vector<frame>& batch) {
        std::promise<std::error_code> end;
        std::atomic<bool> inside{true};
        const auto result = log_->append(batch, [&](std::error_code error) {
            EXPECT_FALSE(inside && std::this_thread::get_id() == here_) << "from within append";
            end.set_value(error);
        });
        inside = false;
        if (result == append_result::durable) return {};
        auto ended = end.get_future();
        EXPECT_EQ(ended.wait_for(std::chrono::seconds(30)), std::future_status::ready);
        return ended.get();
    }

    std::vector<frame> replayed() {
        std::vector<frame> all;
        log_->replay(
            {.restore = {}, .visit = [&all](const frame& f) { all.push_back(f); }, .progress = {}});
        return all;
    }

    void reopen() {
        log_->close();
        log_.reset();
        log_ = where_.open();
    }

    static frame at(std::int64_t ns, std::vector<core::record> records) {
        return {core::instant(core::duration(ns)), std::move(records)};
    }

    const std::thread::id here_ = std::this_thread::get_id();
    place where_ = GetParam().make();
    std::unique_ptr<journal> log_ = where_.open();
};

TEST_P(JournalContract, ANewOneIsEmpty) { EXPECT_TRUE(replayed().empty()); }

TEST_P(JournalContract, KeepsEveryFieldOfEveryRecord) {
    std::vector<frame> batch{at(1'234'567'890'123'456'789, test::one_of_each())};
    ASSERT_FALSE(append(batch));
    reopen();
    EXPECT_EQ(text(replayed()), log_->keeps() ? text(batch) : "");
}

TEST_P(JournalContract, KeepsFramesWholeAndInOrder) {
    std::vector<frame> all;
    std::uint64_t token = 0;
    for (const std::size_t frames : {1U, 3U, 1U, 0U, 7U}) {
        std::vector<frame> batch;
        for (std::size_t i = 0; i < frames; ++i) {
            batch.push_back(at(static_cast<std::int64_t>(token), {}));
            for (std::size_t r = 0; r <= i; ++r)
                batch.back().records.emplace_back(core::ended{++token, ending::ok});
        }
        ASSERT_FALSE(append(batch));
        all.insert(all.end(), batch.begin(), batch.end());
    }
    reopen();
    EXPECT_EQ(text(replayed()), log_->keeps() ? text(all) : "");
}

TEST_P(JournalContract, HandsNothingOverAfterTheVisitorHasThrown) {
    constexpr std::size_t frames = 3'000;
    std::vector<frame> batch;
    for (std::size_t i = 0; i < frames; ++i)
        batch.push_back(at(1, {core::ended{i + 1, ending::ok}}));
    ASSERT_FALSE(append(batch));
    for (const std::size_t last : {std::size_t{1}, std::size_t{1'700}, frames}) {
        reopen();
        std::size_t visited = 0;
        const auto replay = [&] {
            log_->replay({.restore = {},
                          .visit =
                              [&](const frame&) {
                                  if (++visited == last) throw std::out_of_range("enough");
                              },
                          .progress = {}});
        };
        if (log_->keeps())
            EXPECT_THROW(replay(), std::out_of_range);
        else
            EXPECT_NO_THROW(replay());
        EXPECT_EQ(visited, log_->keeps() ? last : 0);
    }
}

TEST_P(JournalContract, GoesOnWhereTheFormerOneEnded) {
    std::vector<frame> all;
    for (std::uint64_t token = 1; token <= 3; ++token) {
        const std::vector<frame> batch{at(5, {core::claimed{token}})};
        EXPECT_EQ(text(replayed()), log_->keeps() ? text(all) : "");
        ASSERT_FALSE(append(batch));
        all.push_back(batch.front());
        reopen();
    }
    EXPECT_EQ(text(replayed()), log_->keeps() ? text(all) : "");
}

TEST_P(JournalContract, ReplaysAsOftenAsAsked) {
    ASSERT_FALSE(append({at(1, {core::claimed{1}})}));
    reopen();
    const std::string once = text(replayed());
    EXPECT_EQ(text(replayed()), once);
}

TEST_P(JournalContract, ABarrierKeepsNothing) {
    ASSERT_FALSE(append({}));
    ASSERT_FALSE(append({}));
    reopen();
    EXPECT_TRUE(replayed().empty());
}

TEST_P(JournalContract, TakesAnAppendFromWithinTheEndOfAnother) {
    const std::vector<frame> first{at(1, {core::claimed{1}})};
    const std::vector<frame> second{at(2, {core::claimed{2}})};
    std::promise<std::error_code> end;
    const append_done last = [&](std::error_code error) { end.set_value(error); };
    const auto next = [&](std::error_code error) {
        EXPECT_FALSE(error);
        if (log_->append(second, last) == append_result::durable) end.set_value({});
    };
    if (log_->append(first, next) == append_result::durable) next({});
    auto ended = end.get_future();
    ASSERT_EQ(ended.wait_for(std::chrono::seconds(30)), std::future_status::ready);
    EXPECT_FALSE(ended.get());
    reopen();
    EXPECT_EQ(replayed().size(), log_->keeps() ? 2U : 0U);
}

TEST_P(JournalContract, ClosingWaitsForTheAppend) {
    for (int i = 0; i < 20; ++i) {
        const std::vector<frame> batch{at(1, {core::claimed{1}})};
        bool ended = false;  // not atomic: closing is what orders the two
        if (log_->append(batch, [&ended](std::error_code) { ended = true; }) ==
            append_result::durable)
            ended = true;
        log_->close();
        EXPECT_TRUE(ended);
        log_->close();
        reopen();
    }
    EXPECT_EQ(replayed().size(), log_->keeps() ? 20U : 0U);
}

TEST_P(JournalContract, AfterAnErrorNothingIsAccepted) {
    if (!where_.damage) return;  // it cannot fail
    ASSERT_FALSE(append({at(1, {core::claimed{1}})}));
    where_.damage();
    const std::error_code first = append({at(2, {core::claimed{2}})});
    EXPECT_TRUE(first);
    EXPECT_EQ(append({at(3, {core::claimed{3}})}), first);
    EXPECT_EQ(append({}), first);
    reopen();
    // The failed one may be there or not; nothing may follow it.
    const auto found = replayed();
    ASSERT_GE(found.size(), 1U);
    EXPECT_EQ(text(found.front()), text(at(1, {core::claimed{1}})));
    EXPECT_LE(found.size(), 2U);
}

backend memory() {
    return {"Memory", [] { return place{make_memory, nullptr}; }};
}

backend kept() {
    return {"Kept", [] {
                const auto shelf = std::make_shared<test::shelf>();
                return place{[shelf] { return test::make_kept(shelf); },
                             [shelf] { shelf->break_after(0); }};
            }};
}

backend sqlite() {
    return {"Sqlite", [] {
                const auto where = std::make_shared<test::scratch>();
                const auto system = std::make_shared<test::fault_vfs>();
                return place{[where, system] {
                                 system->plan(0, test::fault::none, false);
                                 options o;
                                 o.vfs = test::fault_vfs::name();
                                 return test::open_in(*where / "data", o);
                             },
                             [system] { system->plan(1, test::fault::fail, true); }};
            }};
}

INSTANTIATE_TEST_SUITE_P(Backends, JournalContract, testing::Values(memory(), kept(), sqlite()),
                         [](const testing::TestParamInfo<backend>& b) { return b.param.name; });

}  // namespace
}  // namespace admit::journal
