#include "client/cli/arguments.hpp"

#include "client/cli/duration.hpp"
#include "client/cli/help.hpp"
#include "client/run/exit_status.hpp"
#include "proto/limits.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace admit::client {
namespace {

/// As it was written; `checked` makes arguments of it.
struct written {
    std::string url = "http://127.0.0.1:8080";
    std::string pool;
    std::string worker;
    std::string wait;
    std::string ttl;
    std::string grace = "5s";
    std::string request_id;
    std::string handle;
    std::string outcome = "ok";
    std::vector<std::string> labels;
    std::int64_t slots = 1;
    bool no_wait = false;
    bool json = false;
};

/// A wrong use, with what would be right.
struct misuse {
    std::string text;
};

std::chrono::milliseconds duration(const std::string& option, const std::string& text) {
    if (const auto read = parse_duration(text)) return *read;
    throw misuse{option + ": '" + text + "' is no duration; write 250ms, 30s, 5m or 1h30m"};
}

std::chrono::milliseconds lifetime(const std::string& text) {
    const std::chrono::milliseconds ttl = duration("--ttl", text);
    if (ttl.count() < limits::ttl_ms_min || ttl.count() > limits::duration_ms_max)
        throw misuse{"--ttl: a lease lives at least 1s and at most 24d"};
    return ttl;
}

std::string default_worker() {
    std::array<char, 128> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) return "worker";
    const std::string pid = ":" + std::to_string(::getpid());
    const std::string name =
        std::string{host.data()}.substr(0, limits::name_bytes_max - pid.size());
    return is_name(name) ? name + pid : "worker" + pid;
}

admit::labels label_pairs(const std::vector<std::string>& texts) {
    admit::labels out;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw misuse{"--label: '" + text + "' is not of the form key=value"};
        out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    std::sort(out.begin(), out.end());
    if (out.size() > limits::labels_max) throw misuse{"--label: at most 16 of them"};
    for (std::size_t i = 1; i < out.size(); ++i)
        if (out[i - 1].first == out[i].first)
            throw misuse{"--label: '" + out[i].first + "' is given twice"};
    return out;
}

acquire_options acquire_of(const written& w, verb what) {
    acquire_options o;
    o.pool = w.pool;
    if (!is_pool_name(o.pool)) throw misuse{"'" + o.pool + "' cannot be the name of a pool"};
    o.worker = w.worker.empty() ? default_worker() : w.worker;
    if (!is_name(o.worker)) throw misuse{"--worker: 1 to 128 bytes without control characters"};
    o.slots = w.slots;
    if (o.slots < 1 || o.slots > limits::slots_max)
        throw misuse{"--slots: a number from 1 to " + std::to_string(limits::slots_max)};
    if (!w.request_id.empty()) {
        if (!is_name(w.request_id))
            throw misuse{"--request-id: 1 to 128 bytes without control characters"};
        o.request_id = w.request_id;
    }
    if (!w.ttl.empty()) o.ttl = lifetime(w.ttl);
    // A command is waited for by somebody; a script that says nothing wants an answer.
    if (what == verb::run) o.wait.reset();
    if (w.no_wait) o.wait = std::chrono::milliseconds{0};
    if (!w.wait.empty()) o.wait = duration("--wait", w.wait);
    o.start = what == verb::run;
    o.labels = label_pairs(w.labels);
    return o;
}

arguments checked(const written& w, verb what, std::vector<std::string> command) {
    arguments a;
    a.what = what;
    a.json = w.json;
    const auto server = parse_address(w.url);
    if (!server) throw misuse{"'" + w.url + "' is no server; write http://host:port"};
    a.server = *server;
    if (what == verb::run || what == verb::acquire) a.acquire = acquire_of(w, what);
    if (what == verb::run) {
        a.grace = duration("--grace", w.grace);
        a.command = std::move(command);
        if (a.command.empty() || a.command.front().empty())
            throw misuse{"the command is missing; write admit run " + w.pool +
                         " -- COMMAND ARGS..."};
    }
    if (what == verb::renew && !w.ttl.empty()) a.ttl = lifetime(w.ttl);
    if (what == verb::renew || what == verb::release) {
        a.handle = w.handle;
        if (!is_clean_text(a.handle) || a.handle.empty() || a.handle.size() > 256)
            throw misuse{"that is no handle"};
    }
    if (what == verb::release) {
        const auto how = outcome_of(w.outcome);
        if (!how) throw misuse{"--outcome: ok, dropped or failed"};
        a.outcome = *how;
    }
    return a;
}

