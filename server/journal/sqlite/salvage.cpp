#include "server/journal/sqlite/salvage.hpp"

#include "server/journal/sqlite/files.hpp"
#include "server/journal/sqlite/rewrite.hpp"
#include "server/journal/trouble.hpp"
#include "server/journal/wall_clock.hpp"

namespace admit::journal {
namespace {

/// Runs `f` until the first thing that cannot be read; whether it came to the end.
template <class F>
bool as_far_as_it_goes(const F& f) {
    try {
        f();
        return true;
    } catch (const refusal&) {
    } catch (const sql_error& e) {
        if (e.is != sql_error::kind::damaged) throw;
    }
    return false;
}

}  // namespace

void salvage(store& old, const core::settings& conf, const lore& known,
             const std::string& directory) {
    const head& from = old.newest_head();
    follower state(conf, old.base().file(), from);
    const bool whole = as_far_as_it_goes([&] {
        old.parts(0, [&](const part& p) {
            state.restore(p);
            return true;
        });
        state.check_restored();
    });
    // Rows go on from the whole snapshot, or from nothing.
    if (whole) {
        as_far_as_it_goes([&] {
            old.rows(from.at.seq, [&](const row& r) {
                state.follow(r);
                return true;
            });
        });
    }

    const std::string unfinished = directory + "/journal.new";
    remove_database(unfinished);
    {
        store made(unfinished, std::string());
        write_snapshot(made, state,
                       {.id = from.id,
                        .at = state.at(),
                        .number = from.number + 1,
                        .clock = state.clock(),
                        .longest_ttl_ms = known.longest_ttl_ms,
                        .newest_token = known.newest_token});
        made.base().empty_log();
        made.base().tidy_at_end(true);
    }
    rename(unfinished, directory + "/journal.salvaged");
    sync_directory(directory);
}

void put_aside(const std::string& directory) {
    const std::string file = directory + "/journal.db";
    const std::string aside = file + ".damaged-" + std::to_string(wall_ms());
    for (const char* end : {"-wal", ""}) {
        if (exists(file + end)) rename(file + end, aside + end);
    }
    sync_directory(directory);
}

void take_place(const std::string& directory) {
    const std::string salvaged = directory + "/journal.salvaged";
    if (!exists(salvaged)) return;
    put_aside(directory);
    rename(salvaged, directory + "/journal.db");
    sync_directory(directory);
}

}  // namespace admit::journal
