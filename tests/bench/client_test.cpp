// The load generator's client, and above all that it notices whatever a server may do wrong.
#include "bench/load/client.hpp"

#include <gmock/gmock.h>

#include <cstdint>
#include <string>

namespace admit::bench {
namespace {

using ::testing::HasSubstr;

std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string pools(std::int64_t active, std::int64_t limit) {
    return R"("pools":[{"pool":"p","active":)" + std::to_string(active) + R"(,"limit":)" +
           std::to_string(limit) + "}]}";
}

std::string acquired_with(std::uint64_t token, std::int64_t active, std::int64_t limit = 8) {
    const std::string number = std::to_string(token);
    return ok(R"({"status":"acquired","handle":")" + number + R"(.mac","token":)" + number + "," +
              pools(active, limit));
}

std::string released_with(std::uint64_t token, std::int64_t active, std::int64_t limit = 8) {
    return ok(R"({"status":"released","token":)" + std::to_string(token) + "," +
              pools(active, limit));
}

client::rules rules_for(unsigned depth, std::int64_t leases_max) {
    return {.host = "h:1", .pool = "p", .depth = depth, .leases_max = leases_max};
}

class LoadClient : public ::testing::Test {
protected:
    /// What becomes of a client alone in its pool that gets these bytes for its first acquire.
    static std::string fault_after(const std::string& bytes) {
        const client::rules rules = rules_for(1, 1);
        client c(rules, 0);
        return c.received(bytes) ? std::string() : c.fault();
    }
};

TEST_F(LoadClient, AcquiresAndReleasesInTurn) {
    const client::rules rules = rules_for(1, 1);
    client c(rules, 7);
    EXPECT_TRUE(c.holds_nothing());
    EXPECT_THAT(std::string(c.batch()), HasSubstr("POST /v1/acquire HTTP/1.1\r\nHost: h:1\r\n"));
    EXPECT_THAT(std::string(c.batch()), HasSubstr(R"({"pool":"p","worker":"worker-000007"})"));

    EXPECT_EQ(c.received(acquired_with(17, 1)), 1U);
    EXPECT_TRUE(c.batch_done());
    EXPECT_FALSE(c.holds_nothing());
    EXPECT_THAT(std::string(c.batch()), HasSubstr("POST /v1/release HTTP/1.1\r\n"));
    EXPECT_THAT(std::string(c.batch()), HasSubstr(R"({"handle":"17.mac")"));

    EXPECT_EQ(c.received(released_with(17, 0)), 1U);
    EXPECT_TRUE(c.holds_nothing());
    EXPECT_EQ(c.received(acquired_with(18, 1)), 1U);
}

TEST_F(LoadClient, PatchesALongHandleAndAShortOneAlike) {
    const client::rules rules = rules_for(1, 1);
    client c(rules, 0);
    ASSERT_TRUE(c.received(acquired_with(9007199254740990, 1)));
    const std::string long_one(c.batch());
    ASSERT_TRUE(c.received(released_with(9007199254740990, 0)));
    ASSERT_TRUE(c.received(acquired_with(9007199254740991, 1)));
    EXPECT_EQ(c.batch().size(), long_one.size());

    client other(rules, 0);
    ASSERT_TRUE(other.received(acquired_with(1, 1)));
    EXPECT_EQ(other.batch().size(), long_one.size());
    EXPECT_THAT(std::string(other.batch()), HasSubstr(R"({"handle":"1.mac" )"));
    EXPECT_EQ(other.batch().back(), '}');
}

TEST_F(LoadClient, TakesABatchInPiecesOfAnySize) {
    const client::rules rules = rules_for(3, 3);
    const std::string bytes = acquired_with(1, 1) + acquired_with(2, 2) + acquired_with(3, 3);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        client c(rules, 0);
        unsigned replies = 0;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            const auto got = c.received(std::string_view(bytes).substr(at, size));
            ASSERT_TRUE(got) << c.fault();
            replies += *got;
            EXPECT_EQ(c.batch_done(), replies == 3);
        }
        EXPECT_EQ(replies, 3U);
        EXPECT_FALSE(c.holds_nothing());
    }
}

TEST_F(LoadClient, NoticesAWrongReply) {
    EXPECT_EQ(fault_after(acquired_with(17, 1)), "");
    EXPECT_THAT(fault_after("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}"),
                HasSubstr("another status"));
    EXPECT_THAT(fault_after("nonsense"), HasSubstr("framed"));
    EXPECT_THAT(fault_after(released_with(17, 0)), HasSubstr("not an acquired lease"));
    EXPECT_THAT(
        fault_after(ok(R"({"status":"acquired","handle":"16.m","token":17,)" + pools(1, 8))),
        HasSubstr("not the handle's"));
    EXPECT_THAT(fault_after(ok(R"({"status":"acquired","handle":")" + std::string(40, '1') +
                               R"(","token":17,)" + pools(1, 8))),
                HasSubstr("too long"));
    EXPECT_THAT(fault_after(acquired_with(17, 0)), HasSubstr("cannot be"));
    EXPECT_THAT(fault_after(acquired_with(17, 2)), HasSubstr("cannot be"));
    EXPECT_THAT(fault_after(acquired_with(17, 1, 0)), HasSubstr("limit"));
}

TEST_F(LoadClient, NoticesATokenThatDoesNotRise) {
    const client::rules rules = rules_for(1, 1);
    client c(rules, 0);
    ASSERT_TRUE(c.received(acquired_with(17, 1)));
    ASSERT_TRUE(c.received(released_with(17, 0)));
    EXPECT_FALSE(c.received(acquired_with(17, 1)));
    EXPECT_THAT(c.fault(), HasSubstr("not above"));
}

TEST_F(LoadClient, NoticesTheReleaseOfAnotherLease) {
    const client::rules rules = rules_for(1, 1);
    client c(rules, 0);
    ASSERT_TRUE(c.received(acquired_with(17, 1)));
    EXPECT_FALSE(c.received(released_with(18, 0)));
    EXPECT_THAT(c.fault(), HasSubstr("another lease"));
}

TEST_F(LoadClient, NoticesAReplyTooMany) {
    EXPECT_THAT(fault_after(acquired_with(17, 1) + released_with(17, 0)),
                HasSubstr("more replies"));
}

TEST_F(LoadClient, LetsOthersHoldWhatTheyCan) {
    const client::rules rules = rules_for(1, 4);
    client c(rules, 0);
    ASSERT_TRUE(c.received(acquired_with(17, 4)));
    ASSERT_TRUE(c.received(released_with(17, 3)));
    EXPECT_FALSE(c.received(acquired_with(18, 5)));
}

TEST_F(LoadClient, AsksAConstantServerForTheFormOnly) {
    client::rules rules = rules_for(1, 1);
    rules.constant = true;
    client c(rules, 0);
    ASSERT_TRUE(c.received(acquired_with(17, 9)));
    ASSERT_TRUE(c.received(released_with(5, 9)));
    ASSERT_TRUE(c.received(acquired_with(17, 9)));
    EXPECT_FALSE(c.received(acquired_with(17, 9)));
}

}  // namespace
}  // namespace admit::bench
