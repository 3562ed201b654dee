// How a journal is opened and replayed.
#include "server/journal/sqlite/backup.hpp"
#include "server/journal/sqlite/hand_over.hpp"
#include "server/journal/sqlite/journal.hpp"
#include "server/journal/sqlite/make.hpp"
#include "server/journal/sqlite/refusing.hpp"
#include "server/journal/sqlite/restore.hpp"
#include "server/journal/sqlite/salvage.hpp"
#include "server/journal/wall_clock.hpp"

#include <algorithm>

namespace admit::journal {
namespace {

const std::string advice =
    ". Put the files back as they were, or go on with what there is: --accept-data-loss";

}  // namespace

std::unique_ptr<journal> make_sqlite(const std::string& directory, const options& o) {
    return std::make_unique<sqlite_journal>(directory, o);
}

sqlite_journal::sqlite_journal(const std::string& directory, const options& o)
    : directory_(directory), options_(o), boot_(o.boot_id.empty() ? boot_id() : o.boot_id) {
    prepare_directory(directory_);
    lock_ = lock_directory(directory_);
    refusing(directory_, [this] {
        look_at_mark();
        open_store();
        judge_life();
    });
    figures_.syncs = store_->base().syncs();
    tend_anew();
    thread_ = std::thread([this] { work(); });
}

void sqlite_journal::look_at_mark() {
    mark_file_ = std::make_unique<mark_file>(directory_ + "/journal.mark");
    if (const auto& found = mark_file_->found()) {
        mark_ = *found;
        known_.learn(mark_.longest_ttl_ms, mark_.newest_token);
    }
}

void sqlite_journal::tend_anew() {
    upkeep_ = std::make_unique<upkeep>(*store_, options_.state, options_.snapshot_bytes, [this] {
        const std::lock_guard lock(mutex_);
        tend_ = true;
        wake_.notify_one();
    });
}

void sqlite_journal::open_store() {
    take_place(directory_);
    remove_unfinished_backup(directory_);
    const std::string file = directory_ + "/journal.db";
    const auto& found = mark_file_->found();
    if (is_being_restored(directory_)) {
        if (size_of(file) == 0 && !options_.accept_data_loss)
            throw refusal({trouble_kind::damaged,
                           directory_ + ": a restore did not come to its end; repeat it"});
        remove_unfinished_restore(directory_);
    }
    if (size_of(file) == 0 && found && found->at.seq > 0 && !options_.accept_data_loss)
        throw refusal({trouble_kind::damaged, file + " is missing, and journal.mark tells of " +
                                                  std::to_string(found->at.seq) +
                                                  " batches, the last one written " +
                                                  wall_text(found->at.wall_ms) + advice});
    try {
        store_ = std::make_unique<store>(file, options_.vfs);
    } catch (const sql_error& e) {
        if (e.is != sql_error::kind::damaged || !options_.accept_data_loss) throw;
    } catch (const refusal& e) {
        if (e.kind != trouble_kind::damaged || !options_.accept_data_loss) throw;
    }
    // Nothing of it can be read.
    if (!store_) {
        put_aside(directory_);
        former_.lost = file + " could not be read";
        store_ = std::make_unique<store>(file, options_.vfs);
    }
    if (store_->is_new()) sync_directory(directory_);
}

void sqlite_journal::judge_life() {
    const head& h = store_->newest_head();
    known_.learn(h.longest_ttl_ms, h.newest_token);
    const std::string unreadable = former_.lost;
    const auto& found = mark_file_->found();
    try {
        newest_ = store_->newest();
        const bool kept = found && found->id == h.id && found->at.seq <= newest_.seq;
        former_ =
            judge(found, h, newest_, kept ? store_->hash_at(found->at.seq) : std::nullopt, boot_);
    } catch (const sql_error& e) {
        if (e.is != sql_error::kind::damaged || !options_.accept_data_loss) throw;
        newest_ = h.at;
        former_ = {.lost = e.what(), .forgot = true};
    }
    if (!unreadable.empty()) former_ = {.lost = unreadable, .forgot = true};
    had_life_ = newest_.seq > 0 || !former_.lost.empty() || former_.forgot;
    if (!former_.lost.empty() && !options_.accept_data_loss)
        throw refusal({trouble_kind::damaged, directory_ + ": " + former_.lost + advice});
}

former_life sqlite_journal::replay(const replay_visitor& visitor) {
    return refusing(directory_, [&] {
        std::string why;
        try {
            return read_all(visitor);
        } catch (const sql_error& e) {
            if (e.is != sql_error::kind::damaged) throw;
            why = e.what();
        } catch (const refusal& e) {
            if (e.kind != trouble_kind::damaged) throw;
            why = e.what();
        }
        if (!options_.accept_data_loss) throw refusal({trouble_kind::damaged, why + advice});
        go_on_with_the_rest(why);
        return life();
    });
}

former_life sqlite_journal::life() const {
    return {.any = had_life_,
            .lost_records = !former_.lost.empty(),
            .forgot_moments = former_.forgot,
            .restored = former_.restored,
            .longest_ttl_ms = known_.longest_ttl_ms,
            .newest_token = known_.newest_token};
}

/// What was handed over becomes the journal.
void sqlite_journal::go_on_with_the_rest(const std::string& why) {
    upkeep_.reset();
    salvage(*store_, options_.state, known_, directory_);
    store_.reset();
    take_place(directory_);
    store_ = std::make_unique<store>(directory_ + "/journal.db", options_.vfs);
    newest_ = store_->newest();
    former_ = {.lost = why, .forgot = true};
    had_life_ = true;
    tend_anew();
}

former_life sqlite_journal::read_all(const replay_visitor& visitor) {
    const head& h = store_->newest_head();
    const std::string& file = store_->base().file();
    const std::string wrong = store_->check();
    if (!wrong.empty() && !options_.accept_data_loss)
        throw refusal({trouble_kind::damaged, file + ": " + wrong});
    const std::uint64_t rows = store_->row_bytes(h.at.seq);
    const auto all = static_cast<double>(std::max<std::uint64_t>(h.bytes + rows, 1));
    std::uint64_t done = 0;
    const auto progress = [&](std::size_t bytes) {
        done += bytes;
        if (visitor.progress) visitor.progress(std::min(1.0, static_cast<double>(done) / all));
    };

    hand_over out(visitor);
    try {
        read(out, progress);
    } catch (...) {
        // What was read before counts, and so does what the visitor says of that.
        out.finish();
        throw;
    }
    out.finish();
    // All could be read, but nothing may be written into it any more.
    if (!wrong.empty()) throw refusal({trouble_kind::damaged, file + ": " + wrong});
    upkeep_->found(rows);
    return life();
}

void sqlite_journal::read(hand_over& out, const std::function<void(std::size_t)>& progress) {
    const head& h = store_->newest_head();
    const std::string& file = store_->base().file();
    part_chain parts(file, h);
    store_->parts(0, [&](const part& p) {
        parts.take(p, [&](const core::image& i) { out.restore(i); });
        progress(p.body.size());
        return true;
    });
    parts.check_end(h);

    row_chain chain(file, h.at);
    store_->rows(h.at.seq, [&](const row& r) {
        chain.take(r, [&](const frame& f) {
            for (const core::record& what : f.records)
                known_.learn(what);
            out.visit(f);
        });
        progress(r.body.size());
        return true;
    });
    if (chain.at() != newest_)
        throw refusal({trouble_kind::damaged, file + ": the last batch is not the newest one"});
}

}  // namespace admit::journal
