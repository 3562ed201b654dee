// One absolute deadline per call, whatever the server does.
#include "client/policy/advice.hpp"
#include "tests/client/support/ordinary.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds patience{1500};
/// Where less than two shortest attempts are left, a failure may stand.
constexpr span used_at_least = patience - 2 * retry::attempt_min;

/// Makes a call with that patience, expects that it fails with one of those causes, and says how
/// long it took.
std::chrono::milliseconds time_of_call(const fake_server& server, std::set<cause> expected) {
    blocking_client c{only(server, patience)};
    const auto begin = clock::now();
    const result<pools_page> got = c.call(calls::list_pools{});
    EXPECT_FALSE(got);
    if (!got) { EXPECT_TRUE(expected.contains(got.error().why)) << message(got.error()); }
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
}

// On a busy machine the deadline may cut off the last attempt.
TEST(Patience, IsUsedToItsEndWhereEveryAnswerIs503) {
    fake_server server{
        [](const fake_request&) { return answer(503, problem_json(503, "overloaded")); }};

    const auto took = time_of_call(server, {cause::refused, cause::lost});

    EXPECT_GE(took, used_at_least);
    EXPECT_LT(took, 4s);
    EXPECT_GE(server.requests().size(), 2U);
    EXPECT_LE(server.requests().size(), 30U);
}

TEST(Patience, EndsACallToAServerThatHangs) {
    fake_server server{[](const fake_request&) { return silence(); }};

    const auto took = time_of_call(server, {cause::lost});

    EXPECT_GE(took, used_at_least);
    EXPECT_LT(took, 4s);
}

TEST(Patience, EndsACallToAServerThatTricklesBytes) {
    const std::string whole = http_answer(200, R"({"pools":[]})", "X: " + std::string(5'000, 'x'));
    fake_server server{[&](const fake_request&) {
        fake_reply reply{whole};
        reply.every = 20ms;
        return reply;
    }};

    const auto took = time_of_call(server, {cause::lost});

    EXPECT_GE(took, used_at_least);
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
