// Every kind of completion token, and where and when handlers run.
#include "tests/client/support/loop.hpp"
#include "tests/client/support/ordinary.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>

namespace admit::client {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace testing;

// Each style turns an initiation, which takes a token, into a result.

struct by_callback {
    template <class T, class Initiate>
    static result<T> get(loop& l, Initiate initiate) {
        std::optional<result<T>> got;
        initiate([&got](result<T> r) { got = std::move(r); });
        EXPECT_TRUE(l.run_until([&] { return got.has_value(); }));
        return std::move(got).value_or(result<T>{});
    }
};

struct by_future {
    template <class T, class Initiate>
    static result<T> get(loop& l, Initiate initiate) {
        std::future<result<T>> got = initiate(asio::use_future);
        EXPECT_TRUE(l.run_until([&] { return got.wait_for(0s) == std::future_status::ready; }));
        return got.get();
    }
};

template <class T, class Initiate>
asio::awaitable<void> await(Initiate initiate, std::optional<result<T>>& got) {
    got = co_await initiate(asio::use_awaitable);
}

struct by_coroutine {
    template <class T, class Initiate>
    static result<T> get(loop& l, Initiate initiate) {
        std::optional<result<T>> got;
        asio::co_spawn(l.io, await<T>(std::move(initiate), got), asio::detached);
        EXPECT_TRUE(l.run_until([&] { return got.has_value(); }));
        return std::move(got).value_or(result<T>{});
    }
};

struct by_deferred {
    template <class T, class Initiate>
    static result<T> get(loop& l, Initiate initiate) {
        auto later = initiate(asio::deferred);
        std::optional<result<T>> got;
        std::move(later)([&got](result<T> r) { got = std::move(r); });
        EXPECT_TRUE(l.run_until([&] { return got.has_value(); }));
        return std::move(got).value_or(result<T>{});
    }
};

template <class Style>
class Tokens : public ::testing::Test {};
using styles = ::testing::Types<by_callback, by_future, by_coroutine, by_deferred>;
TYPED_TEST_SUITE(Tokens, styles);

TYPED_TEST(Tokens, AcquireCallAndRelease) {
    fake_server server{&ordinary};
    loop l;
    client c{l.executor(), only(server)};

    const auto acquire = [c](auto&& token) mutable {
        return c.async_acquire(wanted(), std::forward<decltype(token)>(token));
    };
    result<lease> held = TypeParam::template get<lease>(l, acquire);
    ASSERT_TRUE(held) << message(held.error());
    EXPECT_EQ(held->grant().token, 17U);

    const auto ask = [c](auto&& token) mutable {
        return c.async_call(calls::renew{"17.secret"}, std::forward<decltype(token)>(token));
    };
    const result<renewed_lease> renewed = TypeParam::template get<renewed_lease>(l, ask);
    ASSERT_TRUE(renewed) << message(renewed.error());

    lease& mine = *held;
    const auto give_back = [&mine](auto&& token) {
        return mine.async_release(outcome::ok, std::forward<decltype(token)>(token));
    };
    const result<released_lease> released = TypeParam::template get<released_lease>(l, give_back);
    ASSERT_TRUE(released) << message(released.error());
    EXPECT_EQ(released->token, 17U);
    EXPECT_EQ(released->held_ms, 5);
    EXPECT_FALSE(mine);
}

TEST(Handlers, RunOnTheirOwnExecutor) {
    fake_server server{&ordinary};
    loop l;
    asio::thread_pool other{1};
    client c{l.executor(), only(server)};
    std::atomic<bool> called{false};
    std::thread::id where;

    c.async_call(calls::list_pools{},
                 asio::bind_executor(other.get_executor(), [&](result<pools_page> got) {
                     EXPECT_TRUE(got);
                     where = std::this_thread::get_id();
                     called = true;
                 }));
    ASSERT_TRUE(l.run_until([&] { return called.load(); }));

    EXPECT_NE(where, std::this_thread::get_id());
    other.join();
}

TEST(Handlers, KeepTheirExecutorAtWorkUntilTheyAreCalled) {
    fake_server server{&ordinary};
    loop l;
    asio::io_context theirs;
    client c{l.executor(), only(server)};
    bool called = false;
    c.async_call(calls::list_pools{},
                 asio::bind_executor(theirs.get_executor(), [&](auto) { called = true; }));
    std::thread runs{[&] { theirs.run(); }};
    l.run_until([&] { return theirs.stopped(); });
    runs.join();

    EXPECT_TRUE(called);
}

// Neither where the outcome is known at once, nor on the executor's own thread.
TEST(Handlers, NeverRunWithinTheInitiatingFunction) {
    loop l;
    client c{l.executor(), {.servers = {{"127.0.0.1", 1}}, .patience = 0ms}};
    int called = 0;
    bool within = false;
    bool inside = false;
    const auto handler = [&](const auto& got) {
        EXPECT_FALSE(got);
        within = within || inside;
        ++called;
    };
    asio::post(l.io, [&] {
        inside = true;
        acquire_options o = wanted();
        o.reach = 0ms;
        c.async_call(calls::list_pools{}, handler);
        c.async_acquire(o, handler);
        inside = false;
    });
    ASSERT_TRUE(l.run_until([&] { return called == 2; }));

    EXPECT_FALSE(within);
}

TEST(Client, WorksOnAStrandOfSeveralThreads) {
    fake_server server{&ordinary};
    asio::thread_pool pool{4};
    client c{asio::make_strand(pool), only(server)};
    std::atomic<int> done{0};
    asio::post(c.get_executor(), [&] {
        for (int i = 0; i < 20; ++i)
            c.async_acquire(wanted(), [&](result<lease> got) {
                EXPECT_TRUE(got);
                ++done;
            });
    });
    pool.join();

    EXPECT_EQ(done, 20);
    EXPECT_EQ(server.wait_for("/v1/release", 20).target, "/v1/release");
}

TEST(Client, CopiesShareConnections) {
    fake_server server{&ordinary};
    loop l;
    client first{l.executor(), only(server)};
    client second{first};
    EXPECT_TRUE(by_future::get<pools_page>(
        l, [&](auto token) { return first.async_call(calls::list_pools{}, token); }));
    first = client{l.executor()};
    EXPECT_TRUE(by_future::get<pools_page>(
        l, [&](auto token) { return second.async_call(calls::list_pools{}, token); }));

    EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace admit::client
