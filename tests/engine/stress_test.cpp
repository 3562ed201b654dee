// Two loops with a thread each, hammering one engine; at the end nothing may be left. The thread
// sanitizer watches.
#include "server/journal/memory.hpp"
#include "tests/engine/rig.hpp"
#include "tests/journal/kept_journal.hpp"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace admit::engine {
namespace {

constexpr unsigned workers_count = 24;
constexpr int rounds = 300;
constexpr std::int64_t limit = 3;

/// Follows the events, and checks the one number that matters.
class balance final : public observer {
public:
    void appended(std::size_t, std::chrono::nanoseconds) noexcept override {}
    void happened(std::span<const core::event> events) noexcept override {
        for (const core::event& e : events) {
            over = over || (e.pool == "db" && e.active > limit);
            granted += e.kind == core::event_kind::acquired ? 1 : 0;
        }
    }
    bool over = false;  ///< under the engine's lock, read when all threads have ended
    std::int64_t granted = 0;
};

/// Asks, works, gives back, or loses patience, over and over; everything on its loop.
class worker final : public caller {
public:
    worker(engine& e, loop& home, unsigned number, std::atomic<int>& finished)
        : engine_(e),
          home_(home),
          name_("w" + std::to_string(number)),
          random_(number + 1),
          finished_(finished) {}

    void begin() {
        boost::asio::post(home_.context(), [this] { ask(); });
    }

    void answered(core::call_id call, admit::answer&& a) noexcept override {
        EXPECT_EQ(call, call_);
        boost::asio::post(home_.context(), [this, got = std::move(a)] { go_on(got); });
    }

private:
    void submit(const core::command& what) {
        const submission s = engine_.submit(what, *this, home_);
        call_ = s.call;
        if (s.answer)
            return boost::asio::post(home_.context(), [this, got = *s.answer] { go_on(got); });
        if (!s.decided && random_() % 4 == 0)
            boost::asio::post(home_.context(), [this, call = call_] {
                if (call_ == call) engine_.abandon(call);
            });
    }

    void ask() {
        core::acquire a;
        a.pool = "db";
        a.worker = name_;
        a.request_id = name_ + "-" + std::to_string(rounds_);
        a.ttl_ms = 60'000;
        // Some waits are over before their turn comes, by the timer.
        a.wait_ms = random_() % 4 == 0 ? 0 : random_() % 3 == 0 ? 1 : 60'000;
        submit(a);
    }

    void go_on(const admit::answer& got) {
        const core::call_id call = std::exchange(call_, 0);
        if (const auto* lease = std::get_if<acquired>(&got)) {
            if (random_() % 8 == 0) {
                engine_.abandon(call, lease->token);
            } else if (random_() % 4 == 0) {
                token_ = lease->token;
                return submit(core::renew{.tokens = {token_}, .ttl_ms = {}});
            } else {
                return submit(core::release{.tokens = {lease->token}});
            }
        } else if (std::holds_alternative<renewed>(got)) {
            return submit(core::release{.tokens = {token_}});
        } else if (const auto* p = std::get_if<problem>(&got)) {
            if (p->code == errc::outcome_unknown) {
                ++finished_;
                return;
            }
            EXPECT_TRUE(is_refusal(p->code)) << name(p->code);
        }
        if (++rounds_ < rounds)
            ask();
        else
            ++finished_;
    }

    engine& engine_;
    loop& home_;
    const std::string name_;
    std::minstd_rand random_;
    std::atomic<int>& finished_;
    int rounds_ = 0;
    core::call_id call_ = 0;
    admit::token token_ = 0;
};

/// An engine on the real clock, whose two loops have threads of their own.
struct hall {
    explicit hall(journal::journal& log) {
        std::array<loop*, 2> both{&loops[0], &loops[1]};
        engine::options conf;
        conf.core.slice_records = 8;
        conf.watch = &watch;
        conf.on_journal_failure = [this](std::error_code) { ++failures; };
        server.emplace(std::move(conf), log, clock, both);
        server->start();
        server->submit(test::pool("db", limit), operating, loops[0]);
        for (unsigned i = 0; i < workers_count; ++i) {
            workers.push_back(std::make_unique<worker>(*server, loops[i % 2], i, finished));
            workers.back()->begin();
        }
    }

    /// Until all workers are through; meanwhile this thread does what metrics and operators do.
    void run() {
        std::vector<std::thread> threads;
        for (loop& l : loops)
            threads.emplace_back([&l] { l.context().run(); });
        for (std::int64_t i = 0; finished < static_cast<int>(workers_count); ++i) {
            server->submit(test::pool("db", 1 + i % limit), operating, loops[0]);
            (void)server->clock_state();
            (void)server->count();
            (void)server->ready();
            (void)loops[1].lag_ns.load();
            std::this_thread::yield();
        }
        server->stop();
        for (std::thread& t : threads)
            t.join();
    }

    void expect_nothing_left() {
        const auto left = server->count();
        EXPECT_EQ(left.leases, 0U);
        EXPECT_EQ(left.waiters, 0U);
        EXPECT_EQ(left.calls, 0U);
        EXPECT_FALSE(watch.over);
        EXPECT_GT(watch.granted, 1'000);
    }

    system_monotonic_clock clock;
    std::array<loop, 2> loops;
    balance watch;
    test::listener operating;
    std::atomic<int> finished{0};
    std::atomic<int> failures{0};
    std::vector<std::unique_ptr<worker>> workers;
    std::optional<engine> server;
};

TEST(Stress, LeavesNothingInMemory) {
    const auto log = journal::make_memory();
    hall h(*log);
    h.run();
    h.expect_nothing_left();
}

TEST(Stress, LeavesNothingBehindAJournal) {
    const auto shelf = std::make_shared<journal::test::shelf>();
    const auto log = journal::test::make_kept(shelf);
    hall h(*log);
    h.run();
    h.expect_nothing_left();

    // Whoever reads the journal finds the same.
    core::core again{core::settings{}};
    for (const journal::frame& f : shelf->frames()) {
        for (const core::record& r : f.records)
            again.replay(r, f.at);
    }
    EXPECT_EQ(again.count().leases, 0U);
    EXPECT_EQ(again.count().waiters, 0U);
}

TEST(Stress, EverybodyIsAnsweredWhenTheJournalFails) {
    const auto shelf = std::make_shared<journal::test::shelf>();
    shelf->break_after(200);
    const auto log = journal::test::make_kept(shelf);
    hall h(*log);
    h.run();
    EXPECT_EQ(h.failures, 1);
    EXPECT_FALSE(h.server->ready());
}

}  // namespace
}  // namespace admit::engine
