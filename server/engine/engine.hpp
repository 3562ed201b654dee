// The admission engine: an asynchronous operation around the core. `async_submit` completes when
// the worker is admitted, like `async_read` completes when bytes are there.
#pragma once

#include "server/core/core.hpp"
#include "server/engine/alarm.hpp"
#include "server/engine/clock.hpp"
#include "server/engine/loop.hpp"
#include "server/journal/journal.hpp"

#include <boost/asio/async_result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <variant>

namespace admit::engine {

/// Told of what happened, for metrics and logs.
class observer {
public:
    /// In the order of the decisions, under the engine's lock: be quick, block never, call nothing
    /// of the engine. Not always on a loop's thread.
    virtual void happened(std::span<const core::event>) noexcept = 0;

    /// Likewise: so many records became durable in one append, which took so long.
    virtual void appended(std::size_t records, std::chrono::nanoseconds took) noexcept = 0;

protected:
    ~observer() = default;
};

/// What `submit` knows at once.
struct submission {
    core::call_id call = 0;
    /// The answer, where it was decided and is durable already; `answered` will not be called.
    std::optional<admit::answer> answer;
    /// Whether the call is decided. If so and there is no answer yet, only the journal is awaited;
    /// if not, it stands in a line and may wait for long.
    bool decided = false;
};

/// What a start has found.
struct recovery {
    journal::former_life life;
    core::core::counts counts;  ///< that live on, waiters with the places that were kept
    std::uint64_t images = 0;   ///< of the snapshot that it began with
    std::uint64_t frames = 0;   ///< that came after it
    std::chrono::nanoseconds quarantine{};  ///< how long nobody is admitted; mostly zero
};

/// Whether workers would be admitted now, and what is told to those who are not.
struct engine_readiness {
    bool ready = false;
    problem why;  ///< where not
};

/// A backup's file, or why there is none.
using backup_answer = std::variant<std::shared_ptr<const journal::backup_file>, problem>;
/// Who holds it wants the backup that it was given for.
using backup_claim = std::shared_ptr<const void>;

/// Owns a core, uses a journal, and is the only reader of the clock. Thread-safe: commands from any
/// loop enter the core under one lock; answers leave after it is released, each on its own loop.
/// No lock is held over I/O. A reply leaves only when the journal holds everything decided before.
/// Destroyed when its loops no longer run: they may hold something of it that they have not run.
class engine {
public:
    struct options {
        core::settings core;
        observer* watch = nullptr;  ///< outlives the engine
        /// Where timers come from: Asio's, unless a test moves time by hand.
        alarm_maker make_alarm;
        /// Where the tokens of a journal without a former life begin. (`core.first_token` is for
        /// journals that keep nothing: a kept state has to be the same for whoever replays it.)
        admit::token new_token = 1;
        /// Called once, on any thread, when the journal has failed: nothing is acknowledged any
        /// more, calls are answered `outcome_unknown`, and the process should end with status 70.
        std::function<void(std::error_code)> on_journal_failure;
    };

    /// All references outlive the engine. The first of `loops` carries the engine's timer.
    engine(options, journal::journal&, monotonic_clock&, std::span<loop* const> loops);
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Replays the journal, starts the clock and the timers, and makes durable that tokens and
    /// tickets go on above all that may have been given. Blocks; once; on any thread, the loops may
    /// run. The rest of the engine may be called meanwhile: calls are answered `not_ready`, and
    /// `stop` makes it end. Nothing where `stop` came first or the journal failed, of which
    /// `on_journal_failure` told. Throws what the journal's `replay` does, and journal::refusal
    /// where what it holds is another state than the one that was written; there is nothing to be
    /// done but to end, then.
    std::optional<recovery> recover();

    /// Begins to admit, as far as it may, and to answer. Until then only what configures pools is
    /// decided: `set_pool` by file or flags, and looks at pools. After `recover`, once.
    void open();

    /// `recover` and `open`, for loops that do not run yet.
    void start();

    /// Acquires are refused with `overloaded` while this is on; everything else goes on. Any
    /// thread.
    void refuse_acquires(bool on, std::string why = {});

    /// Decides `what`. Unless the submission has the answer, `to.answered` follows on `home`; where
    /// this is not `home`'s thread, maybe before `submit` has returned. Once stopped, every call is
    /// answered `shutting_down`.
    submission submit(const core::command& what, caller& to, loop& home);

    /// The call's client has gone. If it still waits it is answered `nobody`; if its answer was a
    /// grant that could not be delivered, name the token and it is taken back.
    void abandon(core::call_id call, admit::token granted = 0);

    /// Refuses new calls with `shutting_down` and answers those that wait so. Idempotent.
    void drain();

    /// Stops the timers, waits until all that was decided is durable, and closes the journal, so
    /// that loops run out of work. For the end, when calls were answered and sessions closed:
    /// whoever still waits is not answered any more. Idempotent.
    void stop();

    /// Whether it would admit: open, not draining, journal sound, not in quarantine. Any thread.
    bool ready() const noexcept;
    /// The same with the reason. Any thread; waits for no recovery and no journal.
    engine_readiness readiness() const;
    /// Whether the journal has failed. Any thread.
    bool failed() const noexcept;

    /// Lease clock figures for metrics. Any thread.
    struct clock_figures {
        double lost_seconds = 0;        ///< by which all leases were lengthened, since the start
        double expiry_lag_seconds = 0;  ///< how late the last due expiry was decided
    };
    clock_figures clock_state() const;
    /// Nothing while it recovers.
    core::core::counts count() const;

    /// Why no backup can be made now, as far as that is known before one is begun. Any thread.
    std::optional<problem> why_no_backup() const;

    /// Makes a file with all that is durable at one moment; acquires go on meanwhile. `done` runs
    /// on `home`, never from within the call, unless the claim was let go there before: then nobody
    /// wants the backup any more. Any thread.
    backup_claim async_backup(loop& home, std::function<void(backup_answer)> done);

    /// As `submit`, for any completion token; the signature is `void(admit::answer)`. Any thread.
    /// Completes by the handler's executor, `home`'s where it has none, never from within the call.
    /// Per-operation cancellation (any type) abandons the call, which then completes with `nobody`,
    /// unless it was decided before: then with its answer, and a grant is the caller's to release.
    template <class CompletionToken>
    auto async_submit(core::command what, loop& home, CompletionToken&& token);

    /// `async_submit` of an acquire: completes when the worker is admitted, refused or queued.
    template <class CompletionToken>
    auto async_acquire(core::acquire what, loop& home, CompletionToken&& token) {
        return async_submit(std::move(what), home, std::forward<CompletionToken>(token));
    }

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace admit::engine

#include "server/engine/async_submit.hpp"
