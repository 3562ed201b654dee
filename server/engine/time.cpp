// The engine's time: the lease clock, the one timer, the signs of life, and what has to be true
// before anything expires.
#include "server/engine/impl.hpp"
#include "server/engine/limits.hpp"

#include <algorithm>

namespace admit::engine {

using std::chrono::nanoseconds;

core::instant engine::impl::advance() {
    nanoseconds alive = commit.appending_since().value_or(nanoseconds::max());
    for (const loop* l : loops)
        alive = std::min(alive, nanoseconds(l->last_turn_ns.load(std::memory_order_relaxed)));
    if (leases.advance(clock.now(), alive)) passes.demand();
    return leases.now();
}

void engine::impl::alarm_rang() {
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        timer_at.reset();
        if (!alive()) return;
        const core::instant now = advance();
        end_quarantine(now, leaving);
        if (const auto deadline = next_expiry(); deadline && *deadline <= now) {
            expiry_lag = now - *deadline;
            state.step(core::expire{*expirable_until()}, 0, now, effects);
            settle(leaving);
        } else {
            set_timer();
        }
    }
    leaving.answers.deliver();
}

void engine::impl::pass_over() {
    const std::lock_guard lock(mutex);
    if (passes.pass_over() && !closed()) set_timer();
}

std::optional<core::instant> engine::impl::expirable_until() const {
    // Whoever lived through a stall is heard first.
    if (passes.pending()) return std::nullopt;
    // What was due before the oldest record that is not durable was granted before it, too, so its
    // grant is durable. What was granted since may be due as well, if the journal is slow: not yet.
    if (const auto undurable = commit.oldest_undurable()) return *undurable - core::duration(1);
    return core::instant::max();
}

std::optional<core::instant> engine::impl::next_expiry() const {
    const auto until = expirable_until();
    const auto deadline = state.next_deadline();
    return until && deadline && *deadline <= *until ? deadline : std::nullopt;
}

void engine::impl::set_timer() {
    // While the lease clock follows, it reaches the deadline after exactly the difference; if it
    // does not follow, the alarm rings too early and is set again.
    nanoseconds wait = limits::tick;
    if (const auto deadline = next_expiry())
        wait = std::clamp<nanoseconds>(*deadline - leases.now(), nanoseconds::zero(), limits::tick);
    if (quarantine)
        wait = std::clamp<nanoseconds>(*quarantine - leases.now(), nanoseconds::zero(), wait);
    const nanoseconds at = leases.monotonic() + wait;
    if (!timer_at || at < *timer_at) {
        timer_at = at;
        timer->set(at);
    }
}

void engine::impl::start_hearts(const alarm_maker& make) {
    const nanoseconds now = clock.now();
    hearts.resize(loops.size());
    for (std::size_t i = 0; i < loops.size(); ++i) {
        heart& h = hearts[i];
        h.of = loops[i];
        h.of->beat(now, now);
        h.timer = make(*h.of, [this, &h] { beat(h); });
        h.due = now + limits::tick;
        h.timer->set(h.due);
    }
}

void engine::impl::beat(heart& h) {
    const nanoseconds now = clock.now();
    h.of->beat(now, h.due);
    h.due = now + limits::tick;
    h.timer->set(h.due);
}

}  // namespace admit::engine
