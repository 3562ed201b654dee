// Backups through the engine: when there may be one, and to whom and where its end is told.
#include "tests/engine/rig.hpp"
#include "tests/engine/shadow.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace admit::engine {
namespace {

using namespace test;
using journal::backup_failure;

class no_bytes final : public journal::backup_file {
public:
    std::uint64_t size() const noexcept override { return 0; }
    void read(std::uint64_t, std::size_t, std::string&) const override {}
};

/// Asks, and keeps what is told.
struct wish {
    explicit wish(rig& r)
        : claim(r.server->async_backup(*r.loops.front(), [this](const backup_answer& a) {
              EXPECT_FALSE(got) << "told twice";
              got = a;
          })) {}

    problem refused() const {
        if (got && std::holds_alternative<problem>(*got)) return std::get<problem>(*got);
        ADD_FAILURE() << "it was not refused";
        return {};
    }

    std::optional<backup_answer> got;
    backup_claim claim;
};

TEST(EngineBackup, IsToldOnItsLoop) {
    rig r;
    wish w(r);
    ASSERT_EQ(r.log.orders.size(), 1U);
    EXPECT_FALSE(r.log.orders[0]->claim.expired());
    r.log.orders[0]->on_done(std::make_shared<no_bytes>());
    EXPECT_FALSE(w.got) << "from within the call";
    r.turn();
    ASSERT_TRUE(w.got);
    EXPECT_TRUE(std::holds_alternative<std::shared_ptr<const journal::backup_file>>(*w.got));
}

TEST(EngineBackup, IsNotToldToWhoLetGo) {
    rig r;
    wish w(r);
    r.log.orders[0]->on_done(std::make_shared<no_bytes>());
    w.claim.reset();
    EXPECT_TRUE(r.log.orders[0]->claim.expired());
    r.turn();
    EXPECT_FALSE(w.got);
}

TEST(EngineBackup, SaysWhyThereIsNone) {
    const std::vector<std::pair<backup_failure, errc>> table{
        {backup_failure::nothing_kept, errc::not_implemented},
        {backup_failure::busy, errc::overloaded},
        {backup_failure::no_room, errc::overloaded},
        {backup_failure::ended, errc::shutting_down},
        {backup_failure::failed, errc::internal},
    };
    for (const auto& [why, code] : table) {
        rig r;
        wish w(r);
        r.log.orders[0]->on_done(journal::backup_trouble{why, "the cause"});
        r.turn();
        EXPECT_EQ(w.refused().code, code);
        if (why != backup_failure::nothing_kept) {
            EXPECT_NE(w.refused().detail.find("the cause"), std::string::npos);
        }
    }
}

TEST(EngineBackup, NotWhileItDrainsOrHasFailed) {
    for (const bool drains : {true, false}) {
        rig r;
        r.call(acquire("a"));
        if (drains)
            r.server->drain();
        else
            r.log.fail();
        wish w(r);
        r.turn();
        EXPECT_TRUE(r.log.orders.empty());
        EXPECT_EQ(w.refused().code, drains ? errc::shutting_down : errc::outcome_unknown);
        EXPECT_TRUE(r.server->why_no_backup());
    }
}

TEST(EngineBackup, AlsoWhileNobodyIsAdmitted) {
    rig r;
    r.server->refuse_acquires(true, "no room");
    EXPECT_FALSE(r.server->why_no_backup());
    wish w(r);
    EXPECT_EQ(r.log.orders.size(), 1U);
}

}  // namespace
}  // namespace admit::engine
