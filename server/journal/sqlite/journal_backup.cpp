// Backups of a journal that is in use: a slice after each append, on the journal's thread, so that
// the database is the same from the end of the copy to the seal. What goes wrong with one is told
// to whoever asked, and the journal goes on.
#include "server/journal/sqlite/journal.hpp"

#include <new>
#include <system_error>
#include <utility>

namespace admit::journal {

void sqlite_journal::back_up(const std::shared_ptr<backup_order>& order) {
    backup_trouble why;
    {
        const std::lock_guard lock(mutex_);
        if (closing_ || error_) {
            why = {backup_failure::ended, "the journal is closed"};
        } else if (order_ || !out_.expired()) {
            why = {backup_failure::busy,
                   "another backup is being made or read; there is one at a time"};
        } else {
            order_ = order;
            tend_ = true;
            wake_.notify_one();
            return;
        }
    }
    order->on_done(std::move(why));
}

void sqlite_journal::tend_backup() {
    std::shared_ptr<backup_order> order;
    {
        const std::lock_guard lock(mutex_);
        order = order_;
        // What is in the files is not known any more; the end of the backup is the next thing.
        if (!order || error_) return;
    }
    if (order->claim.expired())
        return end_backup(backup_trouble{backup_failure::ended, "nobody wants it any more"});
    try {
        copy_for_backup();
    } catch (const no_room& e) {
        end_backup(backup_trouble{backup_failure::no_room, e.what()});
    } catch (const sql_error& e) {
        const bool full = e.code == std::errc::no_space_on_device;
        end_backup(
            backup_trouble{full ? backup_failure::no_room : backup_failure::failed, e.what()});
    } catch (const std::system_error& e) {
        const bool full = e.code() == std::errc::no_space_on_device;
        end_backup(backup_trouble{full ? backup_failure::no_room : backup_failure::failed,
                                  directory_ + "/journal.backup: " + e.what()});
    } catch (const std::bad_alloc&) {
        end_backup(backup_trouble{backup_failure::failed, "no memory"});
    }
}

void sqlite_journal::copy_for_backup() {
    if (!backup_) {
        backup_ = std::make_unique<backup_making>(*store_, directory_, options_.vfs,
                                                  options_.min_free_bytes);
        return;
    }
    if (!backup_->step()) return;
    end_backup(backup_->finish({.id = store_->newest_head().id,
                                .at = newest_,
                                .longest_ttl_ms = known_.longest_ttl_ms,
                                .newest_token = known_.newest_token}));
}

void sqlite_journal::end_backup(backup_result result) {
    backup_.reset();
    std::shared_ptr<backup_order> order;
    {
        const std::lock_guard lock(mutex_);
        order = std::exchange(order_, nullptr);
        if (const auto* made = std::get_if<std::shared_ptr<const backup_file>>(&result))
            out_ = *made;
    }
    if (order) order->on_done(std::move(result));
}

}  // namespace admit::journal
