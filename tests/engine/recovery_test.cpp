// From a journal to an engine that admits: what is answered on the way, what is made durable before
// it, and what makes it impossible.
#include "tests/engine/revived.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

namespace admit::engine {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr std::uint64_t process = std::uint64_t{1} << 32;

/// A lease of pool `db`, and a kept place behind it.
void lease_and_place(rig& r) {
    r.call(acquire("holder"));
    core::acquire place = acquire("waiter");
    place.by_client = true;
    place.keep_ms = 60'000;
    r.call(place);
}

TEST(Recovering, AnswersThatItIsNotReady) {
    revived r(left_by(lease_and_place));
    bool asked = false;
    r.log.during_replay = [&] {
        asked = true;
        for (const core::command& what : std::initializer_list<core::command>{
                 acquire("new"), release(1), core::list_pools{}, pool("db", 7)}) {
            const admit::answer a = r.ask(what);
            EXPECT_EQ(std::get<problem>(a).code, errc::not_ready);
            EXPECT_GT(std::get<problem>(a).retry_after_ms, 0);
        }
        r.server->abandon(1);
        EXPECT_FALSE(r.server->ready());
        const auto now = r.server->readiness();
        EXPECT_EQ(now.why.code, errc::not_ready);
        EXPECT_NE(now.why.detail.find("66 %"), std::string::npos) << now.why.detail;
        EXPECT_EQ(r.server->count().leases, 0U);
        EXPECT_EQ(r.server->clock_state().lost_seconds, 0);
    };
    const auto found = r.server->recover();
    EXPECT_TRUE(asked);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->life.any);
    EXPECT_EQ(found->frames, 3U);
    EXPECT_EQ(found->counts.leases, 1U);
    EXPECT_EQ(found->counts.waiters, 1U);
    EXPECT_EQ(found->quarantine, 0ns);
}

TEST(Recovered, OnlyFileAndFlagsAreHeardUntilItOpens) {
    revived r(left_by(lease_and_place));
    ASSERT_TRUE(r.server->recover());
    EXPECT_FALSE(r.server->ready());
    EXPECT_EQ(r.server->readiness().why.code, errc::not_ready);
    EXPECT_EQ(r.problem_with(acquire("new")), errc::not_ready);
    EXPECT_EQ(r.problem_with(release(1)), errc::not_ready);
    core::set_pool by_api = pool("db", 7);
    by_api.source = pool_source::api;
    EXPECT_EQ(r.problem_with(by_api), errc::not_ready);
    core::set_pool by_file = pool("db", 2);
    by_file.source = pool_source::file;
    EXPECT_EQ(r.problem_with(by_file), std::nullopt);
    EXPECT_EQ(r.problem_with(core::show_pool{"db"}), std::nullopt);
    // The line is served when all is configured, and not before.
    EXPECT_EQ(r.server->count().leases, 1U);
    r.server->open();
    EXPECT_TRUE(r.server->ready());
    EXPECT_EQ(r.server->count().leases, 2U);
    EXPECT_EQ(r.problem_with(release(1)), std::nullopt);
}

TEST(Recovered, FromImagesAndTheFramesAfterThem) {
    const auto kept = left_by([](rig& r) {
        r.advance(90s);
        lease_and_place(r);
        r.submit(pool("later", 5));
    });
    core::core follower{core::settings{}};
    for (std::size_t i = 0; i + 1 < kept.size(); ++i)
        for (const core::record& record : kept[i].records)
            follower.replay(record, kept[i].at);
    revived r({kept.back()});
    for (core::image_cursor at; !at.over;)
        follower.images(at, 2, r.log.images);
    const auto found = r.server->recover();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->frames, 1U);
    EXPECT_EQ(found->images, r.log.images.size());
    EXPECT_EQ(found->counts.leases, 1U);
    EXPECT_EQ(found->counts.waiters, 1U);
    EXPECT_EQ(found->counts.pools, 3U);
    r.server->open();
    EXPECT_EQ(r.log.kept.back().at.time_since_epoch(), 90s);
}

TEST(Recovered, LeasesHaveTheirWholeTtlAndPlacesTheirKeep) {
    revived r(left_by([](rig& before) {
        lease_and_place(before);
        before.advance(29s);
    }));
    r.server->start();
    r.advance(30s - 1ns);
    EXPECT_EQ(std::get<pool_answer>(r.ask(core::show_pool{"db"})).pool.stats.expired, 0);
    r.advance(1ns);
    const auto shown = std::get<pool_answer>(r.ask(core::show_pool{"db"})).pool;
    EXPECT_EQ(shown.stats.expired, 1);
    EXPECT_EQ(shown.unclaimed, 1) << "the place has got the slot";
}

TEST(Raised, IsTheFirstThingThatIsWrittenAndANewProcessBeginsAboveIt) {
    auto kept = left_by(lease_and_place);
    for (std::uint64_t life = 1; life <= 3; ++life) {
        revived r(kept);
        r.server->start();
        ASSERT_GT(r.log.kept.size(), kept.size());
        const auto& first = r.log.kept[kept.size()].records;
        ASSERT_EQ(first.size(), 1U);
        const auto& raised = std::get<core::raised>(first.front());
        EXPECT_EQ(raised.next_token, life * process);
        EXPECT_EQ(raised.next_ticket, life * process);
        EXPECT_EQ(r.problem_with(pool("db", 100)), std::nullopt);
        const auto got = r.ask(acquire("new" + std::to_string(life)));
        EXPECT_GE(std::get<acquired>(got).token, life * process);
        EXPECT_LT(std::get<acquired>(got).token, (life + 1) * process);
        kept = r.log.kept;
    }
}

