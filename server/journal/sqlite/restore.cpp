// From a backup to a journal that a server can start with. The order of the steps is what makes it
// safe to end anywhere:
//
//   1. all of the backup is read, and the directory is locked and found without a journal
//   2. journal.restoring is begun: from here on no server starts without a journal.db
//   3. journal.mark says what the journal will be
//   4. journal.restoring is complete and durable
//   5. it is renamed to journal.db
#include "server/journal/sqlite/restore.hpp"

#include "proto/limits.hpp"
#include "server/journal/codec.hpp"
#include "server/journal/sqlite/files.hpp"
#include "server/journal/sqlite/mark.hpp"
#include "server/journal/sqlite/refusing.hpp"
#include "server/journal/sqlite/rewrite.hpp"
#include "server/journal/sqlite/seal.hpp"
#include "server/journal/wall_clock.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace admit::journal {
namespace {

/// More than any lineage of processes may have given since: a thousand of them (the engine's
/// numbers for an accepted loss are the same).
constexpr std::uint64_t numbers_lost = std::uint64_t{1} << 42;
/// A process goes on at the next multiple of this.
constexpr std::uint64_t numbers_of_a_process = std::uint64_t{1} << 32;
/// For each second since the backup: an earlier restore of the same one gave no more in that time.
constexpr std::uint64_t numbers_of_a_second = std::uint64_t{1} << 24;
/// More seconds than the tokens that JSON can carry suffice for.
constexpr std::int64_t seconds_max = std::int64_t{1} << 30;
/// Restores of one moment go on at one of so many processes' numbers. Few, as each of them is a
/// time (256 s) for which a later restore may stay below an earlier one.
constexpr std::uint64_t places_of_a_moment = 64;

std::string unfinished_in(const std::string& directory) { return directory + "/journal.restoring"; }

/// A backup that was read to its end.
struct whole_backup {
    seal sealed;
    std::unique_ptr<follower> state;
    lore known;
    std::int64_t default_ttl_ms = 0;  ///< the longest of its pools'
};

/// What leases of each pool live for when they do not say, by what came last.
class default_ttls {
public:
    void see(const core::image& i) {
        if (const auto* p = std::get_if<core::pool_image>(&i)) set(p->pool, p->settings);
    }
    void see(const core::record& r) {
        if (const auto* p = std::get_if<core::pool_set>(&r)) set(p->pool, p->settings);
        if (const auto* p = std::get_if<core::pool_deleted>(&r)) ms_.erase(p->pool);
    }
    std::int64_t longest() const {
        std::int64_t found = 0;
        for (const auto& [pool, ms] : ms_)
            found = std::max(found, ms);
        return found;
    }

private:
    void set(const std::string& pool, const pool_settings& s) { ms_[pool] = s.default_ttl_ms; }
    std::map<std::string, std::int64_t> ms_;
};

whole_backup read_whole(const std::string& file, const core::settings& conf) {
    if (!exists(file)) throw refusal({trouble_kind::unusable, file + ": there is no such file"});
    if (!std::filesystem::is_regular_file(file))
        throw refusal({trouble_kind::unusable, file + ": not a file"});
    store from(file, only_look::yes);
    // SQLite reads missing bytes as zeroes, which goes unnoticed in a free page. The pages of a
    // journal may be in its log; it has no seal, and that is what to say of it.
    const std::uint64_t whole = from.pages() * from.page_bytes();
    const std::uint64_t found = size_of(file);
    if (found < whole && size_of(file + "-wal") == 0)
        throw refusal({trouble_kind::damaged, file + ": " + std::to_string(found) + " of its " +
                                                  std::to_string(whole) + " bytes are there"});
    whole_backup all;
    all.sealed = read_seal(from.base());
    if (const std::string wrong = from.check(); !wrong.empty())
        throw refusal({trouble_kind::damaged, file + ": " + wrong});
    const head& h = from.newest_head();
    all.state = std::make_unique<follower>(conf, file, h);
    all.known.learn(h.longest_ttl_ms, h.newest_token);
    all.known.learn(all.sealed.longest_ttl_ms, all.sealed.newest_token);
    default_ttls defaults;
    from.parts(0, [&](const part& p) {
        all.state->restore(p);
        decode(p.body, [&](const core::image& i) { defaults.see(i); });
        return true;
    });
    all.state->check_restored();
    from.rows(h.at.seq, [&](const row& r) {
        all.state->follow(r);
        decode(r.body, [&](const frame& f) {
            for (const core::record& what : f.records) {
                all.known.learn(what);
                defaults.see(what);
            }
        });
        return true;
    });
    if (all.sealed.id != h.id || all.state->at() != all.sealed.at)
        throw refusal({trouble_kind::damaged,
                       file + ": it ends with batch " + std::to_string(all.state->at().seq) +
                           ", and its seal tells of batch " + std::to_string(all.sealed.at.seq)});
    if (all.sealed.at.seq == 0)
        throw refusal({trouble_kind::unusable, file + ": nothing is in it"});
    all.default_ttl_ms = defaults.longest();
    return all;
}

backup_facts facts_of(const whole_backup& all) {
    return {.batch = all.sealed.at.seq,
            .written_ms = all.sealed.at.wall_ms,
            .next_token = all.state->state().next_numbers().next_token,
            .longest_ttl_ms = all.known.longest_ttl_ms,
            .counts = all.state->state().count()};
}

void must_have_no_journal(const std::string& directory) {
    for (const char* name : {"/journal.db", "/journal.db-wal", "/journal.salvaged"}) {
        if (exists(directory + name))
            throw refusal({trouble_kind::unusable,
                           directory + " has a journal already (" + (directory + name) +
                               "): name another directory, or move that one's files away"});
    }
    // SQLite takes them for parts of whatever is called journal.db.
    for (const char* name : {"/journal.db-journal", "/journal.db-shm"}) {
        if (exists(directory + name))
            throw refusal({trouble_kind::unusable,
                           directory + name +
                               ": left by another database, it would be taken for a part of what "
                               "is restored: move it away"});
    }
}

file take_directory(const std::string& directory) {
    prepare_directory(directory);
    file lock = lock_directory(directory);
    must_have_no_journal(directory);
    return lock;
}

/// What sets a restore apart from the others of the same backup: its moment, and chance where that
/// is the same. The date that a fresh state begins with does not where the backup is ahead of it.
std::uint64_t numbers_of_this_restore(const whole_backup& all, const restore_options& o) {
    const std::int64_t now_ms = o.now_ms ? *o.now_ms : wall_ms();
    const auto seconds =
        std::clamp<std::int64_t>(now_ms / 1000 - all.sealed.at.wall_ms / 1000, 0, seconds_max);
    return static_cast<std::uint64_t>(seconds) * numbers_of_a_second +
           o.random % places_of_a_moment * numbers_of_a_process;
}

core::raised numbers_after(const whole_backup& all, const std::optional<mark>& left,
                           const restore_options& o) {
    const core::raised known = all.state->state().next_numbers();
    core::raised to{std::max({known.next_token, all.known.newest_token + 1, o.new_token}),
                    known.next_ticket};
    to.next_token += numbers_lost + numbers_of_this_restore(all, o);
    to.next_ticket += numbers_lost;
    // The mark tells of all but the newest moments, so the next process's numbers are above them.
    if (left)
        to.next_token = std::max(
            to.next_token, (left->newest_token / numbers_of_a_process + 1) * numbers_of_a_process);
    to.next_token = std::max(to.next_token, o.token_above + 1);
    // The next start takes another step.
    if (to.next_token + 2 * numbers_of_a_process > limits::token_max)
        throw refusal({trouble_kind::unusable,
                       "the tokens that JSON can carry would be used up, as they rise with the "
                       "time since the backup was written, " +
                           wall_text(all.sealed.at.wall_ms) +
                           ", and above --token-above: look whether the clock is right"});
    return to;
}

/// Ends the process's part in a test.
class steps {
public:
    explicit steps(int end_after) : end_after_(end_after) {}
    void done() {
        if (end_after_ > 0 && ++count_ == end_after_)
            throw refusal({trouble_kind::failed, "ended by a test"});
    }

private:
    const int end_after_;
    int count_ = 0;
};

restored write(const whole_backup& all, const std::string& directory, const restore_options& o) {
    steps step(o.end_after);
    const std::string mark_name = directory + "/journal.mark";
    const std::optional<mark> left = read_mark(mark_name);
    const core::raised numbers = numbers_after(all, left, o);
    const std::int64_t longest_ttl_ms =
        std::max({all.known.longest_ttl_ms, all.default_ttl_ms, o.longest_ttl_ms,
                  left ? left->longest_ttl_ms : 0});

    const std::string unfinished = unfinished_in(directory);
    remove_database(unfinished);
    {
        store made(unfinished, std::string());
        sync_directory(directory);
        step.done();

        head h{.id = made.newest_head().id,
               .at = all.sealed.at,
               .number = 1,
               .clock = all.state->clock(),
               .longest_ttl_ms = longest_ttl_ms,
               .newest_token = all.known.newest_token};
        mark_file marks(mark_name);
        marks.write({.id = h.id,
                     .at = h.at,
                     .boot = boot_id(),
                     .clean = true,
                     .quarantine = true,
                     .longest_ttl_ms = longest_ttl_ms,
                     .newest_token = numbers.next_token - 1,
                     .restored = true});
        marks.sync();
        sync_directory(directory);
        step.done();

        write_snapshot(made, *all.state, h);
        std::string body;
        const frame raised = all.state->raise(numbers);
        encode({&raised, 1}, body);
        position next{h.at.seq + 1, {}, wall_ms()};
        next.hash = link(h.at.hash, next.seq, next.wall_ms, body);
        made.begin(true);
        made.append({next, body});
        made.commit();
        if (o.prepare) o.prepare();
        step.done();
        made.base().empty_log();
        made.base().tidy_at_end(true);
    }
    step.done();
    rename(unfinished, directory + "/journal.db");
    sync_directory(directory);
    return {facts_of(all), numbers.next_token, longest_ttl_ms};
}

/// What `f` returns, or why it does not.
template <class F>
auto answering(const std::string& what, const F& f) -> std::variant<decltype(f()), trouble> {
    try {
        return refusing(what, f);
    } catch (const refusal& why) { return trouble{why.kind, why.what()}; }
}

}  // namespace

bool is_being_restored(const std::string& directory) { return exists(unfinished_in(directory)); }

void remove_unfinished_restore(const std::string& directory) {
    remove_database(unfinished_in(directory));
}

std::variant<backup_facts, trouble> check_backup(const std::string& file,
                                                 const core::settings& conf) {
    return answering(file, [&] { return facts_of(read_whole(file, conf)); });
}

std::variant<restored, trouble> restore(const std::string& backup, const std::string& directory,
                                        const restore_options& o) {
    return answering(directory, [&] {
        // Nothing is made before the backup was found whole.
        std::optional<file> lock;
        if (exists(directory)) lock = take_directory(directory);
        const whole_backup all = read_whole(backup, o.state);
        if (!lock) lock = take_directory(directory);
        return write(all, directory, o);
    });
}

}  // namespace admit::journal
