#include "client/cli/commands.hpp"

#include "client/async/admission.hpp"
#include "client/async/plan.hpp"
#include "client/cli/duration.hpp"
#include "client/cli/table.hpp"
#include "client/run/exit_status.hpp"
#include "client/run/notice.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

int fail(const failure& f) {
    complain(message(f));
    return exit_status::of(f);
}

/// False where nobody can read it: a closed pipe, a full disk.
bool print(const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
           std::fflush(stdout) == 0;
}

int printed(const std::string& text) {
    if (print(text)) return exit_status::ok;
    complain("the answer cannot be written");
    return exit_status::failed;
}

/// The answer as the server wrote it, from its value.
std::string json(const answer& value, const std::string& handle = {}) {
    std::string out;
    encode(
        value, [&handle](token) { return handle; }, out);
    return out + "\n";
}

/// Acquires; INT, TERM and HUP leave the line first. `signal` is then which one it was.
result<admitted> acquire_in_line(const arguments& a, int& signal) {
    asio::io_context loop{1};
    calls server{loop.get_executor(), a.server};
    acquisition_plan plan = plan_of(a.acquire);
    plan.announce = line_notice::watched();
    admission one{loop.get_executor(), server, std::move(plan)};
    line_notice notice;
    one.on_queued = [&](const queued& place) { notice.show(a.acquire.pool, place); };

    asio::signal_set signals{loop, SIGINT, SIGTERM, SIGHUP};
    signals.async_wait([&](const boost::system::error_code& ec, int number) {
        if (ec) return;
        signal = number;
        one.give_up();
        // A second one ends the process as it always does.
        signals.clear();
    });
    result<held_lease> got;
    asio::co_spawn(loop, one.run(), [&](std::exception_ptr, result<held_lease> outcome) {
        got = std::move(outcome);
        loop.stop();
    });
    loop.run();
    notice.clear();
    if (!got) return got.error();
    return std::move(got->grant);
}

}  // namespace

int acquire(const arguments& a) {
    int signal = 0;
    const result<admitted> got = acquire_in_line(a, signal);
    if (signal != 0 && !got) return exit_status::of_signal(signal);
    if (!got) return fail(got.error());
    if (print(a.json ? json(got->lease, got->handle) : got->handle + "\n")) return exit_status::ok;
    // Nobody has the handle, so nobody would ever release it.
    [[maybe_unused]] const auto released = client{a.server}.release(got->handle, outcome::dropped);
    complain("the handle cannot be written; the lease was given back");
    return exit_status::failed;
}

int renew(const arguments& a) {
    const result<renewed_lease> got = client{a.server}.renew(a.handle, a.ttl);
    if (!got) return fail(got.error());
    if (a.json) return printed(json(renewed{{*got}, true}));
    return printed("renewed for " + spell_duration(std::chrono::milliseconds{got->ttl_ms}) +
                   ", next in " + spell_duration(std::chrono::milliseconds{got->renew_in_ms}) +
                   "\n");
}

int release(const arguments& a) {
    const result<released_lease> got = client{a.server}.release(a.handle, a.outcome);
    if (!got) return fail(got.error());
    if (a.json) return printed(json(released{{*got}, true}));
    if (got->status != lease_status::released) return printed("already released\n");
    return printed("released after " + spell_duration(std::chrono::milliseconds{got->held_ms}) +
                   "\n");
}

int pools(const arguments& a) {
    result<std::vector<pool_view>> got = client{a.server}.pools();
    if (!got) return fail(got.error());
    if (a.json) return printed(json(pools_page{std::move(*got), {}}));
    std::vector<std::vector<std::string>> rows{
        {"POOL", "LIMIT", "ACTIVE", "WAITING", "UNCLAIMED", "MODE", "NOTE"}};
    for (const pool_view& p : *got)
        rows.push_back({p.pool, std::to_string(p.settings.limit), std::to_string(p.active),
                        std::to_string(p.waiting), std::to_string(p.unclaimed),
                        std::string{name(p.settings.mode)}, p.settings.note});
    return printed(table(rows));
}

}  // namespace admit::client
