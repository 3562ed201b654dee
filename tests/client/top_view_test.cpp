// What `admit top` shows on windows of all sizes.
#include "client/cli/top_view.hpp"

#include "client/cli/table.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

constexpr std::size_t endless = 100'000;

pool_view pool(const std::string& name, std::int64_t active = 0, std::int64_t waiting = 0) {
    pool_view p;
    p.pool = name;
    p.settings.limit = 2;
    p.active = active;
    p.waiting = waiting;
    return p;
}

/// `idle` pools, and `db` with two holders and a waiter.
snapshot seen(int idle) {
    snapshot out;
    for (int i = 0; i < idle; ++i)
        out.pools.push_back(pool("a" + std::to_string(i)));
    out.pools.push_back(pool("db", 2, 1));
    busy_pool busy{out.pools.back(), {}, {}};
    for (const char* worker : {"w1", "w2"}) {
        lease_row lease;
        lease.pool = "db";
        lease.worker = worker;
        busy.leases.push_back(lease);
    }
    waiter_row waiter;
    waiter.pool = "db";
    waiter.worker = "w3";
    waiter.reason = "db is full";
    busy.waiters.push_back(waiter);
    out.busy.push_back(busy);
    return out;
}

std::string text(const snapshot& now, std::size_t rows, const std::string& trouble = "") {
    return text_of(view_of(now, "http://h:1", trouble, rows), false);
}

TEST(TopView, ShowsPoolsHoldersAndWaiters) {
    const std::string all = text(seen(1), endless);

    EXPECT_EQ(all.find("admit top  http://h:1  2 pools, 2 slots held, 1 waiting\n"), 0U);
    for (const char* part : {"db: 2 of 2 slots held, 1 waiting", "w1", "w2", "w3", "db is full"})
        EXPECT_NE(all.find(part), std::string::npos) << part << " in\n" << all;
    EXPECT_LT(all.find("\ndb "), all.find("\na0 ")) << "the busy one comes first";
}

TEST(TopView, NeverMoreThanTheWindow) {
    for (std::size_t rows = 1; rows < 60; ++rows) {
        const std::vector<line> lines = view_of(seen(40), "http://h:1", "trouble", rows);
        EXPECT_LE(lines.size(), rows);
    }
}

TEST(TopView, ManyIdlePoolsLeaveRoomForTheHolders) {
    const std::string all = text(seen(100), 24);

    EXPECT_NE(all.find("more pools"), std::string::npos) << all;
    EXPECT_NE(all.find("w3"), std::string::npos) << all;
}

TEST(TopView, TellsHowMuchIsMissing) {
    const std::string all = text(seen(0), 6);

    EXPECT_NE(all.find("more lines"), std::string::npos) << all;
}

TEST(TopView, TellsTroubleAndGoesOnShowingWhatItKnows) {
    const std::string all = text(seen(0), 24, "server unreachable: nobody");

    EXPECT_NE(all.find("\nserver unreachable: nobody\n"), std::string::npos);
    EXPECT_NE(all.find("w1"), std::string::npos);
}

}  // namespace
}  // namespace admit::client
