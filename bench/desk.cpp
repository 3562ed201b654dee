#include "bench/desk.hpp"

#include "server/config/process.hpp"

#include <chrono>
#include <utility>

namespace admit::bench {
namespace {

core::instant now() { return core::instant(std::chrono::steady_clock::now().time_since_epoch()); }

/// Those of admitd without a past.
core::settings settings() {
    core::settings out = config::core_settings();
    out.first_token = config::first_token();
    return out;
}

}  // namespace

desk::desk()
    : keys_(http::fresh_key()),
      make_handle_([this](admit::token token) { return keys_.make(token); }),
      core_(settings()) {}

http::routed desk::route(const http::request& from) {
    return http::route(from, {keys_, ids_, true});
}

std::optional<admit::answer> desk::decide(const core::command& what, asker& who) {
    const core::call_id call = ++last_call_;
    const core::instant at = now();
    core_.step(what, call, at, effects_);
    std::optional<admit::answer> own = settle(call, at);
    if (!own) waiting_.emplace(call, &who);
    return own;
}

void desk::expire() {
    const core::instant at = now();
    const std::optional<core::instant> due = core_.next_deadline();
    if (!due || *due > at) return;
    core_.step(core::expire{}, 0, at, effects_);
    settle(0, at);
}

std::optional<admit::answer> desk::settle(core::call_id own, core::instant at) {
    std::optional<admit::answer> out;
    while (true) {
        for (core::reply& each : effects_.replies) {
            if (each.call == own) {
                out = std::move(each.answer);
            } else if (const auto found = waiting_.find(each.call); found != waiting_.end()) {
                asker* const who = found->second;
                waiting_.erase(found);
                who->answered(std::move(each.answer));
            }
        }
        if (!effects_.more) return out;
        core_.resume(at, effects_);
    }
}

admit::problem refusal_of(const http::routed& to) {
    if (const auto* problem = std::get_if<admit::problem>(&to.what)) return *problem;
    return {.code = errc::not_found, .detail = "there is nothing of this kind here"};
}

}  // namespace admit::bench
