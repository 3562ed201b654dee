// Time that a test moves by hand: the engine's clock and all its alarms.
#pragma once

#include "server/engine/alarm.hpp"
#include "server/engine/clock.hpp"
#include "server/engine/loop.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace admit::engine::test {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// For one thread. Loops run when the test polls them, alarms ring when it advances the time.
class hand_time final : public monotonic_clock {
public:
    nanoseconds now() const noexcept override { return now_; }

    alarm_maker alarms();

    /// The instant of the alarm that is next to ring, of those on loops that are not stalled.
    std::optional<nanoseconds> next() const;
    /// Passes time, one alarm after the other; `turn` lets the loops run after each.
    void advance(nanoseconds by, const std::function<void()>& turn);
    /// Time passes, and nobody notices: the process was stopped.
    void jump(nanoseconds by) { now_ += by; }
    /// Alarms of a stalled loop do not ring.
    void stall(loop& l, bool stalled);
    bool stalled(const loop& l) const;

private:
    struct entry {
        loop* on = nullptr;
        std::function<void()> ring;
        std::optional<nanoseconds> at;
        bool cancelled = false;
    };
    class hand_alarm;

    entry* first();

    nanoseconds now_ = std::chrono::hours(1);
    std::vector<std::shared_ptr<entry>> entries_;
    std::vector<loop*> stalled_;
};

}  // namespace admit::engine::test
