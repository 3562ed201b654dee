// The engine's timers as a seam: Asio's in the server, moved by hand in tests.
#pragma once

#include "server/engine/clock.hpp"
#include "server/engine/loop.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace admit::engine {

/// Calls something on its loop when its time has come. Thread-safe. Outlives the running of its
/// loop.
class alarm {
public:
    virtual ~alarm() = default;

    /// It rings once when the engine's clock shows `at`, later rather than earlier; soon where that
    /// is past. Replaces the instant that it was set to. It may still ring for the former, where
    /// that had come already, so who is called looks at the clock.
    virtual void set(std::chrono::nanoseconds at) = 0;

    /// For good: later calls of `set` do nothing, and its loop no longer waits for it. It may still
    /// ring where its time had come already.
    virtual void cancel() = 0;
};

/// Makes an alarm that calls `ring` on the loop.
using alarm_maker = std::function<std::unique_ptr<alarm>(loop&, std::function<void()> ring)>;

/// Alarms of Asio's, for a clock that runs like the system's monotonic one and outlives them.
alarm_maker asio_alarms(const monotonic_clock&);

}  // namespace admit::engine
