#include "server/core/core.hpp"

#include "server/core/decide.hpp"
#include "server/core/state.hpp"

namespace admit::core {

core::core(const settings& s)
    : state_(std::make_unique<state>(s)), decider_(std::make_unique<decider>(*state_)) {}

core::~core() = default;

void core::step(const command& what, call_id call, instant now, effects& out) {
    decider_->step(what, call, now, out);
}

void core::resume(instant now, effects& out) { decider_->resume(now, out); }

std::optional<instant> core::next_deadline() const {
    return decider_->is_expiring() ? std::nullopt : state_->next_deadline();
}

void core::replay(const record& r, instant at) { state_->apply(r, at, nullptr); }

void core::restore(const image& i) { state_->restore(i); }

bool core::forget(instant now, std::size_t most) {
    const forgotten due = state_->due_to_forget(now, static_cast<std::int64_t>(most));
    if (due.leases + due.ids > 0) state_->apply(due, now, nullptr);
    const forgotten rest = state_->due_to_forget(now, 1);
    return rest.leases + rest.ids > 0;
}

void core::raise(const raised& to, instant now, effects& out) { decider_->raise(to, now, out); }

raised core::next_numbers() const noexcept { return {state_->next_token, state_->next_ticket}; }

void core::close_lines() noexcept { decider_->close_lines(); }
void core::open_lines(instant now, effects& out) { decider_->open_lines(now, out); }

void core::recovered(instant now, effects& out) { decider_->recovered(now, out); }

core::counts core::count() const {
    return {.pools = state_->pools.size(),
            .leases = state_->leases.size(),
            .waiters = state_->waiters.size(),
            .calls = state_->calls.size(),
            .ended = state_->ended_leases.size(),
            .cancelled_ids = state_->cancelled_order.size()};
}

}  // namespace admit::core
