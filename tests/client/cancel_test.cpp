// Cancellation slots: in line, before the first byte, twice, during the back-off.
#include "tests/client/support/loop.hpp"
#include "tests/client/support/many_leases.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace admit::client {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace testing;
using clock = std::chrono::steady_clock;

/// A handler that keeps its result, with a slot.
template <class T>
auto keep(std::optional<result<T>>& got, asio::cancellation_signal& signal) {
    return asio::bind_cancellation_slot(signal.slot(), [&got](result<T> r) { got = std::move(r); });
}

fake_reply full(const fake_request& r) {
    return r.target == "/v1/acquire" ? silence() : ordinary(r);
}

struct cancelling : ::testing::Test {
    template <class T>
    void expect_given_up(std::optional<result<T>>& got) {
        ASSERT_TRUE(l.run_until([&] { return got.has_value(); }, 3s));
        ASSERT_FALSE(*got);
        EXPECT_EQ(got->error().why, cause::given_up) << message(got->error());
    }

    loop l;
    asio::cancellation_signal signal;
};

TEST_F(cancelling, InLineLeavesTheLine) {
    fake_server server{&full};
    client c{l.executor(), only(server)};
    std::optional<result<lease>> got;
    c.async_acquire(wanted(60s), keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/acquire") == 1; }));
    ASSERT_FALSE(got);

    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
    const fake_request cancel = server.wait_for("/v1/cancel");
    EXPECT_EQ(member(cancel.body, "request_id"),
              member(server.requests().front().body, "request_id"));
}

TEST_F(cancelling, AnyTypeWill) {
    fake_server server{&full};
    client c{l.executor(), only(server)};
    for (const auto type : {asio::cancellation_type::partial, asio::cancellation_type::total}) {
        std::optional<result<lease>> got;
        c.async_acquire(wanted(60s), keep(got, signal));
        l.run_for(20ms);
        signal.emit(type);
        expect_given_up(got);
    }
}

TEST_F(cancelling, BeforeTheFirstByteSendsNothing) {
    fake_server server{&full};
    client c{l.executor(), only(server)};
    std::optional<result<lease>> got;
    c.async_acquire(wanted(60s), keep(got, signal));
    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
    EXPECT_EQ(count(server, "/v1/acquire"), 0);
    EXPECT_EQ(count(server, "/v1/cancel"), 0) << "there was nothing to leave";
}

TEST_F(cancelling, TwiceDoesNotWaitForTheCancel) {
    fake_server server{[](const fake_request&) { return silence(); }};
    client c{l.executor(), only(server, 60s)};
    std::optional<result<lease>> got;
    c.async_acquire(wanted(60s), keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/acquire") == 1; }));
    signal.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/cancel") == 1; }));
    ASSERT_FALSE(got);
    const auto begin = clock::now();

    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
    EXPECT_LT(clock::now() - begin, 1'500ms);
}

TEST_F(cancelling, AfterTheEndIsNothing) {
    fake_server server{&ordinary};
    client c{l.executor(), only(server)};
    std::optional<result<lease>> got;
    c.async_acquire(wanted(), keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return got.has_value(); }));
    signal.emit(asio::cancellation_type::terminal);
    l.run_for(50ms);

    EXPECT_TRUE(*got);
    EXPECT_FALSE((*got)->is_lost());
    EXPECT_EQ(count(server, "/v1/cancel"), 0);
}

TEST_F(cancelling, ACallThatWaitsForItsAnswer) {
    fake_server server{[](const fake_request&) { return silence(); }};
    client c{l.executor(), only(server, 60s)};
    std::optional<result<pools_page>> got;
    c.async_call(calls::list_pools{}, keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/pools") == 1; }));
    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
    EXPECT_EQ(count(server, "/v1/pools"), 1);
}

TEST_F(cancelling, ACallInItsBackOff) {
    fake_server server{[](const fake_request&) {
        return fake_reply{http_answer(503, problem_json(503, "overloaded"), "Retry-After: 30\r\n")};
    }};
    client c{l.executor(), only(server, 60s)};
    std::optional<result<pools_page>> got;
    c.async_call(calls::list_pools{}, keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/pools") == 1; }));
    l.run_for(50ms);
    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
}

// The back-off has grown by then: it must not begin once more.
TEST_F(cancelling, ACallThatWasSentSeveralTimes) {
    fake_server server{[](const fake_request& r) {
        return r.number < 6 ? answer(503, problem_json(503, "overloaded")) : silence();
    }};
    client c{l.executor(), only(server, 60s)};
    std::optional<result<pools_page>> got;
    c.async_call(calls::list_pools{}, keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/pools") == 6; }));
    const auto begin = clock::now();
    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
    EXPECT_LT(clock::now() - begin, 1'500ms);
}

TEST_F(cancelling, AReleaseEndsIt) {
    fake_server server{
        [](const fake_request& r) { return r.target == "/v1/release" ? silence() : ordinary(r); }};
    client c{l.executor(), only(server, 60s)};
    std::optional<result<lease>> held;
    c.async_acquire(wanted(), [&](result<lease> r) { held = std::move(r); });
    ASSERT_TRUE(l.run_until([&] { return held.has_value(); }));
    std::optional<result<released_lease>> got;
    (*held)->async_release(outcome::ok, keep(got, signal));
    ASSERT_TRUE(l.run_until([&] { return count(server, "/v1/release") == 1; }));
    signal.emit(asio::cancellation_type::terminal);

    expect_given_up(got);
}

// The handler was destroyed with its context, the signal lives on.
TEST(Cancelling, AfterTheContextIsGoneIsNothing) {
    fake_server server{&full};
    asio::cancellation_signal signal;
    std::optional<result<lease>> got;
    {
        loop l;
        client c{l.executor(), only(server)};
        c.async_acquire(wanted(60s), keep(got, signal));
        l.run_for(50ms);
    }
    signal.emit(asio::cancellation_type::terminal);

    EXPECT_FALSE(got);
}

}  // namespace
}  // namespace admit::client
