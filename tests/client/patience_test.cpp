// One absolute deadline per call, whatever the server does.
#include "tests/client/support/ordinary.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using clock = std::chrono::steady_clock;

/// Makes a call with a patience of 1.5 s, and says how long it took.
std::chrono::milliseconds time_of_call(const fake_server& server, cause expected) {
    blocking_client c{only(server, 1500ms)};
    const auto begin = clock::now();
    const result<pools_page> got = c.call(calls::list_pools{});
    EXPECT_FALSE(got);
    if (!got) { EXPECT_EQ(got.error().why, expected) << message(got.error()); }
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
}

// The last attempt begins when less than the shortest one is left.
TEST(Patience, IsUsedToItsEndWhereEveryAnswerIs503) {
    fake_server server{
        [](const fake_request&) { return answer(503, problem_json(503, "overloaded")); }};

    const auto took = time_of_call(server, cause::refused);

    EXPECT_GE(took, 1'200ms);
    EXPECT_LT(took, 4s);
    EXPECT_GE(server.requests().size(), 4U);
    EXPECT_LE(server.requests().size(), 30U);
}

TEST(Patience, EndsACallToAServerThatHangs) {
    fake_server server{[](const fake_request&) { return silence(); }};

    const auto took = time_of_call(server, cause::lost);

    EXPECT_GE(took, 1'200ms);
    EXPECT_LT(took, 4s);
}

TEST(Patience, EndsACallToAServerThatTricklesBytes) {
    const std::string whole = http_answer(200, R"({"pools":[]})", "X: " + std::string(5'000, 'x'));
    fake_server server{[&](const fake_request&) {
        fake_reply reply{whole};
        reply.every = 20ms;
        return reply;
    }};

    const auto took = time_of_call(server, cause::lost);

    EXPECT_GE(took, 1'200ms);
    EXPECT_LT(took, 4s);
}

TEST(Patience, OfALongWaitIsNotTheWaits) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        if (r.target == "/v1/acquire") reply.delay = 800ms;
        return reply;
    }};
    blocking_client c{only(server, 200ms)};

    const result<lease> got = c.acquire(wanted(30s));

    EXPECT_TRUE(got) << message(got.error());
}

TEST(Patience, BoundsLeavingTheLine) {
    fake_server server{[](const fake_request&) { return silence(); }};
    blocking_client c{only(server, 300ms)};
    const auto begin = clock::now();

    const result<lease> got = c.acquire(wanted(100ms));

    // The answer may be late by 5 s; then leaving takes 0.3.
    EXPECT_FALSE(got);
    EXPECT_LT(clock::now() - begin, 8s);
    EXPECT_GE(server.requests().size(), 2U);
}

TEST(Patience, ForEverMayBeSaidWithTheLongestSpan) {
    fake_server server{&ordinary};
    blocking_client c{only(server, std::chrono::milliseconds::max())};

    EXPECT_TRUE(c.call(calls::list_pools{}));
}

}  // namespace
}  // namespace admit::client
