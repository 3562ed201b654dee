// The engine as an asynchronous operation, with every kind of completion token.
#if defined(__GNUC__) && !defined(__clang__)
// False alarms of g++ 12 about Asio's own code: it inlines one half of the allocation of coroutine
// frames and then misses the other, and with sanitizers it doubts a switch of `use_future`.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "tests/engine/rig.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace admit::engine {
namespace {

using namespace test;
namespace asio = boost::asio;

class AsyncAcquire : public testing::Test {
protected:
    AsyncAcquire() { r_.log.at_once = true; }

    loop& home() { return *r_.loops[0]; }
    void hold() { holder_ = r_.heard.get<acquired>(r_.call(acquire("holder"))).token; }
    void let_go() { r_.submit(release(holder_)); }

    rig r_{{.loops = 2}};
    admit::token holder_ = 0;
};

TEST_F(AsyncAcquire, CallsBackWhenTheWorkerIsAdmitted) {
    hold();
    std::string admitted;
    r_.server->async_acquire(acquire("a", 60'000), home(), [&](admit::answer a) {
        admitted = std::get<acquired>(a).worker;
    });
    r_.turn();
    EXPECT_EQ(admitted, "");
    let_go();
    EXPECT_EQ(admitted, "") << "not from within another call";
    r_.turn();
    EXPECT_EQ(admitted, "a");
}

TEST_F(AsyncAcquire, NeverCallsBackFromWithinTheCall) {
    bool called = false;
    bool inside = false;
    asio::post(home().context(), [&] {
        // On its own loop, and durable at once.
        r_.server->async_acquire(acquire("a"), home(), [&](admit::answer a) {
            called = std::holds_alternative<acquired>(a);
        });
        inside = called;
    });
    r_.turn();
    EXPECT_FALSE(inside);
    EXPECT_TRUE(called);
}

TEST_F(AsyncAcquire, TakesAHandlerThatOnlyMoves) {
    auto owned = std::make_unique<int>(7);
    int got = 0;
    r_.server->async_acquire(acquire("a"), home(),
                             [&got, owned = std::move(owned)](admit::answer) { got = *owned; });
    r_.turn();
    EXPECT_EQ(got, 7);
}

TEST_F(AsyncAcquire, CompletesByTheHandlersExecutor) {
    hold();
    bool there = false;
    auto& other = r_.loops[1]->context();
    r_.server->async_acquire(acquire("a", 60'000), home(),
                             asio::bind_executor(other.get_executor(), [&](admit::answer) {
                                 there = other.get_executor().running_in_this_thread();
                             }));
    r_.turn();
    let_go();
    r_.turn();
    EXPECT_TRUE(there);
}

TEST_F(AsyncAcquire, KeepsItsLoopsAtWork) {
    hold();
    loop idle;
    r_.server->async_acquire(acquire("a", 60'000), idle, [](admit::answer) {});
    EXPECT_GT(idle.context().poll(), 0U);
    EXPECT_FALSE(idle.context().stopped());
    let_go();
    EXPECT_GT(idle.context().poll(), 0U);
    EXPECT_TRUE(idle.context().stopped()) << "nothing more to do";
}

TEST_F(AsyncAcquire, AHandlerMayThrowOutOfTheLoop) {
    r_.server->async_acquire(acquire("a"), home(),
                             [](admit::answer) { throw std::runtime_error("mine"); });
    EXPECT_THROW(r_.turn(), std::runtime_error);
    r_.turn();
}

/// Counts what is allocated and not given back.
template <class T>
struct counting_allocator {
    using value_type = T;
    int* live;

    explicit counting_allocator(int* l) : live(l) {}
    template <class U>
    counting_allocator(const counting_allocator<U>& o) : live(o.live) {}
    T* allocate(std::size_t n) {
        ++*live;
        return std::allocator<T>{}.allocate(n);
    }
    void deallocate(T* p, std::size_t n) {
        --*live;
        std::allocator<T>{}.deallocate(p, n);
    }
    template <class U>
    bool operator==(const counting_allocator<U>& o) const {
        return live == o.live;
    }
};

TEST_F(AsyncAcquire, UsesTheHandlersAllocatorAndGivesItAllBackBeforeTheHandler) {
    hold();
    int live = 0;
    int live_in_handler = -1;
    r_.server->async_acquire(acquire("a", 60'000), home(),
                             asio::bind_allocator(counting_allocator<char>(&live),
                                                  [&](admit::answer) { live_in_handler = live; }));
    r_.turn();
    EXPECT_GT(live, 0);
    let_go();
    r_.turn();
    EXPECT_EQ(live_in_handler, 0);
}

TEST_F(AsyncAcquire, AFutureFromAnotherThread) {
    auto answer = r_.server->async_acquire(acquire("a"), home(), asio::use_future);
    std::thread io([this] { r_.turn(); });
    io.join();
    EXPECT_EQ(std::get<acquired>(answer.get()).worker, "a");
}

TEST_F(AsyncAcquire, ADeferredOperationBeginsWhenItIsStarted) {
    auto op = r_.server->async_acquire(acquire("a"), home(), asio::deferred);
    r_.turn();
    EXPECT_EQ(r_.held(), 0);
    bool called = false;
    std::move(op)([&](admit::answer) { called = true; });
    r_.turn();
    EXPECT_TRUE(called);
    EXPECT_EQ(r_.held(), 1);
}

/// A worker's life as a coroutine.
asio::awaitable<void> work(engine& e, loop& home, std::string name, std::string& story) {
    core::acquire wanted = acquire(name, 60'000);
    admit::answer got = co_await e.async_acquire(std::move(wanted), home, asio::use_awaitable);
    const admit::token token = std::get<acquired>(got).token;
    story += "+" + name;
    core::command done = release(token);
    co_await e.async_submit(std::move(done), home, asio::use_awaitable);
    story += "-" + name;
}

TEST_F(AsyncAcquire, ACoroutineWaitsForItsTurn) {
    hold();
    std::string story;
    for (const char* name : {"a", "b", "c"})
        asio::co_spawn(home().context(), work(*r_.server, home(), name, story),
                       [](std::exception_ptr error) { EXPECT_FALSE(error); });
    r_.turn();
    EXPECT_EQ(story, "");
    let_go();
    r_.turn();
    // A hand-over and the answer to the release that made it leave in either order.
    EXPECT_EQ(story.size(), 12U);
    EXPECT_LT(story.find("+a"), story.find("+b"));
    EXPECT_LT(story.find("+b"), story.find("+c"));
    EXPECT_EQ(r_.held(), 0);
}

class CancelledAcquire : public AsyncAcquire {
protected:
    /// Begins an acquire that can be cancelled.
    void begin() {
        r_.server->async_acquire(
            acquire("a", 60'000), home(),
            asio::bind_cancellation_slot(signal_.slot(), [this](admit::answer a) { got_ = a; }));
    }

    asio::cancellation_signal signal_;
    std::optional<admit::answer> got_;
};

class OfAnyType : public CancelledAcquire,
                  public testing::WithParamInterface<asio::cancellation_type> {};

TEST_P(OfAnyType, LeavesTheLine) {
    hold();
    begin();
    r_.turn();
    EXPECT_EQ(r_.server->count().waiters, 1U);
    signal_.emit(GetParam());
    r_.turn();
    ASSERT_TRUE(got_);
    EXPECT_TRUE(std::holds_alternative<nobody>(*got_));
    EXPECT_EQ(r_.server->count().waiters, 0U);
    signal_.emit(GetParam());
    r_.turn();
}

INSTANTIATE_TEST_SUITE_P(Cancellation, OfAnyType,
                         testing::Values(asio::cancellation_type::terminal,
                                         asio::cancellation_type::partial,
                                         asio::cancellation_type::total,
                                         asio::cancellation_type::all));

TEST_F(CancelledAcquire, OnItsWayToItsLoopNeverWaits) {
    hold();
    begin();
    signal_.emit(asio::cancellation_type::terminal);
    r_.turn();
    ASSERT_TRUE(got_);
    EXPECT_TRUE(std::holds_alternative<nobody>(*got_));
    EXPECT_EQ(r_.server->count().waiters, 0U);
}

TEST_F(CancelledAcquire, TooLateGetsTheGrant) {
    r_.log.at_once = false;
    begin();
    r_.turn();
    signal_.emit(asio::cancellation_type::terminal);
    r_.turn();
    EXPECT_FALSE(got_) << "decided, and not durable yet";
    r_.log.complete();
    r_.turn();
    ASSERT_TRUE(got_);
    EXPECT_TRUE(std::holds_alternative<acquired>(*got_));
    // The slot still has its handler, which has nothing left to do.
    signal_.emit(asio::cancellation_type::terminal);
    r_.log.let_go();
    r_.turn();
    EXPECT_EQ(r_.held(), 1);
}

TEST_F(CancelledAcquire, ByNothingIsNothing) {
    hold();
    begin();
    r_.turn();
    signal_.emit(asio::cancellation_type::none);
    r_.turn();
    EXPECT_FALSE(got_);
    let_go();
    r_.turn();
    EXPECT_TRUE(got_);
}

TEST(AsyncSubmit, WithALoopThatNeverRunsIsDestroyedWithIt) {
    rig r;
    auto held = std::make_shared<int>(0);
    {
        loop never;
        r.server->async_acquire(acquire("a"), never, [held](admit::answer) {});
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace admit::engine
