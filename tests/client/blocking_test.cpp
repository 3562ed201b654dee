// The blocking client: threads, its end, and leases that outlive it.
#include "client/blocking_client.hpp"

#include "client/async/boot_timer.hpp"
#include "tests/client/support/many_leases.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <vector>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using clock = std::chrono::steady_clock;

TEST(Blocking, ServesSeveralThreads) {
    many_leases all{30'000, 50};
    fake_server server{std::ref(all)};
    blocking_client c{only(server)};
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                result<lease> held = c.acquire(wanted());
                if (!held || held->is_lost() || held->deadline() < boot_now()) continue;
                const bool asked = static_cast<bool>(c.call(calls::list_pools{}));
                // By turns with and without waiting for it.
                const bool released = round % 2 == 0 || c.release(std::move(*held));
                if (asked && released) ++done;
            }
        });
    for (std::thread& t : threads)
        t.join();

    EXPECT_EQ(done, 80);
    EXPECT_EQ(server.wait_for("/v1/release", 80).method, "POST");
}

TEST(Blocking, RenewsMeanwhile) {
    many_leases all{30'000, 50};
    fake_server server{std::ref(all)};
    blocking_client c{only(server)};
    const result<lease> held = c.acquire(wanted());
    ASSERT_TRUE(held);

    EXPECT_EQ(server.wait_for("/v1/renew", 3).method, "POST");
}

TEST(Blocking, ItsEndDeliversWhatIsBeingGivenBack) {
    many_leases all{30'000, 10'000};
    fake_server server{[&](const fake_request& r) {
        fake_reply reply = all(r);
        if (r.target == "/v1/release") reply.delay = 100ms;
        return reply;
    }};
    {
        blocking_client c{only(server)};
        for (int i = 0; i < 3; ++i) {
            const result<lease> held = c.acquire(wanted());
            ASSERT_TRUE(held);
        }
    }
    EXPECT_EQ(count(server, "/v1/release"), 3);
}

TEST(Blocking, ItsEndIsBoundByPatience) {
    fake_server server{
        [](const fake_request& r) { return r.target == "/v1/release" ? silence() : ordinary(r); }};
    clock::time_point begin;
    {
        blocking_client c{only(server, 500ms)};
        { const result<lease> held = c.acquire(wanted()); }
        begin = clock::now();
    }
    EXPECT_LT(clock::now() - begin, 3s);
    EXPECT_GE(count(server, "/v1/release"), 1);
}

TEST(Blocking, ALeaseMayOutliveIt) {
    many_leases all{30'000, 50};
    fake_server server{std::ref(all)};
    std::optional<blocking_client> c{std::in_place, only(server)};
    result<lease> first = c->acquire(wanted());
    result<lease> second = c->acquire(wanted());
    ASSERT_TRUE(first && second);
    server.wait_for("/v1/renew");
    const auto begin = clock::now();
    c.reset();
    EXPECT_LT(clock::now() - begin, 4s) << "what is held is not waited for";
    const int renewals = count(server, "/v1/renew");

    EXPECT_FALSE(first->is_lost());
    EXPECT_GT(first->time_left(), 20s);
    EXPECT_EQ(first->grant().token, 1U);
    first->on_lost([](const loss&) { ADD_FAILURE() << "nobody can tell"; });
    EXPECT_EQ(second->detach(), "2.secret");
    first = lease{};

    EXPECT_EQ(count(server, "/v1/renew"), renewals);
    EXPECT_EQ(count(server, "/v1/release"), 0) << "it ends by itself";
}

// Another thread lets go of leases while the client ends.
TEST(Blocking, LeasesMayEndTogetherWithIt) {
    many_leases all{30'000, 20};
    fake_server server{std::ref(all)};
    for (int round = 0; round < 20; ++round) {
        std::optional<blocking_client> c{std::in_place, only(server, 500ms)};
        std::vector<lease> held;
        for (int i = 0; i < 4; ++i) {
            result<lease> got = c->acquire(wanted());
            ASSERT_TRUE(got);
            held.push_back(std::move(*got));
        }
        std::thread other{[mine = std::move(held)]() mutable {
            while (!mine.empty())
                mine.pop_back();
        }};
        c.reset();
        other.join();
    }
}

TEST(Blocking, IsMadeAndEndedWithoutACall) {
    for (int i = 0; i < 20; ++i)
        blocking_client{};
}

TEST(Blocking, ALossIsToldOnItsOwnThread) {
    many_leases all{30'000, 50};
    fake_server server{std::ref(all)};
    blocking_client c{only(server)};
    result<lease> held = c.acquire(wanted());
    ASSERT_TRUE(held);
    std::promise<std::thread::id> where;
    held->on_lost([&](const loss&) { where.set_value(std::this_thread::get_id()); });
    all.evict(held->handle());
    auto told = where.get_future();
    ASSERT_EQ(told.wait_for(10s), std::future_status::ready);

    EXPECT_NE(told.get(), std::this_thread::get_id());
    EXPECT_TRUE(held->is_lost());
}

}  // namespace
}  // namespace admit::client
