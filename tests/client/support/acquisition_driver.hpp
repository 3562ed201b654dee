// Drives the acquisition policy along a virtual clock.
#pragma once

#include "client/policy/acquisition.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace admit::client::testing {

inline constexpr instant start{1'000'000s};

inline acquisition_plan plan(std::optional<span> wait) {
    acquisition_plan p;
    p.request.pool = "db";
    p.request.worker = "w1";
    p.request.request_id = "id-1";
    p.wait = wait;
    p.may_rename = true;
    return p;
}

inline const std::optional<span> forever;
inline const failure broken{cause::lost, {}, "broken"};
inline const failure refused_connection{cause::unreachable, {}, "connection refused"};

inline failure refusal(errc code, std::int64_t retry_after_ms = 0, std::string field = {}) {
    failure f{cause::refused, {}, {}};
    f.answer.code = code;
    f.answer.retry_after_ms = retry_after_ms;
    f.answer.field = std::move(field);
    return f;
}

inline queued place(std::int64_t position) {
    queued q;
    q.request_id = "id-1";
    q.position = position;
    q.reason = "db is full";
    return q;
}

inline admitted grant() {
    admitted a;
    a.handle = "17.secret";
    a.lease.token = 17;
    a.lease.ttl_ms = 30'000;
    return a;
}

/// Drives a policy along a virtual clock.
struct driver {
    explicit driver(acquisition_plan p) : policy(std::move(p), start, 1) {}

    /// The next step that is not a pause; the clock has moved there.
    acquisition::step step() {
        for (;;) {
            acquisition::step s = policy.next(now);
            const auto* pause = std::get_if<acquisition::pause>(&s);
            if (pause == nullptr) return s;
            EXPECT_GT(pause->until, now);
            now = pause->until;
        }
    }
    acquisition::ask ask() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::ask>(s)) << "step " << s.index();
        const auto* asked = std::get_if<acquisition::ask>(&s);
        return asked != nullptr ? *asked : acquisition::ask{};
    }
    std::string leave() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::leave>(s)) << "step " << s.index();
        const auto* left = std::get_if<acquisition::leave>(&s);
        return left != nullptr ? left->request_id : "";
    }
    result<held_lease> outcome() {
        const acquisition::step s = step();
        EXPECT_TRUE(std::holds_alternative<acquisition::over>(s)) << "step " << s.index();
        const auto* over = std::get_if<acquisition::over>(&s);
        return over != nullptr ? over->outcome : result<held_lease>{};
    }

    instant now = start;
    acquisition policy;
};

}  // namespace admit::client::testing
