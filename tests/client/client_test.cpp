// The library over real sockets: its calls, and what it says.
#include "tests/client/support/ordinary.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

TEST(Client, KeepsOneConnectionForManyCalls) {
    fake_server server{&ordinary};
    blocking_client c{only(server)};

    result<lease> got = c.acquire(wanted());
    ASSERT_TRUE(got) << message(got.error());
    EXPECT_EQ(got->handle(), "17.secret");
    EXPECT_EQ(got->grant().pool.limit, 2);
    const result<renewed_lease> renewed = c.call(calls::renew{got->handle(), {}});
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->ttl_ms, 30'000);
    EXPECT_TRUE(c.release(std::move(*got)));
    EXPECT_TRUE(c.call(calls::cancel{"id"}));
    EXPECT_TRUE(c.call(calls::list_pools{}));
    calls::put_pool put{"p", {}};
    put.settings.limit = 2;
    EXPECT_TRUE(c.call(put));
    EXPECT_TRUE(c.call(calls::delete_pool{"p"}));

    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.requests().size(), 7U);
}

TEST(Client, SaysWhatTheContractWantsToHear) {
    fake_server server{&ordinary};
    blocking_client c{only(server)};
    acquire_options o = wanted();
    o.slots = 2;
    o.ttl = 60s;
    o.start = true;
    o.labels = {{"job", "nightly"}};
    o.request_id = "mine";

    ASSERT_TRUE(c.acquire(o));

    const fake_request r = server.requests().front();
    EXPECT_EQ(r.method, "POST");
    EXPECT_NE(r.head.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"),
              std::string::npos);
    for (const char* part :
         {R"("pool":"db")", R"("slots":2)", R"("worker":"w1")", R"("ttl_ms":60000)",
          R"("start":true)", R"("job":"nightly")", R"("request_id":"mine")"})
        EXPECT_NE(r.body.find(part), std::string::npos) << part << " in " << r.body;
}

TEST(Client, TwoAdmissionsHaveTwoIds) {
    fake_server server{&ordinary};
    blocking_client c{only(server)};
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(c.acquire(wanted()));
    for (const fake_request& r : server.requests())
        if (r.target == "/v1/acquire") ids.insert(member(r.body, "request_id"));

    EXPECT_EQ(ids.size(), 20U);
}

TEST(Client, FindsTheServerByName) {
    fake_server server{&ordinary};
    blocking_client c{{.servers = {{"localhost", server.port()}}}};

    EXPECT_TRUE(c.call(calls::list_pools{}));
}

TEST(Client, ALateAnswerOfASliceIsWaitedFor) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        reply.delay = 300ms;
        return reply;
    }};
    blocking_client c{only(server)};

    const result<lease> got = c.acquire(wanted(1s));

    EXPECT_TRUE(got);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Client, AWaitThatIsOverLeavesTheLine) {
    fake_server server{[](const fake_request& r) {
        if (r.target != "/v1/acquire") return ordinary(r);
        fake_reply reply = answer(202, R"({"status":"queued","request_id":"r","ticket":4,)"
                                       R"("position":3,"waiting":9,"reason":"db is full",)"
                                       R"("estimate_ms":1200})");
        reply.delay = 200ms;
        return reply;
    }};
    blocking_client c{only(server)};

    const result<lease> got = c.acquire(wanted(200ms));

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().answer.code, errc::wait_timeout);
    const fake_request cancel = server.wait_for("/v1/cancel");
    EXPECT_EQ(member(cancel.body, "request_id"),
              member(server.requests().front().body, "request_id"));
}

TEST(Client, ReadsAllPagesOfPools) {
    fake_server server{[](const fake_request& r) {
        const bool first = r.target == "/v1/pools";
        const std::string pool = R"({"pool":")" + std::string{first ? "a" : "b"} +
                                 R"(","version":1,"source":"api","limit":4,"active":2,"waiting":0,)"
                                 R"("unclaimed":0,"mode":"open","over_limit_by":0,"stats":{}})";
        return answer(200, "{\"pools\":[" + pool + "]" + (first ? R"(,"next":"a")" : "") + "}");
    }};
    blocking_client c{only(server)};

    const result<pools_page> first = c.call(calls::list_pools{});
    ASSERT_TRUE(first) << message(first.error());
    ASSERT_EQ(first->pools.size(), 1U);
    ASSERT_EQ(first->next, "a");
    const result<pools_page> second = c.call(calls::list_pools{first->next});

    ASSERT_TRUE(second) << message(second.error());
    ASSERT_EQ(second->pools.size(), 1U);
    EXPECT_EQ(second->pools[0].pool, "b");
    EXPECT_EQ(second->next, "");
    EXPECT_EQ(server.requests().back().target, "/v1/pools?after=a");
}

}  // namespace
}  // namespace admit::client