void add_acquire_options(CLI::App& sub, written& w) {
    sub.add_option("POOL", w.pool, "the pool to take slots of")->required();
    sub.add_option("-w,--wait", w.wait, "how long to stand in line")->type_name("DURATION");
    sub.add_option("--slots", w.slots, "how many slots to take [1]")->type_name("N");
    sub.add_option("--ttl", w.ttl, "the lease's life between renewals [the pool's]")
        ->type_name("DURATION");
    sub.add_option("--worker", w.worker, "who asks [HOST:PID]")
        ->type_name("NAME")
        ->envname("ADMIT_WORKER");
    sub.add_option("--request-id", w.request_id, "the same id again finds the same admission")
        ->type_name("ID");
    sub.add_option("--label", w.labels, "shown in listings; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

struct command_set {
    CLI::App* run;
    CLI::App* acquire;
    CLI::App* renew;
    CLI::App* release;
    CLI::App* pools;
    CLI::App* demo;
};

command_set add_commands(CLI::App& app, written& w) {
    const auto add = [&app](const char* name, const char* about, const char* footer) {
        CLI::App* sub = app.add_subcommand(name, about);
        sub->fallthrough();  // --url is everywhere
        sub->footer(std::string{"\n"} + footer);
        return sub;
    };
    command_set c{
        add("run", "Wait for a slot, run a command, give the slot back", help::run),
        add("acquire", "Get a lease and print its handle", help::acquire),
        add("renew", "Renew a lease", help::renew),
        add("release", "Give a lease back", help::release),
        add("pools", "Show the pools", help::pools),
        add("demo", "Play the scene of four workers and two slots", help::demo),
    };
    add_acquire_options(*c.run, w);
    c.run->add_flag("-n,--no-wait", w.no_wait, "do not stand in line")->excludes("--wait");
    c.run->add_option("--grace", w.grace, "between TERM and KILL when the lease is lost [5s]")
        ->type_name("DURATION");
    add_acquire_options(*c.acquire, w);

    c.renew->add_option("HANDLE", w.handle, "what acquire printed")->required();
    c.renew->add_option("--ttl", w.ttl, "a longer life from now on")->type_name("DURATION");
    c.release->add_option("HANDLE", w.handle, "what acquire printed")->required();
    c.release->add_option("--outcome", w.outcome, "ok, dropped or failed [ok]")->type_name("HOW");
    for (CLI::App* sub : {c.acquire, c.renew, c.release, c.pools})
        sub->add_flag("--json", w.json, "the whole answer as JSON");
    return c;
}

verb chosen(const command_set& c) {
    if (c.run->parsed()) return verb::run;
    if (c.acquire->parsed()) return verb::acquire;
    if (c.renew->parsed()) return verb::renew;
    if (c.release->parsed()) return verb::release;
    if (c.demo->parsed()) return verb::demo;
    return verb::pools;
}

/// Splits `admit run … -- COMMAND ARGS…` at the first `--`: the command's words are nobody's
/// options.
std::vector<std::string> split_command(std::vector<std::string>& words) {
    const auto run = std::find(words.begin(), words.end(), "run");
    const auto mark = std::find(run, words.end(), "--");
    if (mark == words.end()) return {};
    std::vector<std::string> command{mark + 1, words.end()};
    words.erase(mark, words.end());
    return command;
}

/// The help of the whole, or of the command that was named before --help.
std::string help_of(const CLI::App& app, const command_set& commands) {
    const std::vector<CLI::App*> subs = app.get_subcommands();
    std::string text = subs.empty() ? app.help() : subs.front()->help(app.get_name());
    if (!commands.run->parsed()) return text;
    // The part after `--` is not the parser's, so it does not know of it.
    const std::string usage = "[OPTIONS] POOL";
    const std::size_t at = text.find(usage);
    return at == std::string::npos ? text : text.insert(at + usage.size(), " -- COMMAND ARGS...");
}

/// What is wrong with the line, and what would be right where the parser cannot know.
std::string correction(const CLI::ParseError& e, const CLI::App& app, const command_set& commands) {
    if (app.get_subcommands().empty() && dynamic_cast<const CLI::RequiredError*>(&e) != nullptr)
        return "the command is missing: run, acquire, renew, release, pools or demo";
    if (commands.run->parsed() && dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr)
        return std::string{e.what()} +
               "\nWrite -- before the command: admit run [OPTIONS] POOL -- COMMAND ARGS...";
    return e.what();
}

}  // namespace

std::variant<arguments, early_end> parse_arguments(int argc, const char* const* argv) {
    written w;
    CLI::App app{help::about, "admit"};
    app.footer(std::string{"\n"} + help::footer);
    app.set_version_flag("--version", "admit " ADMIT_VERSION);
    app.add_option("--url", w.url, "where the server is [http://127.0.0.1:8080]")
        ->type_name("URL")
        ->envname("ADMIT_URL");
    app.require_subcommand(1);
    const command_set commands = add_commands(app, w);

    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    std::vector<std::string> command = split_command(words);
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
        return checked(w, chosen(commands), std::move(command));
    } catch (const CLI::CallForHelp&) {
        return early_end{0, help_of(app, commands)};
    } catch (const CLI::CallForVersion& e) {
        return early_end{0, std::string{e.what()} + "\n"};
    } catch (const CLI::ParseError& e) {
        return early_end{exit_status::usage,
                         "admit: " + correction(e, app, commands) + "\nTry admit --help.\n"};
    } catch (const misuse& m) { return early_end{exit_status::usage, "admit: " + m.text + "\n"}; }
}

}  // namespace admit::client
