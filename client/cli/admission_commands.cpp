// `admit acquire`, `renew`, `release`, `cancel` and `check`: the worker's calls, for scripts.
#include "client/blocking_client.hpp"
#include "client/cli/common_options.hpp"
#include "client/cli/help.hpp"
#include "client/cli/line_wait.hpp"
#include "client/cli/output.hpp"
#include "client/cli/readers.hpp"
#include "client/cli/rows.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/notice.hpp"
#include "proto/limits.hpp"

#include <utility>

namespace admit::client {
namespace {

std::string read_handle(const std::string& text) {
    if (!is_clean_text(text) || text.empty() || text.size() > 256)
        throw misuse{"that is no handle"};
    return text;
}

void declare_handle(declarations& options, arguments& into) {
    options.word("HANDLE", "what acquire printed",
                 [&into](const std::string& text) { into.handle = read_handle(text); });
}

void declare_acquire(declarations& options, arguments& into) {
    declare_acquire_options(options, into);
    declare_json(options, into);
    // A script that says nothing about waiting wants an answer.
    options.check(
        [&into] { into.acquire.wait = into.wait.value_or(std::chrono::milliseconds{0}); });
}

int acquire(const arguments& a) {
    line_wait waiting{connection_of(a)};
    result<lease> got = waiting.acquire(a.acquire);
    if (!got && waiting.interrupted_by() != 0)
        return exit_status::of_signal(waiting.interrupted_by());
    if (!got) return fail(a, got.error(), a.acquire.pool);
    if (print(a.json ? json(got->grant(), got->handle()) : got->handle() + "\n")) {
        got->detach();
        return exit_status::ok;
    }
    // Nobody has the handle, so nobody would ever release it.
    const bool given_back{waiting.release(std::move(*got), outcome::dropped)};
    complain(given_back ? "the handle cannot be written; the lease was given back"
                        : "the handle cannot be written; the lease ends by itself");
    return exit_status::failed;
}

void declare_renew(declarations& options, arguments& into) {
    declare_handle(options, into);
    options.option("--ttl", "DURATION", "a longer life from now on",
                   [&into](const std::string& text) { into.ttl = read_lifetime("--ttl", text); });
    declare_json(options, into);
}

int renew(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<renewed_lease> got = server.call(calls::renew{a.handle, a.ttl});
    if (!got) return fail(got.error());
    if (a.json) return printed(json(renewed{{*got}, true}));
    return printed("renewed for " + spelled(got->ttl_ms) + ", next in " +
                   spelled(got->renew_in_ms) + "\n");
}

void declare_release(declarations& options, arguments& into) {
    declare_handle(options, into);
    options.option("--outcome", "HOW", "ok, dropped or failed [ok]",
                   [&into](const std::string& text) {
                       const std::optional<outcome> how = outcome_of(text);
                       if (!how) throw misuse{"--outcome: ok, dropped or failed"};
                       into.outcome = *how;
                   });
    declare_json(options, into);
}

int release(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<released_lease> got = server.call(calls::release{a.handle, a.outcome});
    if (!got) return fail(got.error());
    if (a.json) return printed(json(released{{*got}, true}));
    if (got->status != lease_status::released) return printed("already released\n");
    return printed("released after " + spelled(got->held_ms) + "\n");
}

void declare_cancel(declarations& options, arguments& into) {
    options.word(
        "REQUEST_ID", "what acquire or run was given as --request-id",
        [&into](const std::string& text) { into.request_id = read_name("REQUEST_ID", text); });
    declare_json(options, into);
}

int cancel(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<cancelled> got = server.call(calls::cancel{a.request_id});
    if (!got) return fail(got.error());
    if (a.json) return printed(json(*got));
    if (got->token == 0) return printed("cancelled\n");
    return printed("released the lease with token " + std::to_string(got->token) + "\n");
}

void declare_check(declarations& options, arguments& into) {
    options.word("POOL", "the pool that guards what is written to",
                 [&into](const std::string& text) { into.pool = read_pool(text); });
    options.word("TOKEN", "the token that came with the write",
                 [&into](const std::string& text) { into.token = read_token("TOKEN", text); });
    declare_json(options, into);
}

int check(const arguments& a) {
    blocking_client server{connection_of(a)};
    const result<checked> got = server.call(calls::check{a.pool, a.token});
    if (!got) return fail(a, got.error(), a.pool);
    const int status =
        printed(a.json ? json(*got)
                       : std::string{got->live ? "live" : "not live"} +
                             ", the smallest live token is " + std::to_string(got->floor) + "\n");
    return status == exit_status::ok && !got->live ? exit_status::lease_lost : status;
}

const command family[] = {
    {"acquire", "Get a lease and print its handle", help::acquire, declare_acquire, acquire},
    {"renew", "Renew a lease", help::renew, declare_renew, renew},
    {"release", "Give a lease back", help::release, declare_release, release},
    {"cancel", "End an admission by its request id", help::cancel, declare_cancel, cancel},
    {"check", "Say whether a token is live", help::check, declare_check, check},
};

}  // namespace

std::span<const command> admission_commands() { return family; }

}  // namespace admit::client
