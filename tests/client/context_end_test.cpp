// The io_context ends at every moment of a call or a lease: no handler is called, nothing leaks,
// nothing is touched that is gone. The address sanitizer is the judge.
#include "tests/client/support/loop.hpp"
#include "tests/client/support/many_leases.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>

namespace admit::client {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace testing;

TEST(ContextEnd, BeforeItRan) {
    bool called = false;
    {
        asio::io_context io;
        client c{io.get_executor()};
        c.async_acquire(wanted(), [&](result<lease>) { called = true; });
        c.async_call(calls::list_pools{}, [&](result<pools_page>) { called = true; });
    }
    EXPECT_FALSE(called);
}

TEST(ContextEnd, WhileConnectedAndWaiting) {
    fake_server server{[](const fake_request&) { return silence(); }};
    const auto watched = std::make_shared<int>();
    {
        loop l;
        client c{l.executor(), only(server)};
        c.async_acquire(wanted(60s), [watched](result<lease>) { ADD_FAILURE(); });
        c.async_call(calls::list_pools{}, [watched](result<pools_page>) { ADD_FAILURE(); });
        ASSERT_TRUE(l.run_until([&] { return server.requests().size() == 2; }));
    }
    EXPECT_EQ(watched.use_count(), 1) << "handlers are destroyed with their context";
}

TEST(ContextEnd, DuringTheBackOff) {
    fake_server server{
        [](const fake_request&) { return answer(503, problem_json(503, "overloaded")); }};
    loop l;
    client c{l.executor(), only(server)};
    c.async_call(calls::list_pools{}, [](result<pools_page>) {});
    c.async_acquire(wanted(60s), [](result<lease>) {});
    l.run_until([&] { return server.requests().size() >= 4; });
}

TEST(ContextEnd, DuringTheLookUpOfAName) {
    loop l;
    client c{l.executor(), {.servers = {{"no-such-host.invalid", 8080}}}};
    c.async_call(calls::list_pools{}, [](result<pools_page>) {});
    l.run_for(1ms);
}

// In every turn of the loop once: between all the handlers of an acquire, renewals and a release.
TEST(ContextEnd, AfterAnyNumberOfHandlers) {
    many_leases all{30'000, 1};
    fake_server server{std::ref(all)};
    for (int handlers = 0; handlers < 60; ++handlers) {
        loop l;
        client c{l.executor(), only(server)};
        for (int i = 0; i < 2; ++i)
            c.async_acquire(wanted(), [&l](result<lease> got) {
                if (got)
                    asio::post(l.io, [held = std::make_shared<result<lease>>(std::move(got))] {});
            });
        for (int i = 0; i < handlers; ++i)
            l.io.run_one_for(20ms);
    }
}

TEST(ContextEnd, WithALeaseInItsHandler) {
    fake_server server{&ordinary};
    loop l;
    client c{l.executor(), only(server)};
    // Their context never runs: the lease waits in it, and is given back when that ends.
    {
        std::optional<asio::io_context> idle{std::in_place};
        c.async_acquire(wanted(), asio::bind_executor(idle->get_executor(),
                                                      [](result<lease>) { ADD_FAILURE(); }));
        ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/acquire") == 1; }));
        l.run_for(50ms);
        EXPECT_EQ(count(server, "/v1/release"), 0);
        idle.reset();
    }
    EXPECT_TRUE(l.run_until([&] { return count(server, "/v1/release") == 1; }));
}

TEST(ContextEnd, WithAHeldLease) {
    many_leases all{30'000, 10};
    fake_server server{std::ref(all)};
    loop l;
    lease held;
    client c{l.executor(), only(server)};
    c.async_acquire(wanted(), [&](result<lease> got) { held = std::move(*got); });
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 2; }));
    held.on_lost([](const loss&) {});
}

asio::awaitable<void> hold_one(client c, bool& held) {
    const result<lease> got = co_await c.async_acquire(wanted(), asio::use_awaitable);
    held = static_cast<bool>(got);
    asio::steady_timer forever{co_await asio::this_coro::executor, std::chrono::hours{1}};
    co_await forever.async_wait(asio::use_awaitable);
}

TEST(ContextEnd, WithALeaseInASuspendedCoroutine) {
    many_leases all{30'000, 10};
    fake_server server{std::ref(all)};
    bool held = false;
    loop l;
    asio::co_spawn(l.io, hold_one(client{l.executor(), only(server)}, held), asio::detached);
    ASSERT_TRUE(l.run_until([&] { return held && count(server, "/v1/renew") >= 1; }));
}

TEST(ContextEnd, OfAFutureIsABrokenPromise) {
    std::future<result<pools_page>> got;
    {
        asio::io_context io;
        client c{io.get_executor()};
        got = c.async_call(calls::list_pools{}, asio::use_future);
    }
    EXPECT_THROW((void)got.get(), std::future_error);
}

// The client is gone at once; its call, its lease and the renewals go on.
TEST(ClientEnd, LeavesCallsAndLeasesAlone) {
    many_leases all{30'000, 50};
    fake_server server{std::ref(all)};
    loop l;
    std::optional<lease> held;
    client{l.executor(), only(server)}.async_acquire(wanted(), [&](result<lease> got) {
        ASSERT_TRUE(got);
        held = std::move(*got);
    });
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/renew") >= 2; }));
    held.reset();

    EXPECT_TRUE(l.run_until([&] { return count(server, "/v1/release") == 1; }));
    // Nothing keeps the context at work any more.
    l.work.reset();
    l.io.run_for(2s);
    EXPECT_TRUE(l.io.stopped());
}

}  // namespace
}  // namespace admit::client
