// `admit leases`, `waiters`, `history`, `worker` and `evict`: who holds and who waits.
#include "client/cli/common_options.hpp"
#include "client/cli/every_page.hpp"
#include "client/cli/help.hpp"
#include "client/cli/output.hpp"
#include "client/cli/readers.hpp"
#include "client/cli/rows.hpp"

#include <iterator>
#include <utility>

namespace admit::client {
namespace {

void declare_listing(declarations& options, arguments& into) {
    options.word("POOL", "whose",
                 [&into](const std::string& text) { into.pool = read_pool(text); });
    declare_json(options, into);
}

/// Prints one of a pool's listings.
template <class Call, class Row>
int list(const arguments& a, std::vector<Row> Call::answer::*rows) {
    blocking_client server{connection_of(a)};
    Call call;
    call.pool = a.pool;
    const result<typename Call::answer> got = every_page(server, call, rows);
    if (!got) return fail(a, got.error(), a.pool);
    return a.json ? printed(json(*got)) : printed(table_of((*got).*rows).lines());
}

int leases(const arguments& a) { return list<calls::list_leases>(a, &leases_page::leases); }
int waiters(const arguments& a) { return list<calls::list_waiters>(a, &waiters_page::waiters); }
int history(const arguments& a) { return list<calls::list_history>(a, &history_page::ended); }

void declare_worker(declarations& options, arguments& into) {
    options.word("NAME", "its name",
                 [&into](const std::string& text) { into.worker = read_name("NAME", text); });
    declare_json(options, into);
}

int worker(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<worker_view> got = server.call(calls::get_worker{a.worker});
    if (!got) return fail(got.error());
    if (a.json) return printed(json(*got));
    std::vector<line> out{{{got->worker, colour::bold}, {" is " + got->state}}};
    const auto add = [&out](const table& more) {
        out.emplace_back();
        std::vector<line> lines = more.lines();
        std::move(lines.begin(), lines.end(), std::back_inserter(out));
    };
    if (!got->leases.empty()) add(table_of(got->leases));
    if (!got->waits.empty()) add(table_of(got->waits));
    return printed(out);
}

void declare_evict(declarations& options, arguments& into) {
    options.optional_word("POOL", "the pool of the lease",
                          [&into](const std::string& text) { into.pool = read_pool(text); });
    options.optional_word(
        "TOKEN", "the lease's token, as leases shows it",
        [&into](const std::string& text) { into.token = read_token("TOKEN", text); });
    options.option("--worker", "NAME", "all that this worker holds",
                   [&into](const std::string& text) { into.worker = read_name("--worker", text); });
    declare_json(options, into);
    options.check([&into] {
        const bool one = !into.pool.empty() && into.token != 0;
        if (into.worker.empty() ? one : into.pool.empty()) return;
        throw misuse{"write either admit evict POOL TOKEN or admit evict --worker NAME"};
    });
}

int evict(const arguments& a) {
    blocking_client server{connection_of(a)};
    evicted_count count{1};
    if (a.worker.empty()) {
        const result<done> got = server.call(calls::evict_lease{a.pool, a.token});
        if (!got) return fail(a, got.error(), a.pool);
    } else {
        const result<evicted_count> got = server.call(calls::evict_worker{a.worker});
        if (!got) return fail(got.error());
        count = *got;
    }
    if (a.json) return printed(json(count));
    return printed("evicted " + std::to_string(count.evicted) +
                   (count.evicted == 1 ? " lease\n" : " leases\n"));
}

const command family[] = {
    {"leases", "Show who holds slots of a pool", help::leases, declare_listing, leases},
    {"waiters", "Show who waits for slots of a pool", help::waiters, declare_listing, waiters},
    {"history", "Show how a pool's leases ended", help::history, declare_listing, history},
    {"worker", "Show what a worker holds and waits for", help::worker, declare_worker, worker},
    {"evict", "Take leases back", help::evict, declare_evict, evict},
};

}  // namespace

std::span<const command> listing_commands() { return family; }

}  // namespace admit::client
