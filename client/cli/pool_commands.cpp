// `admit pools` and `admit pool …`: what operators see and change.
#include "client/cli/common_options.hpp"
#include "client/cli/every_page.hpp"
#include "client/cli/help.hpp"
#include "client/cli/output.hpp"
#include "client/cli/readers.hpp"
#include "client/cli/rows.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/near_pool.hpp"
#include "client/run/notice.hpp"

#include <utility>

namespace admit::client {
namespace {

void declare_pool(declarations& options, arguments& into) {
    options.word("POOL", "its name",
                 [&into](const std::string& text) { into.pool = read_pool(text); });
}

int pools(const arguments& a) {
    blocking_client server{connection_of(a)};
    const auto got = every_page(server, calls::list_pools{}, &pools_page::pools);
    if (!got) return fail(got.error());
    return a.json ? printed(json(*got)) : printed(table_of(got->pools).lines());
}

void declare_show(declarations& options, arguments& into) {
    declare_pool(options, into);
    declare_json(options, into);
}

int show(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<pool_view> got = server.call(calls::get_pool{a.pool});
    if (!got) return fail(a, got.error(), a.pool);
    return a.json ? printed(json(pool_answer{*got})) : printed(lines_of(*got));
}

void declare_set(declarations& options, arguments& into) {
    declare_pool(options, into);
    options.words("SETTING", "key=value, one or more: see below",
                  [&into](const std::string& text) { read_setting(text, into.settings); });
    declare_json(options, into);
}

bool is_unknown_pool(const failure& f) {
    return f.why == cause::refused && f.answer.code == errc::unknown_pool;
}

/// Labels are one setting of the contract, so setting one of them means to know the others.
result<pool_change> whole_change(blocking_client& server, const arguments& a) {
    pool_change out = a.settings.change;
    if (a.settings.labels.empty()) return out;
    const result<pool_view> now = server.call(calls::get_pool{a.pool});
    if (!now && !is_unknown_pool(now.error())) return now.error();
    out.labels = labels_after(now ? now->settings.labels : labels{}, a.settings);
    return out;
}

int told(const arguments& a, const pool_view& pool, const char* what) {
    if (a.json) return printed(json(pool_answer{pool}));
    return printed(std::string{what} + " " + pool.pool + "\n");
}

int set(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<pool_change> change = whole_change(server, a);
    if (!change) return fail(change.error());
    const result<pool_view> changed = server.call(calls::change_pool{a.pool, *change});
    if (changed) return told(a, *changed, "changed");
    if (!is_unknown_pool(changed.error())) return fail(changed.error());
    if (!change->limit) {
        const std::string hint = near_pool(a.servers, changed.error(), a.pool);
        complain(message(changed.error()) + (hint.empty() ? "; with limit=N it is created" : hint));
        return exit_status::of(changed.error());
    }
    const result<pool_view> made = server.call(calls::put_pool{a.pool, *change});
    return made ? told(a, *made, "created") : fail(made.error());
}

int change(const arguments& a, const pool_change& to, const char* done) {
    blocking_client server{connection_of(a)};
    const result<pool_view> got = server.call(calls::change_pool{a.pool, to});
    return got ? told(a, *got, done) : fail(a, got.error(), a.pool);
}

void declare_close(declarations& options, arguments& into) {
    declare_pool(options, into);
    options.option("--note", "TEXT", "why, for those who ask",
                   [&into](const std::string& text) { into.note = read_note("--note", text); });
    declare_json(options, into);
}

int pause(const arguments& a) {
    return change(a, {.mode = pool_mode::paused, .note = a.note}, "paused");
}

int drain(const arguments& a) {
    return change(a, {.mode = pool_mode::draining, .note = a.note}, "draining");
}

int resume(const arguments& a) {
    // The note said why it was closed.
    return change(a, {.mode = pool_mode::open, .note = ""}, "resumed");
}

void declare_delete(declarations& options, arguments& into) {
    declare_pool(options, into);
    options.flag("--force", "evict its leases and refuse its waiters first", into.force);
}

int delete_it(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<done> got = server.call(calls::delete_pool{a.pool, a.force});
    return got ? printed("deleted " + a.pool + "\n") : fail(a, got.error(), a.pool);
}

const command family[] = {
    {"pools", "Show the pools", help::pools, declare_json, pools},
    {"pool", "Show, change or delete one pool", help::pool, nullptr, nullptr},
    {"pool show", "Show a pool with its settings and numbers", help::pool_show, declare_show, show},
    {"pool set", "Change settings, or create a pool", help::pool_set, declare_set, set},
    {"pool pause", "Admit nobody new; waiters stay in line", help::pool_pause, declare_close,
     pause},
    {"pool resume", "Admit again", help::pool_resume, declare_show, resume},
    {"pool drain", "Admit and queue nobody new; refuse waiters", help::pool_drain, declare_close,
     drain},
    {"pool delete", "Delete a pool", help::pool_delete, declare_delete, delete_it},
};

}  // namespace

std::span<const command> pool_commands() { return family; }

}  // namespace admit::client
