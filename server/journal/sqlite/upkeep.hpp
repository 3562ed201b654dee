// What keeps the journal's file small, a little at a time between the appends: checkpoints,
// snapshots, deleting what they made needless, giving back what is free.
#pragma once

#include "server/journal/sqlite/background.hpp"
#include "server/journal/sqlite/follower.hpp"
#include "server/journal/sqlite/store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace admit::journal {

/// For the journal's thread. Throws what the store throws, and `refusal` where the rows do not lead
/// to the state that was journaled.
class upkeep {
public:
    /// `wake`: there is something to do again; called on another thread.
    upkeep(store&, const core::settings&, std::uint64_t snapshot_bytes, std::function<void()> wake);

    /// Rows that were there before this process, as bytes of bodies.
    void found(std::uint64_t bytes) { since_ = bytes; }
    /// A row was committed, with records of up to `clock`.
    void appended(const position& newest, std::size_t bytes, core::instant clock, const lore&);

    enum class next : std::uint8_t {
        nothing,  ///< until something is appended
        waiting,  ///< until `wake` is called
        more,
    };
    /// Does one small thing. `busy`: an append waits meanwhile, so commits need no sync of their
    /// own.
    next step(bool busy);

    /// Whether the rows grow faster than they can be replaced: the next append should leave it
    /// time.
    bool behind() const noexcept { return since_ > 2 * snapshot_bytes_; }

    std::uint64_t checkpoints() const noexcept { return checkpoints_; }
    std::uint64_t snapshots() const noexcept { return snapshots_; }

private:
    enum class stage : std::uint8_t { sweep, shrink, rest, restore, follow, write };

    void checkpoint();
    bool due() const;
    next start();
    next restore();
    next follow();
    next write(bool busy);
    void publish();

    store& store_;
    const core::settings settings_;
    const std::uint64_t snapshot_bytes_;
    const int log_pages_max_;  ///< before a checkpoint

    stage at_ = stage::sweep;
    bool shrunk_ = false;
    position newest_;
    lore known_;
    std::uint64_t since_ = 0;   ///< bytes of rows after the head, as they lie in the file
    std::size_t last_row_ = 0;  ///< bytes
    core::instant clock_{};
    std::uint64_t ended_before_ = 0;  ///< leases, when the newest snapshot was begun

    // --- While a snapshot is made.
    std::unique_ptr<follower> follower_;  ///< the background's while that is not idle
    std::vector<std::string> made_;       ///< likewise
    std::deque<std::string> ready_;
    head next_head_;
    std::uint64_t handed_parts_ = 0;  ///< of the former snapshot
    std::uint64_t handed_seq_ = 0;
    std::uint64_t rows_behind_ = 0;  ///< bytes appended since the place of the snapshot
    std::uint64_t next_ended_before_ = 0;

    std::uint64_t checkpoints_ = 0;
    std::uint64_t snapshots_ = 0;
    background worker_;  ///< the last one: it ends before what it works on
};

}  // namespace admit::journal
