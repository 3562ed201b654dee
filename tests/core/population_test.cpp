// Many of everything: operations that are not O(log n) would take minutes here. No times are
// measured; the test's bound in CMakeLists.txt is the measure.
#include "tests/support/ask.hpp"

#include <gtest/gtest.h>

namespace admit::test {
namespace {

constexpr int many = 100'000;

core::acquire acquire(int i, std::int64_t wait_ms = 0) {
    core::acquire c;
    c.pool = "db";
    c.worker = "w" + std::to_string(i % 1'000);
    c.request_id = "r" + std::to_string(i);
    c.by_client = true;
    c.wait_ms = wait_ms;
    return c;
}

TEST(Population, of_leases_that_live_and_end_in_every_order) {
    world w;
    w.run("pool db limit=1000000");
    std::vector<token> tokens;
    for (int i = 0; i < many; ++i)
        tokens.push_back(got<acquired>(w, w.run(acquire(i)).call).token);
    for (const token t : tokens)
        w.run(core::renew{{t}, true, std::nullopt});
    for (std::size_t i = 0; i < tokens.size(); i += 2)
        w.run(core::release{{tokens[i]}});
    for (const token t : tokens)
        w.run(core::check{"db", t});
    // The rest expires in the same second.
    w.advance("30s");
    EXPECT_EQ(w.core().count().leases, 0U);
    EXPECT_EQ(w.core().count().ended, static_cast<std::size_t>(many));
    for (int i = 0; i < many; ++i)
        w.run(acquire(i));
    EXPECT_EQ(w.core().count().leases, 0U);
    w.advance("10m");
    EXPECT_EQ(w.core().count().ended, 0U);
}

TEST(Population, of_waiters_that_are_served_dropped_and_gone) {
    world w;
    w.run("pool db limit=1 max_waiters=1000000");
    const token first = got<acquired>(w, w.run(acquire(0)).call).token;
    std::vector<core::call_id> calls;
    for (int i = 1; i < many; ++i)
        calls.push_back(w.run(acquire(i, 3'600'000)).call);
    // Positions in the middle of a long line.
    for (int i = 0; i < 1'000; ++i)
        w.run(core::list_waiters{"db", 10, 40'000});
    for (int i = 3; i < many; i += 3)
        w.run(core::cancel{"r" + std::to_string(i)});
    for (std::size_t i = 0; i < calls.size(); i += 3)
        w.run(core::abandon{calls[i], 0});
    // The rest is served one after the other.
    std::size_t served = 0;
    for (token t = first; w.core().count().leases > 0; ++t, ++served)
        w.run(core::release{{t}});
    EXPECT_GT(served, 30'000U);
    EXPECT_EQ(w.core().count().waiters, 0U);
    EXPECT_EQ(w.core().count().calls, 0U);
}

TEST(Population, of_calls_of_one_id) {
    world w;
    w.run("pool db limit=0");
    std::vector<core::call_id> calls;
    for (int i = 0; i < many; ++i)
        calls.push_back(w.run(acquire(0, 60'000)).call);
    EXPECT_EQ(w.core().count().waiters, 1U);
    // From the middle outwards.
    for (std::size_t i = calls.size() / 2; i < calls.size(); ++i) {
        w.run(core::abandon{calls[i], 0});
        w.run(core::abandon{calls[calls.size() - 1 - i], 0});
    }
    EXPECT_EQ(w.core().count().waiters, 0U);
}

TEST(Population, of_pools) {
    world w;
    constexpr int pools = 10'000;
    const auto name = [](int i) { return "p" + std::to_string(i); };
    for (int i = 0; i < pools; ++i)
        w.run("pool " + name(i) + " limit=1");
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < pools; ++i) {
            core::acquire c = acquire(round * pools + i, 60'000);
            c.pool = name(i);
            w.run(c);
        }
    }
    EXPECT_EQ(w.core().count().waiters, 2U * pools);
    for (int i = 0; i < pools; ++i)
        w.run(core::list_pools{10, name(i)});
    for (int i = 0; i < pools; ++i)
        w.run(core::delete_pool{name(i), true, {}});
    EXPECT_EQ(w.core().count().pools, 1U);
}

TEST(Population, of_one_worker) {
    world w;
    w.run("pool db limit=1000000");
    for (int i = 0; i < many; ++i) {
        core::acquire c = acquire(i);
        c.worker = "one";
        w.run(c);
    }
    for (int i = 0; i < 1'000; ++i)
        w.run(core::show_worker{"nobody"});
    // What does not fit the page is not looked at.
    for (int i = 0; i < 300; ++i)
        w.run(core::show_worker{"one"});
    EXPECT_EQ(ask<evicted_count>(w, "evict_worker one").evicted, many);
}

}  // namespace
}  // namespace admit::test
