// The journal on disk. In its directory:
//
//   journal.db, journal.db-wal   rows, one a batch, and snapshots (server/journal/sqlite/store.hpp)
//   journal.mark                 how far it had come (server/journal/sqlite/mark.hpp)
//   lock                         held while a server has it
//
// One thread does everything: an append, then at most one small thing of upkeep, then the next
// append. The one connection is its own, after the replay.
#pragma once

#include "server/journal/open.hpp"
#include "server/journal/sqlite/backup.hpp"
#include "server/journal/sqlite/life.hpp"
#include "server/journal/sqlite/upkeep.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace admit::journal {

class hand_over;

class sqlite_journal final : public journal {
public:
    /// Throws `refusal`.
    sqlite_journal(const std::string& directory, const options&);
    ~sqlite_journal() override { close(); }
    sqlite_journal(const sqlite_journal&) = delete;
    sqlite_journal& operator=(const sqlite_journal&) = delete;

    append_result append(std::span<const frame>, const append_done&) override;
    former_life replay(const replay_visitor&) override;
    void close() override;
    bool keeps() const noexcept override { return true; }
    std::string failure() const override;
    journal_figures figures() const override;
    void back_up(const std::shared_ptr<backup_order>&) override;

private:
    // --- Opening.
    void open_store();
    void judge_life();
    void look_at_mark();
    former_life life() const;
    former_life read_all(const replay_visitor&);
    void read(hand_over&, const std::function<void(std::size_t)>& progress);
    void go_on_with_the_rest(const std::string& why);
    void tend_anew();

    // --- On the journal's thread.
    void work();
    std::error_code keep(std::span<const frame>);
    void begin_life();
    void write_mark();
    void tend(bool busy);
    void tend_backup();
    void copy_for_backup();
    void end_backup(backup_result);
    void fail(std::error_code, const std::string& what);
    /// Runs what may throw; whether it did not.
    template <class F>
    bool guarded(const F&);
    void note_figures();

    const std::string directory_;
    const options options_;
    file lock_;
    std::unique_ptr<mark_file> mark_file_;
    std::unique_ptr<store> store_;
    std::string boot_;

    // --- The journal's thread's, and before the first append the opener's.
    verdict former_;
    bool had_life_ = false;
    bool begun_ = false;
    mark mark_;
    position newest_;
    lore known_;
    std::optional<core::instant> quarantine_until_;
    std::string body_;
    std::uint64_t bytes_ = 0;
    std::unique_ptr<upkeep> upkeep_;
    bool waiting_ = false;  ///< upkeep is, for its worker
    std::unique_ptr<backup_making> backup_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::span<const frame> batch_;
    append_done done_;
    bool tend_ = false;  ///< there may be something to tend
    std::shared_ptr<backup_order> order_;  ///< a backup is made, or is about to be
    std::weak_ptr<const backup_file> out_;  ///< the newest one, while somebody has it
    bool closing_ = false;
    bool closed_ = false;
    std::error_code error_;
    std::string failure_;
    journal_figures figures_;
    std::thread thread_;
};

}  // namespace admit::journal
