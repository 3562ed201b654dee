// Long commands run in slices, with others in between.
#include "tests/engine/rig.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace admit::engine {
namespace {

using namespace test;
using namespace std::chrono_literals;

class Slices : public testing::Test {
protected:
    static constexpr std::size_t crowd = 40;

    Slices() { r_.log.at_once = true; }

    /// Forty leases that end at the same instant.
    void fill() {
        r_.set_limit(crowd);
        for (std::size_t i = 0; i < crowd; ++i)
            r_.submit(acquire("w" + std::to_string(i), 0, 1'000));
    }
    /// Forty waiters.
    std::vector<core::call_id> queue() {
        std::vector<core::call_id> calls;
        r_.submit(acquire("holder", 0, 60'000));
        for (std::size_t i = 0; i < crowd; ++i)
            calls.push_back(r_.call(acquire("w" + std::to_string(i), 60'000)));
        return calls;
    }
    /// Runs handlers until there are none; returns how many.
    std::size_t run() { return r_.loops[0]->context().poll(); }

    rig r_{{.slice_records = 4}};
};

TEST_F(Slices, OthersHaveTheirTurnDuringAMassExpiry) {
    fill();
    std::vector<std::int64_t> seen;
    // From now on one handler at a time, and a request between any two of them.
    r_.time.advance(1s, [&] {
        while (r_.loops[0]->context().poll_one() > 0) {
            const std::int64_t held = r_.held();
            if (seen.empty() || seen.back() != held)
                seen.push_back(held);
        }
    });
    EXPECT_EQ(seen, (std::vector<std::int64_t>{40, 36, 32, 28, 24, 20, 16, 12, 8, 4, 0}));
}

TEST_F(Slices, AreNeverOutstandingTwice) {
    fill();
    const std::size_t others = 100;
    std::size_t handlers = 0;
    bool began = false;
    r_.time.advance(1s, [&] {
        while (r_.loops[0]->context().poll_one() > 0) {
            if (began)
                ++handlers;
            if (!began && r_.held() < static_cast<std::int64_t>(crowd)) {
                began = true;
                // Each of these finds that there is more to do.
                for (std::size_t i = 0; i < others; ++i)
                    r_.submit(core::show_pool{"db"});
            }
        }
    });
    EXPECT_EQ(r_.held(), 0);
    EXPECT_GE(handlers, crowd / 4 - 1);
    EXPECT_LE(handlers, crowd / 4 + 2);
}

TEST_F(Slices, ARaisedLimitAdmitsEverybodyInTheEnd) {
    const auto calls = queue();
    r_.set_limit(crowd + 1);
    EXPECT_LT(r_.held(), static_cast<std::int64_t>(crowd));
    r_.turn();
    EXPECT_EQ(r_.held(), static_cast<std::int64_t>(crowd + 1));
    for (const auto call : calls)
        EXPECT_TRUE(std::holds_alternative<acquired>(r_.heard.got.at(call)));
    // The observing `show_pool` calls aside, in the order of the line.
    std::vector<core::call_id> order;
    for (const auto call : r_.heard.order) {
        if (call >= calls.front() && call <= calls.back())
            order.push_back(call);
    }
    EXPECT_EQ(order, calls);
}

TEST_F(Slices, DrainingAnswersEverybody) {
    const auto calls = queue();
    r_.server->drain();
    EXPECT_FALSE(r_.server->ready());
    // Refused from the first moment, though most waiters have not heard yet.
    const submission late = r_.submit(acquire("late"));
    r_.turn();
    EXPECT_EQ(r_.heard.get<problem>(late.call).code, errc::shutting_down);
    for (const auto call : calls)
        EXPECT_EQ(r_.heard.get<problem>(call).code, errc::shutting_down);
    r_.server->drain();
    r_.turn();
    EXPECT_EQ(r_.server->count().calls, 0U);
    EXPECT_EQ(r_.server->count().leases, 1U) << "what is held stays held";
}

TEST_F(Slices, AnExpiryThatFellDueMeanwhileFollows) {
    fill();
    r_.submit(acquire("short", 0, 1'000));  // a try, refused
    r_.time.advance(999ms, [this] { run(); });
    // Long work of another kind is in progress when the leases fall due.
    core::set_pool raise = pool("db", 2 * static_cast<std::int64_t>(crowd));
    std::vector<core::call_id> calls;
    for (std::size_t i = 0; i < crowd; ++i)
        calls.push_back(r_.call(acquire("late" + std::to_string(i), 60'000)));
    r_.submit(raise);
    r_.time.jump(1ms);
    r_.time.advance(0ns, [this] { run(); });
    EXPECT_EQ(r_.held(), static_cast<std::int64_t>(crowd))
        << "the old ones went, the new ones came";
    for (const auto call : calls)
        EXPECT_TRUE(r_.heard.has(call));
}

TEST_F(Slices, WhatFallsDueDoesNotWaitForALongLine) {
    core::acquire brief = acquire("brief", 0, 1'000);
    brief.pool = "other";
    r_.set_limit(1, "other");
    r_.submit(brief);
    const auto calls = queue();
    r_.time.advance(999ms, [this] { run(); });
    r_.set_limit(crowd + 1);
    r_.time.jump(1ms);
    // One handler at a time, so that the alarms ring while the line is long.
    r_.time.advance(0ns, [this] { r_.loops[0]->context().poll_one(); });
    while (r_.held("other") > 0 && r_.loops[0]->context().poll_one() > 0) {}
    EXPECT_LT(r_.held(), static_cast<std::int64_t>(crowd)) << "the line was served first";
    EXPECT_EQ(r_.held("other"), 0);
    r_.turn();
    EXPECT_EQ(r_.held(), static_cast<std::int64_t>(crowd + 1));
}

}  // namespace
}  // namespace admit::engine
