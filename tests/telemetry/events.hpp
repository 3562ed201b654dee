// Events for the tests of metrics and log.
#pragma once

#include "server/core/effects.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace admit::telemetry::test {

inline core::event event(core::event_kind kind, std::string pool = "db") {
    core::event e;
    e.kind = kind;
    e.pool = std::move(pool);
    e.limit = 2;
    return e;
}

inline core::admission_ref worker(std::string name, std::string request_id = "secret-request") {
    core::admission who;
    who.pool = "db";
    who.worker = std::move(name);
    who.request_id = std::move(request_id);
    return std::make_shared<const core::admission>(std::move(who));
}

inline core::event acquired(std::string name = "w1", std::int64_t active = 1) {
    core::event e = event(core::event_kind::acquired);
    e.who = worker(std::move(name));
    e.token = 17;
    e.active = active;
    return e;
}

inline core::event ended(core::event_kind kind, ending how, std::string pool = "db") {
    core::event e = event(kind, std::move(pool));
    e.who = worker("w1");
    e.token = 17;
    e.how = how;
    e.held = std::chrono::milliseconds(1500);
    return e;
}

}  // namespace admit::telemetry::test
