// What is inside an engine: everything here is guarded by its one lock, unless said otherwise.
#pragma once

#include "server/engine/alarm.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/group_commit.hpp"
#include "server/engine/lease_clock.hpp"
#include "server/engine/outbox.hpp"
#include "server/engine/sweep.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace admit::engine {

/// Whom a call is answered, and where.
struct origin {
    caller* to = nullptr;
    loop* home = nullptr;
};

/// What leaves when the lock has been released; so it is declared before the lock is taken.
struct departure {
    outbox answers;
    std::vector<batch> over;  ///< batches that ended, with thousands of records to destroy
};

/// What is told after the journal has failed.
problem outcome_unknown();

struct engine::impl {
    impl(options&&, journal::journal&, monotonic_clock&, std::span<loop* const>);

    // --- Entered with the lock not held.
    std::optional<recovery> recover();
    void open();
    void stop();
    submission submit(const core::command&, origin);
    /// A command that has no answer of its own.
    void command(const core::command&);
    void append_ended(std::error_code);
    void alarm_rang();
    void pass_over();
    void resume();

    // --- With the lock held.

    /// Whether nothing is decided any more: the journal has failed, or `stop` was called.
    bool closed() const noexcept { return failed || stopping; }
    /// Whether there is a state that things may happen to: it has recovered, and is not closed.
    bool alive() const noexcept { return now_at >= phase::recovered && !closed(); }
    /// What is answered without a decision, where it is not the time for one.
    std::optional<problem> refusal(const core::command&);
    /// Why nobody is admitted, if nobody is. `at`: the lease clock.
    std::optional<problem> why_closed(core::instant at) const;
    /// Why nothing is decided, if nothing is.
    std::optional<problem> why_not_open() const;
    /// Ends the quarantine when its time has come.
    void end_quarantine(core::instant at, departure&);
    /// The lease clock's instant for the next step.
    core::instant advance();
    /// Does what the newest effects say, in their order. Where they are about a call, `own` says
    /// whom it is answered and `result` gets what is known at once.
    void settle(departure&, const origin* own = nullptr, submission* result = nullptr);
    /// Queues the durable records of the newest step as one frame.
    void journal_records();
    /// Lets the answers of the batches that ended go.
    void release(departure&);
    void fail(departure&);
    void post_resume();

    /// Sets the timer to what comes first: the next tick, or the next deadline that may be decided.
    void set_timer();
    /// Until when what is due may be decided now; none while it has to wait.
    std::optional<core::instant> expirable_until() const;
    /// The next deadline that may be decided now.
    std::optional<core::instant> next_expiry() const;

    const options conf;
    journal::journal& log;
    monotonic_clock& clock;
    const std::vector<loop*> loops;
    const bool keeps;  ///< whether frames are worth making

    mutable std::mutex mutex;
    core::core state;       ///< `recover` alone has it while it replays, without the lock
    core::effects effects;  ///< of the newest step
    core::call_id last_call = 0;
    /// Calls that are not decided. Ordered, so that a failure answers them in their order.
    std::map<core::call_id, origin> waiting;

    lease_clock leases;
    group_commit commit;
    sweep passes;
    std::unique_ptr<alarm> timer;
    std::optional<std::chrono::nanoseconds> timer_at;  ///< monotonic: what it is set to
    std::chrono::nanoseconds expiry_lag{};
    bool resume_posted = false;
    std::condition_variable quiet;  ///< recovery is over, the journal is idle or has failed
    /// Until when nobody is admitted, because somebody may hold what was forgotten.
    std::optional<core::instant> quarantine;
    bool restored = false;  ///< that is why
    std::string no_room;  ///< why acquires are refused; empty: they are not

    /// Changed under the lock, read without it as well.
    enum class phase : std::uint8_t {
        idle,        ///< nothing was replayed yet
        recovering,  ///< the journal is being replayed
        recovered,   ///< pools are being configured
        open,
    };
    std::atomic<phase> now_at{phase::idle};
    std::atomic<double> progress{0};    ///< of the replay, 0 to 1
    std::atomic<bool> refusing{false};  ///< `quarantine` or `no_room` is set
    std::atomic<bool> stopping{false};
    std::atomic<bool> draining{false};
    std::atomic<bool> failed{false};

    /// The signs of life of one loop, given on that loop; the lock has no part in it.
    struct heart {
        loop* of = nullptr;
        std::unique_ptr<alarm> timer;
        std::chrono::nanoseconds due{};
    };
    void start_hearts(const alarm_maker&);
    void beat(heart&);
    std::vector<heart> hearts;
};

}  // namespace admit::engine
