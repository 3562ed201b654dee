// How a loop hands out answers, and what a full pass has seen.
#include "server/engine/loop.hpp"

#include "server/engine/limits.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace admit::engine {
namespace {

class recorder final : public caller {
public:
    void answered(core::call_id call, admit::answer&&) noexcept override {
        calls.push_back(call);
        if (also)
            also();
    }
    std::vector<core::call_id> calls;
    std::function<void()> also;
};

std::vector<loop::completion> batch(recorder& to, core::call_id first, std::size_t n) {
    std::vector<loop::completion> b;
    for (std::size_t i = 0; i < n; ++i)
        b.push_back({&to, first + i, done{}});
    return b;
}

TEST(LoopDelivers, InOrderAndWithOnePost) {
    loop l;
    recorder to;
    for (core::call_id first : {1U, 4U, 7U}) {
        auto b = batch(to, first, 3);
        l.deliver(b);
        EXPECT_TRUE(b.empty());
    }
    EXPECT_TRUE(to.calls.empty());
    EXPECT_EQ(l.context().poll(), 1U);
    EXPECT_EQ(to.calls, (std::vector<core::call_id>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(LoopDelivers, NothingWithoutAPost) {
    loop l;
    std::vector<loop::completion> none;
    l.deliver(none);
    EXPECT_EQ(l.context().poll(), 0U);
}

TEST(LoopDelivers, WhatAnAnswerLeadsToInALaterTurn) {
    loop l;
    recorder to;
    to.also = [&] {
        to.also = nullptr;
        auto b = batch(to, 10, 1);
        l.deliver(b);
        EXPECT_EQ(to.calls.size(), 1U);
    };
    auto b = batch(to, 1, 2);
    l.deliver(b);
    EXPECT_EQ(l.context().poll_one(), 1U);
    EXPECT_EQ(to.calls, (std::vector<core::call_id>{1, 2}));
    l.context().poll();
    EXPECT_EQ(to.calls, (std::vector<core::call_id>{1, 2, 10}));
}

TEST(LoopDelivers, ACrowdOverSeveralTurns) {
    loop l;
    recorder to;
    auto crowd = batch(to, 1, limits::answers_per_turn + 1);
    l.deliver(crowd);
    std::size_t seen_by_other = 0;
    boost::asio::post(l.context(), [&] {
        seen_by_other = to.calls.size();
        auto late = batch(to, 1'000, 1);
        l.deliver(late);
    });
    l.context().poll();
    EXPECT_EQ(seen_by_other, limits::answers_per_turn);
    ASSERT_EQ(to.calls.size(), limits::answers_per_turn + 2);
    EXPECT_EQ(to.calls.back(), 1'000U);
}

TEST(FullPass, ComesAfterEverythingThatWasQueued) {
    loop l;
    int handled = 0;
    // Each queues another one, as reads of one request do.
    constexpr std::int64_t follow = limits::turns_per_read * limits::reads_per_request;
    std::function<void(std::int64_t)> chain = [&](std::int64_t more) {
        ++handled;
        if (more > 0)
            boost::asio::post(l.context(), [&, more] { chain(more - 1); });
    };
    for (int i = 0; i < 10; ++i)
        boost::asio::post(l.context(), [&] { chain(follow); });
    int at_end = -1;
    l.full_pass([&] { at_end = handled; });
    l.context().poll();
    EXPECT_EQ(at_end, 10 * (1 + follow));
}

/// Far more descriptors than the reactor reports in one turn, each with something to read.
TEST(FullPass, HasSeenEverySocketThatHadData) {
    constexpr std::size_t many = 2'000;
    rlimit files{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = std::max<rlim_t>(files.rlim_cur, many + 100);
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        GTEST_SKIP() << "this process may not open " << many << " files";

    loop l;
    std::size_t seen = 0;
    std::vector<boost::asio::posix::stream_descriptor> sockets;
    for (std::size_t i = 0; i < many; ++i) {
        sockets.emplace_back(l.context(), eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        sockets.back().async_wait(boost::asio::posix::descriptor_base::wait_read,
                                  [&](const boost::system::error_code& error) {
                                      EXPECT_FALSE(error);
                                      ++seen;
                                  });
        ++l.sockets;
    }
    l.context().poll();
    ASSERT_EQ(seen, 0U);

    for (auto& s : sockets)
        ASSERT_EQ(eventfd_write(s.native_handle(), 1), 0);
    std::size_t seen_at_end = 0;
    l.full_pass([&] { seen_at_end = seen; });
    while (seen < many || seen_at_end == 0)
        ASSERT_GT(l.context().poll_one(), 0U);
    EXPECT_EQ(seen_at_end, many);
}

TEST(Beat, ShowsTurnAndLag) {
    using namespace std::chrono_literals;
    loop l;
    l.beat(105ms, 100ms);
    EXPECT_EQ(l.last_turn_ns, std::chrono::nanoseconds(105ms).count());
    EXPECT_EQ(l.lag_ns, std::chrono::nanoseconds(5ms).count());
    l.beat(200ms, 205ms);
    EXPECT_EQ(l.lag_ns, 0);
}

}  // namespace
}  // namespace admit::engine