TEST(Raised, FarWhereRecordsAreLost) {
    revived r(left_by(lease_and_place));
    r.log.life.lost_records = true;
    r.server->start();
    EXPECT_EQ(std::get<core::raised>(r.log.kept[3].records.front()).next_token,
              process + (std::uint64_t{1} << 42));
}

TEST(Raised, ToWhatIsSaidOfANewJournal) {
    revived r({}, 1'234'567);
    r.server->start();
    ASSERT_EQ(r.log.kept.size(), 1U);
    core::acquire wanted = acquire("a");
    wanted.pool = "default";
    EXPECT_EQ(std::get<acquired>(r.ask(wanted)).token, 1'234'567U);
}

/// A journal that is empty and says on another thread when an append has begun.
class watched_journal final : public journal::journal {
public:
    admit::journal::append_result append(std::span<const admit::journal::frame>,
                                         const admit::journal::append_done& on_done) override {
        const std::lock_guard lock(mutex_);
        done_ = on_done;
        begun_.notify_all();
        return admit::journal::append_result::pending;
    }
    admit::journal::former_life replay(const admit::journal::replay_visitor&) override {
        return {};
    }
    void close() override {}
    bool keeps() const noexcept override { return true; }

    void end(std::error_code error) {
        std::unique_lock lock(mutex_);
        begun_.wait(lock, [this] { return done_ != nullptr; });
        const auto done = std::exchange(done_, nullptr);
        lock.unlock();
        done(error);
    }
    void wait() {
        std::unique_lock lock(mutex_);
        begun_.wait(lock, [this] { return done_ != nullptr; });
    }

private:
    std::mutex mutex_;
    std::condition_variable begun_;
    admit::journal::append_done done_;
};

class RaisedDurably : public testing::Test {
protected:
    RaisedDurably() {
        options_.make_alarm = time_.alarms();
        options_.on_journal_failure = [this](std::error_code) { ++failures_; };
    }
    hand_time time_;
    watched_journal log_;
    loop home_;
    loop* homes_[1] = {&home_};
    int failures_ = 0;
    engine::options options_;
    listener heard_;
};

TEST_F(RaisedDurably, BeforeRecoveryIsOver) {
    engine server(std::move(options_), log_, time_, homes_);
    auto found = std::async(std::launch::async, [&] { return server.recover(); });
    log_.wait();
    EXPECT_EQ(found.wait_for(0s), std::future_status::timeout);
    EXPECT_FALSE(server.ready());
    const submission s = server.submit(acquire("a"), heard_, home_);
    EXPECT_EQ(std::get<problem>(s.answer.value()).code, errc::not_ready);
    log_.end({});
    EXPECT_TRUE(found.get());
    server.open();
    EXPECT_TRUE(server.ready());
}

TEST_F(RaisedDurably, OrNotAtAll) {
    engine server(std::move(options_), log_, time_, homes_);
    auto found = std::async(std::launch::async, [&] { return server.recover(); });
    log_.end(std::make_error_code(std::errc::no_space_on_device));
    EXPECT_FALSE(found.get());
    EXPECT_EQ(failures_, 1);
    EXPECT_TRUE(server.failed());
    EXPECT_FALSE(server.ready());
    const submission s = server.submit(acquire("a"), heard_, home_);
    EXPECT_EQ(std::get<problem>(s.answer.value()).code, errc::outcome_unknown);
}

TEST(Recovering, FindsThatTheStateIsAnother) {
    auto kept = left_by(lease_and_place);
    kept[1].digest ^= 1;
    revived r(kept);
    try {
        r.server->recover();
        FAIL() << "nothing was noticed";
    } catch (const std::runtime_error& e) {
        EXPECT_NE(std::string(e.what()).find("frame 2"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("granted"), std::string::npos) << e.what();
    }
    EXPECT_FALSE(r.server->ready());
    EXPECT_EQ(r.problem_with(acquire("a")), errc::not_ready);
    r.server->stop();
    EXPECT_EQ(r.log.kept.size(), kept.size()) << "nothing may be written over it";
}

TEST(Recovering, EndsWhenItIsStopped) {
    revived r(left_by(lease_and_place));
    std::future<void> stopped;
    r.log.during_replay = [&] {
        stopped = std::async(std::launch::async, [&] { r.server->stop(); });
        // `stop` has begun when calls are answered so.
        while (r.problem_with(acquire("a")) != errc::shutting_down)
            std::this_thread::yield();
        EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout) << "the journal is in use";
    };
    EXPECT_FALSE(r.server->recover());
    stopped.get();
    EXPECT_TRUE(r.log.closed);
    EXPECT_EQ(r.log.kept.size(), 3U);
}

TEST(Recovering, IsNotBegunAfterStop) {
    revived r(left_by(lease_and_place));
    r.server->stop();
    EXPECT_FALSE(r.server->recover());
}

TEST(Recovering, DrainsWhenItIsOverIfItWasToldSo) {
    revived r(left_by(lease_and_place));
    r.log.during_replay = [&] {
        r.server->drain();
        EXPECT_EQ(r.problem_with(acquire("a")), errc::shutting_down);
    };
    EXPECT_TRUE(r.server->recover());
    r.server->open();
    EXPECT_FALSE(r.server->ready());
    EXPECT_EQ(r.problem_with(acquire("a")), errc::shutting_down);
    EXPECT_EQ(r.problem_with(release(1)), std::nullopt);
}

}  // namespace
}  // namespace admit::engine
