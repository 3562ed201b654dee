#include "server/journal/sqlite/journal.hpp"

#include "server/journal/codec.hpp"
#include "server/journal/sqlite/make.hpp"
#include "server/journal/wall_clock.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

namespace admit::journal {
namespace {

/// How long an append waits at most for upkeep that is behind.
constexpr std::chrono::milliseconds catch_up_time{4};

}  // namespace

// --- Any thread

append_result sqlite_journal::append(std::span<const frame> batch, const append_done& on_done) {
    {
        const std::lock_guard lock(mutex_);
        if (done_) throw std::logic_error("two appends at a time");
        if (batch.empty() && !error_) return append_result::durable;
        batch_ = batch;
        done_ = on_done;
    }
    wake_.notify_one();  // who wakes up finds the mutex free
    return append_result::pending;
}

std::string sqlite_journal::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

journal_figures sqlite_journal::figures() const {
    const std::lock_guard lock(mutex_);
    journal_figures now = figures_;
    const std::string file = directory_ + "/journal.db";
    now.file_bytes = size_of(file) + size_of(file + "-wal");
    return now;
}

void sqlite_journal::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    if (std::exchange(closed_, true)) return;
    end_backup(backup_trouble{backup_failure::ended, "the server ends"});
    upkeep_.reset();
    bool sound = false;
    {
        const std::lock_guard lock(mutex_);
        sound = !error_;
    }
    // Where something is missing and nobody has gone on from it, all stays as it was found.
    if (sound && (begun_ || (former_.lost.empty() && !former_.forgot))) {
        guarded([this] {
            store_->base().empty_log();
            store_->base().tidy_at_end(true);
            store_.reset();
            if (!begun_) return;
            mark_.clean = true;
            write_mark();
            mark_file_->sync();
        });
    }
    store_.reset();
    mark_file_.reset();
    lock_ = file();
}

// --- The journal's thread

void sqlite_journal::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return done_ || closing_ || tend_; });
        if (done_) {
            const append_done done = std::exchange(done_, nullptr);
            const std::error_code before = error_;
            lock.unlock();
            done(before ? before : keep(batch_));
            lock.lock();
            tend_ = true;
        } else if (closing_) {
            return;
        }
        if (!tend_ || error_) {
            tend_ = false;
            if (order_) {
                lock.unlock();
                end_backup(backup_trouble{backup_failure::ended, "the journal has failed"});
                lock.lock();
            }
            continue;
        }
        const bool busy = static_cast<bool>(done_);
        tend_ = false;
        lock.unlock();
        tend(busy);
        lock.lock();
        // Where upkeep cannot keep up, appends become slower, for a bounded time each.
        const auto patience = std::chrono::steady_clock::now() + catch_up_time;
        while (busy && !error_ && upkeep_->behind()) {
            if (!wake_.wait_until(lock, patience, [this] { return tend_; })) break;
            tend_ = false;
            lock.unlock();
            tend(busy);
            lock.lock();
            if (std::chrono::steady_clock::now() >= patience) break;
        }
    }
}

void sqlite_journal::tend(bool busy) {
    auto next = upkeep::next::nothing;
    guarded([&] { next = upkeep_->step(busy); });
    tend_backup();
    const std::lock_guard lock(mutex_);
    if (order_) tend_ = true;
    if (next == upkeep::next::more) tend_ = true;
    figures_.tending = next != upkeep::next::nothing;
    figures_.syncs = store_->base().syncs();
    figures_.checkpoints = upkeep_->checkpoints();
    figures_.snapshots = upkeep_->snapshots();
    figures_.snapshot_bytes = store_->newest_head().bytes;
}

std::error_code sqlite_journal::keep(std::span<const frame> batch) {
    const bool kept = guarded([&] {
        bool must_last = options_.survives == durability::strict || !begun_;
        for (const frame& f : batch) {
            for (const core::record& r : f.records)
                must_last |= known_.learn(r);
        }
        body_.clear();
        encode(batch, body_);
        position next{newest_.seq + 1, {}, wall_ms()};
        next.hash = link(newest_.hash, next.seq, next.wall_ms, body_);

        const bool first = !begun_;
        if (first) begin_life();
        store_->begin(must_last);
        store_->append({next, body_});
        store_->commit();
        newest_ = next;
        begun_ = true;
        mark_.relaxed = options_.survives == durability::relaxed;
        if (former_.forgot && !quarantine_until_)
            quarantine_until_ = batch.front().at + core::from_ms(known_.longest_ttl_ms);
        if (quarantine_until_ && batch.back().at >= *quarantine_until_) mark_.quarantine = false;
        write_mark();
        if (first) mark_file_->sync();
        upkeep_->appended(newest_, body_.size(), batch.back().at, known_);
    });
    const std::lock_guard lock(mutex_);
    if (!kept) return error_;
    ++figures_.appends;
    figures_.tending = true;
    figures_.bytes += body_.size();
    figures_.syncs = store_->base().syncs();
    return {};
}

void sqlite_journal::begin_life() {
    mark_.id = store_->newest_head().id;
    mark_.boot = boot_;
    mark_.clean = false;
    mark_.relaxed |= options_.survives == durability::relaxed;
    mark_.quarantine = former_.forgot;
    mark_.restored = former_.restored;
    // Where something is missing the mark goes on to say so until the first row of this process is
    // durable: it says how the tokens went on.
    if (!former_.lost.empty() || former_.forgot) return;
    write_mark();
    mark_file_->sync();
    sync_directory(directory_);
}

void sqlite_journal::write_mark() {
    mark_.at = newest_;
    mark_.longest_ttl_ms = known_.longest_ttl_ms;
    mark_.newest_token = known_.newest_token;
    mark_file_->write(mark_);
}

void sqlite_journal::fail(std::error_code error, const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (error_) return;
    error_ = error;
    failure_ = what;
}

template <class F>
bool sqlite_journal::guarded(const F& f) {
    try {
        f();
        return true;
    } catch (const sql_error& e) { fail(e.code, e.what()); } catch (const std::system_error& e) {
        fail(e.code(), directory_ + "/journal.mark: " + e.what());
    } catch (const refusal& e) {
        fail(std::make_error_code(std::errc::state_not_recoverable), e.what());
    } catch (const std::bad_alloc& e) {
        fail(std::make_error_code(std::errc::not_enough_memory), directory_ + ": no memory");
    }
    return false;
}

}  // namespace admit::journal
