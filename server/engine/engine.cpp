// The engine from outside: each call goes to what is inside, under the lock that guards it.
#include "server/engine/engine.hpp"

#include "server/engine/impl.hpp"

#include <utility>

namespace admit::engine {

engine::engine(options o, journal::journal& log, monotonic_clock& clock,
               std::span<loop* const> loops)
    : impl_(std::make_unique<impl>(std::move(o), log, clock, loops)) {}

engine::~engine() { stop(); }

std::optional<recovery> engine::recover() { return impl_->recover(); }

void engine::open() { impl_->open(); }

void engine::start() {
    if (impl_->recover()) impl_->open();
}

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
    return impl_->now_at == impl::phase::open && !impl_->draining && !impl_->stopping &&
           !impl_->failed && !impl_->refusing;
}

bool engine::failed() const noexcept { return impl_->failed; }

engine::clock_figures engine::clock_state() const {
    using seconds = std::chrono::duration<double>;
    const std::lock_guard lock(impl_->mutex);
    return {.lost_seconds = seconds(impl_->leases.lost()).count(),
            .expiry_lag_seconds = seconds(impl_->expiry_lag).count()};
}

core::core::counts engine::count() const {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->now_at < impl::phase::recovered) return {};
    return impl_->state.count();
}

void engine::impl::stop() {
    std::unique_lock lock(mutex);
    stopping = true;
    if (timer) timer->cancel();
    for (heart& h : hearts)
        h.timer->cancel();
    // What was decided is still appended: it took effect, and nobody was told otherwise.
    quiet.wait(lock, [this] { return now_at != phase::recovering && (failed || commit.idle()); });
    lock.unlock();
    // Not under the lock: the end of an append takes it.
    log.close();
}

}  // namespace admit::engine
