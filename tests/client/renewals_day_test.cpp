// A day of many leases that come and go, by virtual time.
#include "tests/client/support/renewals_driver.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <utility>

namespace admit::client {
namespace {

using namespace testing;

/// 200 holders: each works for up to an hour, pauses for up to a minute, and acquires again.
/// Renewals take up to 200 ms, and one in a hundred gets no answer.
class day {
public:
    explicit day(std::uint64_t seed) : random_(seed) {
        for (lease_number n = 1; n <= 200; ++n)
            at(d_.now + upto(60s), [this, n] { begin(n); });
    }

    void run() {
        const instant end = d_.now + std::chrono::hours{24};
        while (d_.now < end) {
            renewals::step s = d_.policy.next(d_.now);
            if (auto* asked = std::get_if<renewals::renew>(&s))
                send(std::move(*asked));
            else if (const auto* over = std::get_if<renewals::lost>(&s))
                lost(over->lease);
            else
                advance(std::get_if<renewals::wait>(&s)->until);
        }
    }

    int calls = 0;
    std::int64_t renewals_of_one = 0;  ///< what one call for each lease would have been
    int evicted = 0;
    int lost_evicted = 0;

private:
    using act = std::function<void()>;

    span upto(span most) {
        return span{std::uniform_int_distribution<span::rep>{1, most.count()}(random_)};
    }
    bool one_in(int n) { return std::uniform_int_distribution<int>{1, n}(random_) == 1; }
    void at(instant when, act what) { events_.emplace(when, std::move(what)); }

    void advance(instant until) {
        if (!events_.empty() && events_.begin()->first <= until) {
            const auto first = events_.begin();
            d_.now = std::max(d_.now, first->first);
            const act what = std::move(first->second);
            events_.erase(first);
            what();
        } else {
            d_.now = until;
        }
    }

    void begin(lease_number n) {
        d_.policy.add(n, granted_at(d_.now, random_()));
        server_[n] = d_.now + 30s;
        at(d_.now + upto(3600s), [this, n] { end(n); });
    }
    void end(lease_number n) {
        if (server_.count(n) != 0 && one_in(4)) {
            server_.erase(n);  // evicted: the next renewal hears of it
            ++evicted;
            return;
        }
        d_.policy.drop(n);
        server_.erase(n);
        again(n);
    }
    void lost(lease_number n) {
        EXPECT_EQ(server_.count(n), 0U) << n << " was lost though it lives";
        ++lost_evicted;
        again(n);
    }
    void again(lease_number n) {
        const lease_number next = n + 1'000;
        at(d_.now + upto(60s), [this, next] { begin(next); });
    }

    void send(renewals::renew asked) {
        ++calls;
        renewals_of_one += static_cast<std::int64_t>(asked.leases.size());
        const instant sent_at = d_.now;
        if (one_in(100)) {
            at(asked.answer_by, [this, asked] { d_.failed(asked.leases); });
            return;
        }
        at(d_.now + upto(200ms), [this, asked, sent_at] { answer(asked, sent_at); });
    }
    void answer(const renewals::renew& asked, instant sent_at) {
        for (const lease_number n : asked.leases) {
            const auto own = server_.find(n);
            if (own == server_.end()) {
                d_.policy.failed(n, gone(errc::lease_evicted), d_.now);
                continue;
            }
            EXPECT_LT(sent_at, own->second) << n << " was renewed too late";
            own->second = d_.now + 30s;
            d_.policy.renewed(n, prolonged(), sent_at, d_.now);
            const auto deadline = d_.policy.deadline(n);
            if (deadline) { EXPECT_LT(*deadline, own->second); }
        }
        for (const auto& [n, expires] : server_) {
            const auto deadline = d_.policy.deadline(n);
            ASSERT_TRUE(deadline) << n;
            EXPECT_LT(d_.now, *deadline) << n << " passed its deadline";
        }
    }

    renewals_driver d_;
    std::mt19937_64 random_;
    std::multimap<instant, act> events_;
    std::map<lease_number, instant> server_;  ///< when each lease ends there
};

TEST(Renewals, ADayOf200LeasesTakesAboutOneCallPerInterval) {
    day d{7};

    d.run();

    constexpr int intervals = 24 * 3600 / 10;
    std::printf("%d calls for %d intervals of 10 s; one by one: %lld\n", d.calls, intervals,
                static_cast<long long>(d.renewals_of_one));
    EXPECT_LT(d.calls, 2 * intervals);
    EXPECT_GT(d.renewals_of_one, 100LL * intervals);
    EXPECT_GT(d.evicted, 100);
    EXPECT_GE(d.lost_evicted, d.evicted - 5);
}

}  // namespace
}  // namespace admit::client
