// When things expire: neither early nor late, and never before those who lived through a stall have
// been heard, or before a grant is durable.
#include "server/engine/limits.hpp"
#include "tests/engine/rig.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <sys/eventfd.h>

#include <optional>
#include <string>

namespace admit::engine {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// A lease of pool `db` and a waiter that gets the slot when the lease expires.
class Expiry : public testing::Test {
protected:
    void begin(std::int64_t ttl_ms) {
        r_.log.at_once = true;
        lease_ = r_.heard.get<acquired>(r_.call(acquire("holder", 0, ttl_ms))).token;
        waiter_ = r_.call(acquire("waiter", 3'600'000));
    }
    bool expired() { return r_.heard.has(waiter_); }

    rig r_{{.loops = 2}};
    admit::token lease_ = 0;
    core::call_id waiter_ = 0;
};

TEST_F(Expiry, IsToTheNanosecondWhenNothingElseHappens) {
    begin(1'234'567);
    r_.advance(1'234'567ms - 1ns);
    EXPECT_FALSE(expired());
    r_.advance(1ns);
    EXPECT_TRUE(expired());
    EXPECT_EQ(r_.server->clock_state().expiry_lag_seconds, 0);
    EXPECT_EQ(r_.server->clock_state().lost_seconds, 0);
}

TEST_F(Expiry, DoesNotDependOnWhenTheLeaseBeganBetweenTwoTicks) {
    r_.advance(1'034'567ns);
    begin(1'000);
    r_.advance(333ms);
    r_.submit(core::show_pool{"db"});
    r_.advance(667ms - 1ns);
    EXPECT_FALSE(expired());
    r_.advance(1ns);
    EXPECT_TRUE(expired());
}

TEST_F(Expiry, OfAShortWaitComesBeforeTheNextTick) {
    begin(30'000);
    const auto call = r_.call(acquire("short", 7));
    EXPECT_EQ(r_.time.next(), r_.time.now() + 7ms);
    r_.advance(7ms - 1ns);
    EXPECT_FALSE(r_.heard.has(call));
    r_.advance(1ns);
    EXPECT_EQ(r_.heard.get<problem>(call).code, errc::wait_timeout);
}

TEST_F(Expiry, ARenewalMovesIt) {
    begin(1'000);
    r_.advance(900ms);
    r_.submit(renew(lease_));
    r_.advance(1s - 1ns);
    EXPECT_FALSE(expired());
    r_.advance(1ns);
    EXPECT_TRUE(expired());
}

TEST_F(Expiry, WhatIsRememberedIsForgottenInTime) {
    begin(1'000);
    r_.submit(core::cancel{"never seen"});
    r_.submit(core::cancel{"waiter"});
    r_.submit(release(lease_));
    r_.advance(600s - 1ns);
    EXPECT_GT(r_.server->count().ended, 0U);
    EXPECT_GT(r_.server->count().cancelled_ids, 0U);
    // And the timer has peace afterwards: there is an end to this.
    r_.advance(1ns);
    EXPECT_EQ(r_.server->count().ended, 0U);
    EXPECT_EQ(r_.server->count().cancelled_ids, 0U);
}

TEST_F(Expiry, TheClockTicksAtLeastThatOften) {
    begin(30'000);
    for (int i = 0; i < 50; ++i) {
        ASSERT_LE(*r_.time.next() - r_.time.now(), limits::tick);
        r_.advance(7ms);
        r_.submit(core::show_pool{"db"});
    }
}

TEST_F(Expiry, AStoppedProcessLosesItsTime) {
    begin(10'000);
    r_.time.jump(5s);
    r_.advance(0ns);
    // Of the five seconds a quarter counted.
    EXPECT_DOUBLE_EQ(r_.server->clock_state().lost_seconds, 4.75);
    r_.advance(9'750ms - 1ns);
    EXPECT_FALSE(expired());
    r_.advance(1ns);
    EXPECT_TRUE(expired());
}

TEST_F(Expiry, AStalledLoopHoldsTheClock) {
    begin(2'000);
    r_.time.stall(*r_.loops[1], true);
    r_.advance(10s);
    EXPECT_FALSE(expired());
    r_.time.stall(*r_.loops[1], false);
    r_.advance(0ns);
    EXPECT_FALSE(expired());
    EXPECT_NEAR(r_.server->clock_state().lost_seconds, 9.75, 0.1);
    r_.advance(2s);
    EXPECT_TRUE(expired());
}

TEST_F(Expiry, TheFirstLoopsStallHoldsTheClockForOthersToo) {
    begin(2'000);
    r_.time.stall(*r_.loops[0], true);
    for (int i = 0; i < 100; ++i) {
        r_.advance(100ms);
        r_.submit(core::show_pool{"db"}, 1);  // reads the clock
    }
    r_.time.stall(*r_.loops[0], false);
    r_.advance(0ns);
    EXPECT_FALSE(expired());
    r_.advance(2s);
    EXPECT_TRUE(expired());
}

/// Something to read on a loop, which submits a renewal when the loop gets to it.
class sent_renewal {
public:
    sent_renewal(rig& r, std::size_t home, admit::token lease)
        : socket_(r.loops[home]->context(), eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)) {
        socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                           [this, &r, home, lease](const boost::system::error_code& error) {
                               if (!error)
                                   call = r.call(renew(lease), home);
                           });
    }
    core::call_id call = 0;

private:
    boost::asio::posix::stream_descriptor socket_;
};

class AfterAStop : public Expiry {
protected:
    /// The process stops for 5 s, 100 ms before the lease would have ended. The second loop is the
    /// last to go on.
    void stop() {
        begin(1'000);
        r_.advance(900ms);
        r_.time.jump(5s);
        r_.time.stall(*r_.loops[1], true);
    }
    void second_loop_goes_on() {
        r_.time.stall(*r_.loops[1], false);
        r_.advance(0ns);
    }
};

TEST_F(AfterAStop, WhoseRenewalLayInASocketKeepsItsLease) {
    stop();
    sent_renewal sent(r_, 1, lease_);
    r_.advance(50ms);
    EXPECT_FALSE(expired()) << "due on the lease clock, but not everybody was heard";
    second_loop_goes_on();
    EXPECT_EQ(r_.heard.get<renewed>(sent.call).leases.front().status, lease_status::renewed);
    r_.advance(900ms);
    EXPECT_FALSE(expired());
    r_.advance(100ms);
    EXPECT_TRUE(expired());
}

TEST_F(AfterAStop, WhoDidNotRenewLosesItAtOnce) {
    stop();
    r_.advance(50ms);
    EXPECT_FALSE(expired());
    second_loop_goes_on();
    EXPECT_TRUE(expired());
    EXPECT_GT(r_.server->clock_state().expiry_lag_seconds, 0.1);
}

TEST_F(AfterAStop, WhoseRenewalLayInANewConnectionKeepsItsLease) {
    stop();
    // The first loop accepts a connection and hands it to the second one, which has nothing to do
    // until then, and so completes its first pass early.
    std::optional<sent_renewal> sent;
    boost::asio::posix::stream_descriptor listener(r_.loops[0]->context(),
                                                   eventfd(1, EFD_NONBLOCK));
    listener.async_wait(boost::asio::posix::descriptor_base::wait_read, [&](const auto&) {
        boost::asio::post(r_.loops[1]->context(), [&] { sent.emplace(r_, 1, lease_); });
    });
    r_.submit(core::show_pool{"db"});
    r_.loops[1]->context().poll();
    r_.time.advance(0ns, [&] { r_.loops[0]->context().poll(); });
    EXPECT_FALSE(expired());
    EXPECT_FALSE(sent);
    second_loop_goes_on();
    ASSERT_TRUE(sent);
    EXPECT_EQ(r_.heard.get<renewed>(sent->call).leases.front().status, lease_status::renewed);
    EXPECT_FALSE(expired());
}

class SlowJournal : public Expiry {
protected:
    /// Begins an append, of something else.
    void begin_append() {
        r_.log.at_once = false;
        r_.submit(pool("other" + std::to_string(++others_), 1));
        ASSERT_TRUE(r_.log.outstanding());
    }
    int others_ = 0;
};

TEST_F(SlowJournal, HoldsTheClockWhenAnAppendTakesLong) {
    begin(1'000);
    begin_append();
    r_.advance(10s);
    EXPECT_FALSE(expired());
    r_.log.complete();
    r_.log.at_once = true;
    r_.advance(750ms - 1ns);
    EXPECT_FALSE(expired());
    r_.advance(1ns);
    EXPECT_TRUE(expired());
    EXPECT_NEAR(r_.server->clock_state().lost_seconds, 9.75, 1e-6);
}

TEST_F(SlowJournal, AnExpiryItselfIsDurableBeforeItIsTold) {
    begin(1'000);
    r_.log.at_once = false;
    r_.advance(1s);
    EXPECT_TRUE(r_.log.outstanding());
    EXPECT_FALSE(expired());
    r_.log.complete();
    r_.turn();
    EXPECT_TRUE(expired());
}

TEST_F(SlowJournal, NoLeaseExpiresBeforeItsGrantIsDurable) {
    r_.log.at_once = true;
    r_.set_limit(2);
    const auto early = r_.call(acquire("early", 0, 150));
    r_.advance(100ms);
    begin_append();
    r_.advance(60ms);  // the early one is due, but its grant might have been in that append
    const auto late = r_.call(acquire("late", 0, 10));
    r_.advance(20ms);  // both are due
    r_.log.complete();
    r_.advance(0ns);
    ASSERT_TRUE(r_.log.outstanding()) << "the late one's grant, with the early one's end behind it";
    r_.log.complete();
    const std::size_t durable = r_.log.kept.size();
    r_.turn();
    EXPECT_EQ(r_.heard.get<acquired>(late).worker, "late");
    r_.log.let_go();
    r_.advance(0ns);

    ASSERT_EQ(r_.log.kept.size(), durable + 2);
    const auto ended = [&](std::size_t frame) {
        const auto& records = r_.log.kept[durable + frame].records;
        EXPECT_EQ(records.size(), 1U);
        return std::get<core::ended>(records.front()).token;
    };
    EXPECT_EQ(ended(0), r_.heard.get<acquired>(early).token);
    EXPECT_EQ(ended(1), r_.heard.get<acquired>(late).token);
}

TEST_F(SlowJournal, WhatWasGrantedBeforeExpiresWhileNewerOnesAreAppended) {
    begin(1'000);
    r_.advance(990ms);
    begin_append();
    r_.advance(15ms);
    begin_append();  // queued, decided when the lease was due already
    r_.advance(5ms);
    EXPECT_EQ(r_.log.appends.back(), 1U);
    r_.log.complete();
    r_.advance(0ns);
    // The second append is outstanding, and the expiry was decided behind it.
    r_.log.complete();
    ASSERT_TRUE(r_.log.outstanding());
    EXPECT_FALSE(expired());
    r_.log.complete();
    r_.turn();
    EXPECT_TRUE(expired());
    EXPECT_DOUBLE_EQ(r_.server->clock_state().expiry_lag_seconds, 0.010);
}

}  // namespace
}  // namespace admit::engine
