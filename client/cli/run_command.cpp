// `admit run`, as far as it is the command line's: the rest is client/run/runner.hpp.
#include "client/cli/arguments.hpp"
#include "client/cli/common_options.hpp"
#include "client/cli/help.hpp"
#include "client/cli/readers.hpp"
#include "client/run/runner.hpp"

namespace admit::client {
namespace {

if_unreachable read_if_unreachable(const std::string& text) {
    if (text == "fail") return if_unreachable::fail;
    if (text == "wait") return if_unreachable::wait;
    if (text == "run") return if_unreachable::run;
    throw misuse{"--if-unreachable: '" + text + "' is none of fail, wait and run"};
}

void declare(declarations& options, arguments& into) {
    declare_acquire_options(options, into);
    options.flag("-n,--no-wait", "do not stand in line", into.no_wait);
    options.exclude("--no-wait", "--wait");
    options.option(
        "--grace", "DURATION", "between TERM and KILL when the lease is lost [5s]",
        [&into](const std::string& text) { into.run.grace = read_duration("--grace", text); });
    options.option("-E,--not-admitted-status", "STATUS", "the exit status of \"not admitted\" [75]",
                   [&into](const std::string& text) {
                       into.run.not_admitted =
                           static_cast<int>(read_number("--not-admitted-status", text, 0, 255));
                   });
    options.option(
        "--if-unreachable", "HOW", "without a server: fail, wait, or run anyway [fail]",
        [&into](const std::string& text) { into.run.if_unreachable = read_if_unreachable(text); });
    options.flag("-v,--verbose", "tell each step on stderr", into.run.verbose);
    options.check([&into] {
        if (into.run.command.empty() || into.run.command.front().empty())
            throw misuse{"the command is missing; write admit run " + into.acquire.pool +
                         " -- COMMAND ARGS..."};
        // A command is waited for by somebody, so without a word about it as long as it takes.
        into.acquire.wait = into.no_wait ? std::chrono::milliseconds{0} : into.wait;
        into.acquire.start = true;
    });
}

int run_it(const arguments& a) {
    run_options how = a.run;
    how.servers = a.servers;
    how.acquire = a.acquire;
    return run(how);
}

const command family[] = {
    {"run", "Wait for a slot, run a command, give the slot back", help::run, declare, run_it},
};

}  // namespace

std::span<const command> run_command() { return family; }

}  // namespace admit::client
