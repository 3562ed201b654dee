// Drives the renewals of many leases along a virtual clock.
#pragma once

#include "client/policy/renewals.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace admit::client::testing {

inline constexpr instant dawn{1'000'000s};

/// A lease of 30 s, to be renewed every 10, that was granted at `now`.
inline tenure granted_at(instant now, std::uint64_t seed, span reserve = span{0}) {
    acquired a;
    a.ttl_ms = 30'000;
    a.renew_in_ms = 10'000;
    return {a, now, now, tenure_settings{.margin = 100ms, .reserve = reserve}, seed};
}

inline renewed_lease prolonged() {
    renewed_lease r;
    r.status = lease_status::renewed;
    r.ttl_ms = 30'000;
    r.renew_in_ms = 10'000;
    return r;
}

inline failure gone(errc why) {
    failure f{cause::refused, {}, {}};
    f.answer.code = why;
    return f;
}

inline const failure no_answer{cause::lost, {}, "broken"};

struct renewals_driver {
    void add(lease_number lease, span reserve = span{0}) {
        policy.add(lease, granted_at(now, lease, reserve));
    }
    /// The next step that is not a wait; the clock has moved there.
    renewals::step step() {
        for (;;) {
            renewals::step s = policy.next(now);
            const auto* later = std::get_if<renewals::wait>(&s);
            if (later == nullptr) return s;
            EXPECT_GT(later->until, now);
            if (later->until == instant::max()) return s;
            now = later->until;
        }
    }
    renewals::renew renew() {
        renewals::step s = step();
        EXPECT_TRUE(std::holds_alternative<renewals::renew>(s)) << "step " << s.index();
        auto* asked = std::get_if<renewals::renew>(&s);
        return asked != nullptr ? std::move(*asked) : renewals::renew{};
    }
    renewals::lost lost() {
        renewals::step s = step();
        EXPECT_TRUE(std::holds_alternative<renewals::lost>(s)) << "step " << s.index();
        auto* over = std::get_if<renewals::lost>(&s);
        return over != nullptr ? std::move(*over) : renewals::lost{};
    }
    bool idle() { return std::holds_alternative<renewals::wait>(policy.next(now)); }

    void renewed(const std::vector<lease_number>& leases) {
        for (const lease_number each : leases)
            policy.renewed(each, prolonged(), now, now);
    }
    void failed(const std::vector<lease_number>& leases) {
        for (const lease_number each : leases)
            policy.failed(each, no_answer, now);
    }

    instant now = dawn;
    renewals policy;
};

}  // namespace admit::client::testing
