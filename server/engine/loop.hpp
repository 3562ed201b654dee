// One I/O thread's event loop, with what the rest of the server needs to know of it: when it last
// completed a turn, and a way to hand it answers in batches.
#pragma once

#include "proto/answers.hpp"
#include "server/core/command.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <mutex>
#include <vector>

namespace admit::engine {

/// Gets the answers to the calls that it submitted; a session is one.
class caller {
public:
    /// Runs on the loop that was named with the call, once per call, never from within `submit`.
    /// A caller stays alive until each of its calls was answered.
    virtual void answered(core::call_id, admit::answer&&) noexcept = 0;

protected:
    ~caller() = default;
};

/// An `io_context` with one thread. Everything of a session happens on its loop.
class loop {
public:
    struct completion {
        caller* to = nullptr;
        core::call_id call = 0;
        admit::answer answer;
    };

    loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    boost::asio::io_context& context() noexcept { return context_; }

    /// On the loop: for operations that are initiated and completed on it. Outlives the context.
    std::pmr::memory_resource& memory() noexcept { return memory_; }

    /// Any thread: runs these callers' `answered` on this loop, soon, in order. One post serves
    /// all that arrives before the loop gets to it; a crowd is served over several turns, so that
    /// others have theirs. Takes the elements and leaves `batch` empty.
    void deliver(std::vector<completion>& batch);

    /// Any thread: calls `done` on this loop once everything that was ready when the pass was asked
    /// for has been handled: handlers already queued, data already in its sockets, and connections
    /// that queued up. What these have sent is the next pass's.
    void full_pass(std::function<void()> done);

    /// On the loop: a sign of life, which was due at the monotonic instant `due`. The engine sees
    /// to it that there is one every `limits::tick`.
    void beat(std::chrono::nanoseconds now, std::chrono::nanoseconds due) noexcept;

    /// Sessions count themselves in and out, so that a pass knows how many sockets to look at.
    std::atomic<std::int64_t> sockets{0};

    /// Likewise, turns that a listener on this loop may need to take in all who queued up.
    std::atomic<std::int64_t> accept_turns{0};

    /// Lease clock and metrics: when the loop was last seen turning (`monotonic` nanoseconds).
    std::atomic<std::int64_t> last_turn_ns{0};

    /// Metrics: how late the newest sign of life was, the time that a handler waits for its turn.
    std::atomic<std::int64_t> lag_ns{0};

private:
    void begin_pass(std::function<void()> done);
    void round(std::int64_t rounds_left, std::function<void()> done);
    void hand_out();

    std::pmr::unsynchronized_pool_resource memory_;
    boost::asio::io_context context_;

    std::mutex inbox_mutex_;
    std::vector<completion> inbox_;
    bool handing_out_ = false;  ///< `hand_out` is posted; with `inbox_` under the mutex

    std::vector<completion> delivering_;  ///< on the loop only, as is `delivered_`
    std::size_t delivered_ = 0;
};

}  // namespace admit::engine
