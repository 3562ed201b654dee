// The engine from outside: each call goes to what is inside, under the lock that guards it.
#include "server/engine/engine.hpp"

#include "server/core/check.hpp"
#include "server/engine/impl.hpp"

#include <algorithm>
#include <utility>

namespace admit::engine {

engine::engine(options o, journal::journal& log, monotonic_clock& clock,
               std::span<loop* const> loops)
    : impl_(std::make_unique<impl>(std::move(o), log, clock, loops)) {}

engine::~engine() { stop(); }

void engine::start() { impl_->start(); }

submission engine::submit(const core::command& what, caller& to, loop& home) {
    return impl_->submit(what, {&to, &home});
}

void engine::abandon(core::call_id call, admit::token granted) {
    impl_->command(core::abandon{call, granted});
}

void engine::drain() {
    impl_->draining = true;
    impl_->command(core::drain{});
}

void engine::stop() { impl_->stop(); }

bool engine::ready() const noexcept {
    return impl_->started && !impl_->draining && !impl_->failed;
}

engine::clock_figures engine::clock_state() const {
    using seconds = std::chrono::duration<double>;
    const std::lock_guard lock(impl_->mutex);
    return {.lost_seconds = seconds(impl_->leases.lost()).count(),
            .expiry_lag_seconds = seconds(impl_->expiry_lag).count()};
}

core::core::counts engine::count() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->state.count();
}

void engine::impl::start() {
    const alarm_maker make = conf.make_alarm ? conf.make_alarm : asio_alarms(clock);
    departure leaving;
    {
        const std::lock_guard lock(mutex);
        ADMIT_CHECK(!started && !stopping, "an engine starts once");
        core::instant newest{};
        log.replay({.restore = [&](const core::image& i) { state.restore(i); },
                    .visit =
                        [&](const journal::frame& f) {
                            newest = std::max(newest, f.at);
                            for (const core::record& r : f.records)
                                state.replay(r, f.at);
                        },
                    .progress = {}});
        start_hearts(make);
        leases.start(clock.now(), newest);
        timer = make(*loops.front(), [this] { alarm_rang(); });
        started = true;
        state.recovered(leases.now(), effects);
        settle(leaving);
    }
    leaving.answers.deliver();
}

void engine::impl::stop() {
    std::unique_lock lock(mutex);
    stopping = true;
    if (timer)
        timer->cancel();
    for (heart& h : hearts)
        h.timer->cancel();
    // What was decided is still appended: it took effect, and nobody was told otherwise.
    journal_idle.wait(lock, [this] { return failed || commit.idle(); });
    lock.unlock();
    // Not under the lock: the end of an append takes it.
    log.close();
}

}  // namespace admit::engine
