// Backups over real sockets: while they are made, while they are sent, and whatever ends them.
#include "server/http/limits.hpp"
#include "tests/engine/hand_journal.hpp"
#include "tests/http/live.hpp"

#include <gtest/gtest.h>

#include <system_error>
#include <utility>

namespace admit::http::testing {
namespace {

using engine::test::hand_journal;

/// Bytes that tell where they stand; `broken_from` on they cannot be read.
class pattern final : public journal::backup_file {
public:
    explicit pattern(std::uint64_t size, std::uint64_t broken_from = ~std::uint64_t{0})
        : size_(size), broken_from_(broken_from) {}

    std::uint64_t size() const noexcept override { return size_; }
    void read(std::uint64_t offset, std::size_t most, std::string& out) const override {
        if (offset >= broken_from_) throw std::system_error(EIO, std::generic_category());
        for (; most > 0 && offset < size_; --most, ++offset)
            out.push_back(at(offset));
    }
    static char at(std::uint64_t offset) { return static_cast<char>(offset * 7 + offset / 251); }

private:
    const std::uint64_t size_;
    const std::uint64_t broken_from_;
};

class download : public ::testing::Test {
protected:
    download() {
        log.at_once = true;
        world = std::make_unique<live>(live::options{.journal = &log});
    }

    /// A client that has asked, up to where the journal was asked.
    visitor asked(std::string_view more = {}, int receive_bytes = 0) {
        const std::size_t before = log.orders.size();
        visitor client(world->port(), receive_bytes);
        client.send(request_text("GET", "/v1/backup") + std::string(more));
        EXPECT_TRUE(world->until([&] { return log.orders.size() == before + 1; }));
        return client;
    }
    void made(std::shared_ptr<const journal::backup_file> file) {
        log.orders.back()->on_done(std::move(file));
    }
    bool alone() {
        return world->until([&] { return world->server->connections() == 0; });
    }

    hand_journal log;
    std::unique_ptr<live> world;
};

TEST_F(download, ComesWholeAndInItsPlace) {
    visitor client = asked(request_text("GET", "/healthz"));
    world->turn();
    EXPECT_TRUE(client.silent());
    const auto file = std::make_shared<pattern>(3'000'001);
    made(file);
    const reply got = world->answer(client);
    EXPECT_EQ(got.status, 200);
    ASSERT_EQ(got.body.size(), file->size());
    for (std::uint64_t i = 0; i < file->size(); i += 997)
        ASSERT_EQ(got.body[i], pattern::at(i)) << i;
    EXPECT_EQ(world->answer(client).body, R"({"status":"ok"})");
    EXPECT_EQ(file.use_count(), 1);
    ASSERT_EQ(world->exchanges.size(), 2U);
    EXPECT_EQ(world->exchanges[0].path, "/v1/backup");
    EXPECT_GT(world->exchanges[0].bytes, file->size());
}

TEST_F(download, OfNothingIsAReplyToo) {
    visitor client = asked();
    made(std::make_shared<pattern>(0));
    EXPECT_EQ(world->answer(client).status, 200);
}

TEST_F(download, OneThatFailedIsToldAndLogged) {
    visitor client = asked();
    log.orders.back()->on_done(
        journal::backup_trouble{journal::backup_failure::failed, "the disk is on fire"});
    const reply got = world->answer(client);
    EXPECT_EQ(got.status, 500);
    EXPECT_NE(got.body.find("the disk is on fire"), std::string::npos) << got.body;
    ASSERT_EQ(world->failures.size(), 1U);
    EXPECT_EQ(world->call(client, "GET", "/healthz").status, 200);
}

TEST_F(download, WhoGoesWhileItIsMadeWantsItNoMore) {
    for (const auto leave : {&visitor::close, &visitor::half_close, &visitor::reset}) {
        visitor client = asked();
        EXPECT_FALSE(log.orders.back()->claim.expired());
        (client.*leave)();
        EXPECT_TRUE(alone());
        EXPECT_TRUE(log.orders.back()->claim.expired());
        made(std::make_shared<pattern>(10));
        world->turn();
    }
}

TEST_F(download, WhoGoesWhileItIsSentLeavesNothing) {
    for (const auto leave : {&visitor::close, &visitor::half_close, &visitor::reset}) {
        const auto file = std::make_shared<pattern>(50'000'000);
        std::weak_ptr<const pattern> kept = file;
        visitor client = asked({}, 4'096);
        made(file);
        EXPECT_TRUE(world->until([&] { return !client.silent(); }));
        (client.*leave)();
        EXPECT_TRUE(alone());
        EXPECT_EQ(file.use_count(), 1);
    }
}

TEST_F(download, WhatCannotBeReadIsCutOff) {
    visitor client = asked();
    made(std::make_shared<pattern>(3'000'000, 1'000'000));
    EXPECT_TRUE(world->until([&] { return client.ended(); }));
    EXPECT_LT(client.bytes().size(), 3'000'000U);
    EXPECT_TRUE(alone());
}

/// A live server ends as main ends one that has waited for long enough.
TEST_F(download, TheServerEndsWithoutIt) {
    for (const bool is_sent : {false, true}) {
        hand_journal other;
        other.at_once = true;
        const auto file = std::make_shared<pattern>(50'000'000);
        {
            live ending({.journal = &other});
            visitor client(ending.port(), 4'096);
            client.send(request_text("GET", "/v1/backup"));
            ASSERT_TRUE(ending.until([&] { return other.orders.size() == 1; }));
            if (is_sent) {
                other.orders.back()->on_done(file);
                ASSERT_TRUE(ending.until([&] { return !client.silent(); }));
            }
        }
        EXPECT_TRUE(other.orders.back()->claim.expired());
        EXPECT_EQ(file.use_count(), 1);
    }
}

/// To one who takes nothing of it for now.
TEST_F(download, OthersAreServedMeanwhile) {
    visitor client = asked();
    visitor other(world->port());
    made(std::make_shared<pattern>(40'000'000));
    EXPECT_TRUE(world->until([&] { return !client.silent(); }));
    EXPECT_EQ(world->call(other, "GET", "/healthz").status, 200);
    EXPECT_EQ(world->exchanges.size(), 1U) << "the backup was sent first";
}

}  // namespace
}  // namespace admit::http::testing
