// The journal: where the records of what happened become durable. One small interface; each backend
// is unaware of the others and made by one factory (server/journal/open.hpp).
#pragma once

#include "server/core/image.hpp"
#include "server/core/record.hpp"
#include "server/core/time.hpp"
#include "server/journal/backup.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace admit::journal {

/// The durable records of one command, in the order in which they were decided. A frame is kept
/// whole or not at all.
struct frame {
    core::instant at;  ///< the lease clock when they were decided
    std::vector<core::record> records;
    std::uint64_t digest = 0;  ///< the core's, after them: what replay has to arrive at
};

/// What a replay hands over, in this order. `restore` and `visit` are called by one thread at a
/// time and not after `replay` has ended; `progress` on the thread of the replay.
struct replay_visitor {
    /// The images of a snapshot, if there is one.
    std::function<void(const core::image&)> restore;
    /// Every frame since then, in the order of the appends.
    std::function<void(const frame&)> visit;
    /// Now and then: what part of the journal has been handed over, 0 to 1. May be empty.
    std::function<void(double)> progress;
};

/// What a journal knows about its former life when it has been replayed.
struct former_life {
    bool any = false;  ///< there was one
    /// Records that may have been told are missing, and the operator has accepted that: tokens
    /// have to go on far above all that may have been given.
    bool lost_records = false;
    /// The last commits may be missing without a trace (not synced, and the machine went down):
    /// nobody may be admitted until `longest_ttl_ms` has passed.
    bool forgot_moments = false;
    /// Likewise, because it was made from a backup: what happened since is not known.
    bool restored = false;
    std::int64_t longest_ttl_ms = 0;  ///< of any lease that was ever given; with `forgot_moments`
    /// The highest token that it knows to have been given, where `lost_records`: the records that
    /// are left may not know of it.
    admit::token newest_token = 0;
};

/// What a journal has done since it was opened, and how much room it takes.
struct journal_figures {
    std::uint64_t appends = 0;  ///< that became durable, barriers left out
    std::uint64_t bytes = 0;    ///< that these handed over, as they are kept
    std::uint64_t syncs = 0;    ///< of what holds them: the disk was waited for
    std::uint64_t checkpoints = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_bytes = 0;  ///< of the newest one
    bool tending = false;              ///< it checkpoints, makes a snapshot, or clears up after one
    std::uint64_t file_bytes = 0;      ///< on the disk
};

enum class append_result {
    durable,  ///< everything handed over so far will survive; `on_done` is not called
    pending,  ///< `on_done` will be called exactly once
};

/// Called when an append has ended, on a thread of the journal's choosing, under none of its locks
/// (the next `append` may come from within it), and never from within `append`. An error is final:
/// what the journal holds is unknown until the next start.
using append_done = std::function<void(std::error_code)>;

/// A log of frames with one user, who keeps at most one append outstanding and calls from one
/// thread at a time.
class journal {
public:
    virtual ~journal() = default;

    /// Makes `batch` durable, in order and after everything appended before. Does no I/O itself:
    /// the engine calls it under its lock. No frames is a barrier: whether what is durable may be
    /// told; a journal that nobody else can write answers `durable` at once. What is
    /// decided while a barrier is outstanding is told when that one ends, although it was begun
    /// before: a journal with a fence, whose barrier proves what was so when it began, would need
    /// another one for that. `batch` stays
    /// untouched and alive until the append has ended; `on_done` is copied where it is needed.
    /// After an error no further append is accepted: it ends with the same error.
    virtual append_result append(std::span<const frame> batch, const append_done& on_done) = 0;

    /// Hands over what the journal holds. Before the first append only; on any thread. Throws
    /// `refusal` (server/journal/trouble.hpp) when what it holds is damaged, and what the visitor
    /// throws.
    virtual former_life replay(const replay_visitor&) = 0;

    /// Waits for an outstanding append, until its `on_done` has returned, and lets go of what the
    /// journal holds. Not from within `on_done`. Idempotent.
    virtual void close() = 0;

    /// Whether frames outlive the process: an engine spares itself the frames otherwise.
    virtual bool keeps() const noexcept = 0;

    /// After an error: the file and the cause, for people. Any thread.
    virtual std::string failure() const { return {}; }

    /// Any thread.
    virtual journal_figures figures() const { return {}; }

    /// Makes a file with all that is durable at one moment, while appends go on. After the first
    /// append; any thread.
    virtual void back_up(const std::shared_ptr<backup_order>& order) {
        order->on_done(backup_trouble{backup_failure::nothing_kept, "the state is in memory only"});
    }
};

}  // namespace admit::journal
