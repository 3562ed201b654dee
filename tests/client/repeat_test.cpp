// Calls that are sent again: what was done already counts as done, and a lost answer is not taken
// for a server that never saw the call.
#include "tests/client/support/many_leases.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <thread>
#include <vector>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

/// Answers the n-th request with the n-th reply, all later ones with the last.
std::function<fake_reply(const fake_request&)> in_turn(std::vector<fake_reply> replies) {
    return [replies](const fake_request& r) {
        const auto n = std::min(static_cast<std::size_t>(r.number), replies.size());
        return replies[n - 1];
    };
}

fake_reply cut() {
    fake_reply reply = answer(200, "{}");
    reply.cut_at = 0;
    return reply;
}

fake_reply not_there(const char* code) { return answer(404, problem_json(404, code)); }

TEST(Repeat, WhatIsGoneAfterALostAnswerIsDone) {
    fake_server pools{in_turn({cut(), not_there("unknown_pool")})};
    blocking_client first{only(pools)};
    EXPECT_TRUE(first.call(calls::delete_pool{"p"}));
    EXPECT_EQ(pools.requests().size(), 2U);

    fake_server leases{in_turn({cut(), not_there("unknown_lease")})};
    blocking_client second{only(leases)};
    EXPECT_TRUE(second.call(calls::evict_lease{"p", 17}));

    fake_server waiters{in_turn({cut(), not_there("unknown_waiter")})};
    blocking_client third{only(waiters)};
    EXPECT_TRUE(third.call(calls::cancel_waiter{"p", 4}));
}

TEST(Repeat, WhatIsNotThereAtTheFirstTryIsAFailure) {
    fake_server server{in_turn({not_there("unknown_pool")})};
    blocking_client c{only(server)};

    const result<done> got = c.call(calls::delete_pool{"p"});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().answer.code, errc::unknown_pool);
}

TEST(Repeat, AnotherRefusalAfterALostAnswerStands) {
    fake_server server{in_turn({cut(), answer(409, problem_json(409, "pool_in_use"))})};
    blocking_client c{only(server)};

    const result<done> got = c.call(calls::delete_pool{"p"});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().answer.code, errc::pool_in_use);
}

TEST(Repeat, ServersThatDidNotGetToItHaveDoneNothing) {
    fake_server server{
        in_turn({answer(503, problem_json(503, "overloaded")), not_there("unknown_pool")})};
    blocking_client c{only(server)};

    EXPECT_FALSE(c.call(calls::delete_pool{"p"}));
}

TEST(Repeat, ServersThatDoNotKnowMayHaveDoneIt) {
    for (const int status : {500, 503}) {
        const char* code = status == 500 ? "internal" : "outcome_unknown";
        fake_server server{
            in_turn({answer(status, problem_json(status, code)), not_there("unknown_pool")})};
        blocking_client c{only(server)};
        EXPECT_TRUE(c.call(calls::delete_pool{"p"})) << code;
    }
}

// A kept connection that ends without a byte is replaced at once. The request was sent on it all
// the same.
TEST(Repeat, ARequestOnAConnectionThatEndsMayHaveBeenDone) {
    fake_server server{in_turn({answer(200, R"({"pools":[]})"), cut(), not_there("unknown_pool")})};
    blocking_client c{only(server)};
    ASSERT_TRUE(c.call(calls::list_pools{}));

    EXPECT_TRUE(c.call(calls::delete_pool{"p"}));
    EXPECT_EQ(server.requests().size(), 3U);
}

// The server takes the request and dies: it must not be said that it never saw it.
TEST(Repeat, AConnectionThatDiesWithItsServerIsLostAndNotUnreachable) {
    std::optional<fake_server> server;
    std::function<fake_reply(const fake_request&)> script = [](const fake_request& r) {
        return r.target == "/v1/version" ? silence() : ordinary(r);
    };
    server.emplace(script);
    blocking_client c{only(*server, 3s)};
    ASSERT_TRUE(c.call(calls::list_pools{}));
    result<server_version> got;
    std::thread caller{[&] { got = c.call(calls::get_version{}); }};
    server->wait_for("/v1/version");
    const std::uint16_t port = server->port();
    server.reset();
    const fake_server again{[](const fake_request&) { return cut(); }, port};
    caller.join();

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::lost) << message(got.error());
}

// The same for an acquire: the lease that the dead server may have granted is given back.
TEST(Repeat, ALostAnswerOfASingleTryIsCancelledWhenTheServerIsBack) {
    const auto script = [](const fake_request& r) {
        return r.target == "/v1/acquire" ? silence() : ordinary(r);
    };
    std::optional<fake_server> server{std::in_place, script};
    blocking_client c{only(*server, 3s)};
    ASSERT_TRUE(c.call(calls::list_pools{}));
    acquire_options o = wanted();
    o.reach = 0ms;
    result<lease> got;
    std::thread caller{[&] { got = c.acquire(o); }};
    server->wait_for("/v1/acquire");
    const std::uint16_t port = server->port();
    server.reset();
    fake_server again{&ordinary, port};
    caller.join();

    // It is cancelled, unless the replacement of the connection found the new server at once.
    if (!got) {
        EXPECT_EQ(got.error().why, cause::lost);
        EXPECT_EQ(again.wait_for("/v1/cancel").method, "POST");
    }
}

// A connection may stand in line for long before it ends: the next one has its own time.
TEST(Repeat, AWaitThatBreaksAfterSecondsIsConnectedAnew) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        if (r.number == 2) {
            reply.delay = 6s;
            reply.cut_at = 0;
        }
        return reply;
    }};
    blocking_client c{only(server)};
    ASSERT_TRUE(c.call(calls::list_pools{}));
    const auto begin = std::chrono::steady_clock::now();

    const result<lease> got = c.acquire(wanted(30s));

    ASSERT_TRUE(got) << message(got.error());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 6s + 2s);
    EXPECT_EQ(server.requests().size(), 3U) << "the replacement needs no back-off";
    EXPECT_EQ(server.connections(), 2);
}

struct refusal_case {
    int status;
    const char* code;
    errc expected;
};

TEST(Errors, ARefusalHasItsCode) {
    const refusal_case cases[] = {
        {400, "bad_request", errc::bad_request},
        {404, "unknown_lease", errc::unknown_lease},
        {409, "request_ended", errc::request_ended},
        {410, "lease_evicted", errc::lease_evicted},
        {422, "slots_exceed_limit", errc::slots_exceed_limit},
        {429, "pool_full", errc::pool_full},
    };
    for (const refusal_case& each : cases) {
        fake_server server{[&](const fake_request&) {
            return answer(each.status, problem_json(each.status, each.code));
        }};
        blocking_client c{only(server, 300ms)};
        const result<renewed_lease> got = c.call(calls::renew{"17.secret"});
        ASSERT_FALSE(got) << each.code;
        EXPECT_EQ(got.error().why, cause::refused) << each.code;
        EXPECT_EQ(got.error().answer.code, each.expected);
        EXPECT_NE(message(got.error()).find(each.code), std::string::npos);
        EXPECT_EQ(server.requests().size(), 1U) << each.code << " is not repeated";
    }
}

}  // namespace
}  // namespace admit::client
