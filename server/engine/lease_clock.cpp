#include "server/engine/lease_clock.hpp"

#include "server/engine/limits.hpp"

#include <algorithm>

namespace admit::engine {

using std::chrono::nanoseconds;

void lease_clock::start(nanoseconds monotonic, core::instant at) noexcept {
    now_ = at;
    monotonic_ = monotonic;
    lost_ = nanoseconds::zero();
}

bool lease_clock::advance(nanoseconds monotonic, nanoseconds alive) noexcept {
    const nanoseconds elapsed = monotonic - monotonic_;
    if (elapsed <= nanoseconds::zero())
        return false;
    nanoseconds step = std::min(elapsed, limits::lead_max);
    // Compared as differences: an `alive` in the future must not overflow.
    const nanoseconds silence = monotonic - std::min(alive, monotonic);
    if (silence > limits::lead_max)
        step = std::clamp(elapsed - (silence - limits::lead_max), nanoseconds::zero(), step);
    now_ += step;
    monotonic_ = monotonic;
    lost_ += elapsed - step;
    return step < elapsed;
}

}  // namespace admit::engine
