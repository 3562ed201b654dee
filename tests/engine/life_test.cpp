// An engine from its start to its end: recovery, what it tells its observer, and stopping.
#include "server/journal/memory.hpp"
#include "tests/engine/rig.hpp"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

namespace admit::engine {
namespace {

using namespace test;
using namespace std::chrono_literals;

class notes final : public observer {
public:
    void appended(std::size_t, std::chrono::nanoseconds) noexcept override {}
    void happened(std::span<const core::event> events) noexcept override {
        for (const core::event& e : events)
            seen.push_back(e.kind);
    }
    std::vector<core::event_kind> seen;
};

TEST(Start, GoesOnWhereTheJournalEnded) {
    std::vector<journal::frame> kept;
    admit::token token = 0;
    {
        rig r;
        r.log.at_once = true;
        r.advance(90s);
        token = r.heard.get<acquired>(r.call(acquire("a", 0, 10'000))).token;
        r.advance(9s);
        r.submit(pool("later", 1));
        kept = r.log.kept;
    }
    const core::instant newest = kept.back().at;
    EXPECT_EQ(newest.time_since_epoch(), 99s);

    rig r({.kept = kept});
    r.log.at_once = true;
    EXPECT_TRUE(r.server->ready());
    EXPECT_EQ(r.held(), 1);
    const auto waiter = r.call(acquire("b", 60'000));
    // The whole TTL again, on a clock that did not go back.
    r.advance(10s - 1ns);
    EXPECT_FALSE(r.heard.has(waiter));
    r.advance(1ns);
    EXPECT_GT(r.heard.get<acquired>(waiter).token, token);
    EXPECT_EQ(r.log.kept.back().at, newest + 10s);
}

TEST(Start, IsNotReadyBeforeIt) {
    hand_time time;
    hand_journal log;
    loop l;
    loop* loops[] = {&l};
    engine e({.core = {}, .watch = nullptr, .make_alarm = time.alarms(), .on_journal_failure = {}},
             log, time, loops);
    EXPECT_FALSE(e.ready());
    log.at_once = true;
    e.start();
    EXPECT_TRUE(e.ready());
}

TEST(Start, AMemoryJournalGetsNoFrames) {
    hand_time time;
    const auto log = journal::make_memory();
    loop l;
    loop* loops[] = {&l};
    engine e({.core = {}, .watch = nullptr, .make_alarm = time.alarms(), .on_journal_failure = {}},
             *log, time, loops);
    e.start();
    listener heard;
    core::acquire wanted = acquire("a");
    wanted.pool = "default";
    EXPECT_TRUE(e.submit(wanted, heard, l).answer);
    e.stop();
}

TEST(Observer, HearsOfEverythingInOrder) {
    notes watch;
    rig r({.watch = &watch});
    watch.seen.clear();
    const auto a = r.call(acquire("a"));
    r.submit(acquire("b", 1'000));
    r.submit(acquire("c"));
    // Observers do not wait for the journal.
    using enum core::event_kind;
    EXPECT_EQ(watch.seen, (std::vector{acquired, queued, rejected}));
    r.log.let_go();
    r.turn();
    r.submit(release(r.heard.get<admit::acquired>(a).token));
    EXPECT_EQ(watch.seen, (std::vector{acquired, queued, rejected, released, acquired}));
}

TEST(Stop, AnswersLateCallsAtOnce) {
    rig r;
    r.server->stop();
    EXPECT_TRUE(r.log.closed);
    const submission s = r.submit(core::show_pool{"db"});
    ASSERT_TRUE(s.answer);
    EXPECT_EQ(std::get<problem>(*s.answer).code, errc::shutting_down);
    r.server->abandon(s.call);
    r.server->drain();
    r.server->stop();
}

TEST(Stop, EndsTheTimers) {
    rig r({.loops = 2});
    r.advance(1s);
    EXPECT_TRUE(r.time.next());
    r.server->stop();
    EXPECT_FALSE(r.time.next());
}

TEST(Stop, WaitsUntilAllThatWasDecidedIsDurable) {
    rig r;
    r.submit(acquire("a"));
    r.submit(pool("next", 1));  // in the batch after
    auto stopped = std::async(std::launch::async, [&r] { r.server->stop(); });
    r.log.complete();
    EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
    r.log.complete();
    stopped.get();
    EXPECT_TRUE(r.log.closed);
    EXPECT_EQ(r.log.kept.size(), 3U);
    r.turn();
    EXPECT_EQ(r.heard.got.size(), 3U);
}

TEST(Stop, DoesNotWaitForAFailedJournal) {
    rig r;
    r.submit(acquire("a"));
    r.log.fail();
    r.server->stop();
    EXPECT_TRUE(r.log.closed);
}

}  // namespace
}  // namespace admit::engine
