// Group commit: which append an answer has to wait for.
#pragma once

#include "server/engine/loop.hpp"
#include "server/journal/journal.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace admit::engine {

/// An answer that waits for the journal.
struct held_answer {
    loop* home = nullptr;
    loop::completion completion;
};

/// Frames that go to the journal in one append, and the answers that wait for it.
struct batch {
    std::vector<journal::frame> frames;
    std::size_t records = 0;
    std::vector<held_answer> answers;
    std::chrono::nanoseconds since{};  ///< monotonic: when its append began
};

/// Frames queue up in batches: while the first is being appended, the last one fills. An answer
/// belongs to the batch that is last when it is decided: that holds the newest record decided
/// before it, and once it is durable, so is everything decided earlier. Not thread-safe.
class group_commit {
public:
    /// Each append that does not end at once ends with `on_done`. The journal outlives this.
    group_commit(journal::journal&, journal::append_done on_done);

    /// Queues the frame of one command.
    void add(journal::frame&&);

    /// Appends what is queued, unless an append is outstanding. Where nothing is queued and nothing
    /// is outstanding but there is something to tell (`barrier`), the journal is asked with an
    /// append of no frames; a local one says `durable` at once. Batches that ended go to `over`.
    /// Returns whether all that was decided is durable and may be told; if not, `hold` what is to
    /// be told.
    bool pump(bool barrier, std::chrono::nanoseconds monotonic, std::vector<batch>& over);

    /// Holds an answer that was decided just now. Only when `pump` has returned false.
    void hold(held_answer&&);

    /// The outstanding append has ended well: its batch goes to `over`. Call `pump` next.
    void ended(std::vector<batch>& over);

    /// The journal has failed: whatever waited for it goes to `over`.
    void failed(std::vector<batch>& over);

    /// Whether nothing waits for the journal.
    bool idle() const noexcept { return batches_.empty(); }
    /// Monotonic: since when an append has been outstanding.
    std::optional<std::chrono::nanoseconds> appending_since() const noexcept;
    /// The lease clock when the oldest record that is not durable yet was decided.
    std::optional<core::instant> oldest_undurable() const noexcept;

private:
    bool append(std::span<const journal::frame>);

    journal::journal& journal_;
    const journal::append_done on_done_;
    std::deque<batch> batches_;
    bool appending_ = false;  ///< the first batch is with the journal
};

}  // namespace admit::engine
