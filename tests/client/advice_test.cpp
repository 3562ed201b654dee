// What to do after a failure, and how long to stay away.
#include "client/policy/advice.hpp"

#include <gtest/gtest.h>

#include <set>

namespace admit::client {
namespace {

constexpr instant start{1'000'000s};

// The retry column of the contract: every code there is.
TEST(Advice, IsTheRetryColumn) {
    for (std::size_t i = 0; i < errc_count; ++i) {
        failure f{cause::refused, {}, {}};
        f.answer.code = static_cast<errc>(i);
        const int s = status(f.answer.code);
        const advice expected = s == 429                           ? advice::later
                                : s == 408 || s == 500 || s == 503 ? advice::repeat
                                                                   : advice::never;
        EXPECT_EQ(advise(f), expected) << name(f.answer.code);
    }
    EXPECT_EQ(advise({cause::unreachable, {}, {}}), advice::repeat);
    EXPECT_EQ(advise({cause::lost, {}, {}}), advice::repeat);
    EXPECT_EQ(advise({cause::garbled, {}, {}}), advice::repeat);
    EXPECT_EQ(advise({cause::given_up, {}, {}}), advice::never);
}

TEST(Backoff, DoublesWithinItsBoundsAndStartsAgain) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        backoff b{seed};
        span ceiling = backoff::first;
        for (int i = 0; i < 20; ++i) {
            const span delay = b.next();
            EXPECT_LE(delay, ceiling);
            EXPECT_GE(delay, ceiling / 2);
            ceiling = std::min(ceiling * 2, backoff::longest);
        }
        b.reset();
        EXPECT_LE(b.next(), backoff::first);
    }
}

TEST(Backoff, TwoClientsDoNotMoveInStep) {
    std::set<span> delays;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        delays.insert(backoff{seed}.next());

    EXPECT_GT(delays.size(), 90U);
}

TEST(Retry, EndsAtItsDeadline) {
    retry again{start + 10s, 1};
    const failure lost{cause::lost, {}, {}};
    instant now = start;
    int attempts = 0;
    while (const std::optional<instant> at = again.again_at(lost, now)) {
        EXPECT_GT(*at, now);
        EXPECT_LE(*at, start + 10s - retry::attempt_min);
        now = *at;
        ++attempts;
    }
    EXPECT_GE(attempts, 5);
    EXPECT_GE(now, start + 9s) << "the time is used to its end";
}

// It stops where half of what is left would leave less than an attempt takes.
TEST(Retry, GivesUpWithLessThanTwoShortestAttemptsLeftHoweverSlowTheServer) {
    constexpr span patience = 1500ms;
    const failure busy{cause::refused, {}, {}};
    ASSERT_EQ(status(busy.answer.code), 500);
    for (span slow{0}; slow <= 200ms; slow += 5ms) {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            retry again{start + patience, seed};
            instant answered = start + slow;
            int sent = 1;
            for (; const auto at = again.again_at(busy, answered); ++sent)
                answered = *at + slow;
            ASSERT_GE(sent, slow <= 50ms ? 4 : 2) << seed;
            ASSERT_LE(sent, 30) << seed;
            ASSERT_GT(answered, start + patience - 2 * retry::attempt_min) << seed;
        }
    }
}

TEST(Retry, HeedsTheHintAndDoesNotRepeatWhatWillNotChange) {
    retry again{start + 10s, 1};
    failure busy{cause::refused, {}, {}};
    busy.answer.code = errc::overloaded;
    busy.answer.retry_after_ms = 2'000;

    EXPECT_EQ(again.again_at(busy, start), start + 2s);
    busy.answer.retry_after_ms = 20'000;
    EXPECT_EQ(again.again_at(busy, start), std::nullopt);
    busy.answer.code = errc::unknown_lease;
    EXPECT_EQ(again.again_at(busy, start), std::nullopt);
}

}  // namespace
}  // namespace admit::client
