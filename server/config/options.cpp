#include "server/config/options.hpp"

#include "proto/limits.hpp"
#include "proto/values.hpp"
#include "server/config/version.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace admit::config {
namespace {

using boost::asio::ip::tcp;

constexpr unsigned threads_max = 256;
constexpr std::int64_t drain_ms_max = 3'600'000;

constexpr auto footer = R"(Examples:
  admitd                                   pool 'default' with 4 slots on 127.0.0.1:8080
  admitd --limit 2 --pool db=8             two pools
  admitd --config /etc/admit.json          pools with all their settings
  admitd --data /srv/admit                 the state in a directory of its own
  admitd --listen 0.0.0.0:8080 --no-auth   for a network where everybody is trusted
  admitd --healthcheck                     is the server on 127.0.0.1:8080 ready?
  admitd backup /backups/monday.admit      the state of the server on 127.0.0.1:8080
  admitd restore monday.admit --data DIR   a directory that a server can start with
  admitd inspect /srv/admit --json         what is in there

Signals: SIGTERM and SIGINT drain and end, a second one ends at once; SIGHUP applies the
configuration file and the flags again.
Exit statuses: 0 ended in order, 64 wrong usage, 69 cannot listen there, or no server that could
make a backup, 70 internal failure, 73 the backup's file is there already or cannot be written,
75 another server has the data directory, 78 wrong configuration, or a data directory or backup that
cannot be used or is damaged; of --healthcheck 0 ready, 1 not.)";

/// What CLI11 fills in, before it has our types.
struct raw {
    std::string listen = "127.0.0.1:8080";
    std::vector<std::string> pools;
    std::string limit;
    std::string healthcheck_url;
    std::int64_t drain_ms = 10'000;
    std::string log_level = "info";
    std::string log_format = "auto";
    std::string durability = "strict";
    std::string min_free = "256M";
    bool print_routes = false;
};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::optional<std::int64_t> limit_of(std::string_view text) {
    const auto limit = number_of<std::int64_t>(text);
    return limit && *limit >= 0 && *limit <= limits::slots_max ? limit : std::nullopt;
}

std::optional<journal::durability> durability_of(std::string_view text) {
    if (text == "strict") return journal::durability::strict;
    if (text == "relaxed") return journal::durability::relaxed;
    return std::nullopt;
}

/// A check for CLI11: the message is what follows the flag's name.
template <class Parse>
auto accepts(Parse parse, std::string message) {
    return [parse, message](const std::string& text) {
        return parse(text) ? std::string() : "'" + text + "' is not " + message;
    };
}

void add_listening(CLI::App& app, raw& r, options& o) {
    app.add_option("--listen", r.listen, "Where to listen; port 0 takes a free one and prints it")
        ->type_name("ADDR:PORT")
        ->check(accepts(endpoint_of, "an address and a port, such as 127.0.0.1:8080 or [::1]:0"))
        ->capture_default_str();
    app.add_flag("--no-auth", o.no_auth,
                 "Let everybody who reaches the address do everything; needed where --listen is "
                 "not loopback, since there are no credentials yet");
    app.add_option("--threads", o.threads, "I/O threads")
        ->check(CLI::Range(1U, threads_max))
        ->capture_default_str();
    app.add_option("--drain-ms", r.drain_ms,
                   "How long SIGTERM and SIGINT let requests in flight finish")
        ->type_name("MS")
        ->check(CLI::Range(std::int64_t{0}, drain_ms_max))
        ->capture_default_str();
}

void add_pools(CLI::App& app, raw& r, options& o) {
    app.add_option("--pool", r.pools, "A pool and its limit; repeat for more")
        ->type_name("NAME=LIMIT")
        ->check(accepts(pool_limit_of, "name=limit, such as db=8, with a limit up to 1000000"))
        ->take_all();
    app.add_option("--limit", r.limit, "The limit of the pool 'default', which is born with 4")
        ->type_name("N")
        ->check(accepts(limit_of, "a limit from 0 to 1000000"));
    app.add_option("--config", o.config_file,
                   "JSON file of pools and their settings, comments allowed; flags win over it")
        ->type_name("FILE")
        ->check(
            accepts([](const std::string& name) { return !name.empty(); }, "the name of a file"));
}

void add_state(CLI::App& app, raw& r, options& o) {
    CLI::Option* const ephemeral =
        app.add_flag("--ephemeral", o.ephemeral,
                     "Keep the state in memory only: leases and waiters end with the process");
    app.add_option("--data", o.data,
                   "The directory that holds the state, made where its parent exists; by default "
                   "$XDG_STATE_HOME/admit, or ~/.local/state/admit")
        ->type_name("DIR")
        ->check(accepts([](const std::string& name) { return !name.empty(); },
                        "the name of a directory"))
        ->excludes(ephemeral);
    app.add_option("--durability", r.durability,
                   "strict: what was answered survives the machine; relaxed: the process, and the "
                   "machine may forget the last moments")
        ->check(accepts(durability_of, "strict or relaxed"))
        ->excludes(ephemeral)
        ->capture_default_str();
    app.add_flag("--accept-data-loss", o.accept_data_loss,
                 "Start although some of what was answered is missing from the data directory")
        ->excludes(ephemeral);
    app.add_option("--min-free", r.min_free,
                   "Refuse acquires while the disk of the data directory has less room; 0: never")
        ->type_name("BYTES")
        ->check(accepts(bytes_of, "a number of bytes, such as 256M or 1G"))
        ->excludes(ephemeral)
        ->capture_default_str();
}

void add_log(CLI::App& app, raw& r, options& o) {
    app.add_flag("--access-log", o.log.access, "Log every request");
    app.add_option("--log-level", r.log_level, "debug, info, warn, error or off")
        ->check(accepts(telemetry::log_level_of, "debug, info, warn, error or off"))
        ->capture_default_str();
    app.add_option("--log-format", r.log_format,
                   "text, json or auto: text on a terminal, JSON lines otherwise")
        ->check(accepts(telemetry::log_format_of, "text, json or auto"))
        ->capture_default_str();
}

CLI::Option* add_other_actions(CLI::App& app, raw& r) {
    CLI::Option* const healthcheck =
        app.add_option("--healthcheck", r.healthcheck_url,
                       "Ask the server at URL, or at --listen, whether it is ready; then end")
            ->type_name("[URL]")
            ->expected(0, 1);
    app.add_flag("--routes", r.print_routes, "Print the table of HTTP routes and end");
    app.set_version_flag("--version",
                         "admitd " + std::string(version()) + " (" + std::string(commit()) + ")",
                         "Print the version and end");
    app.set_help_flag("--help,-h", "Print this and end");
    return healthcheck;
}

CLI::App* add_command(CLI::App& app, const char* name, const char* what, const char* file,
                      const char* file_is, options& o) {
    CLI::App* const command = app.add_subcommand(name, what)->fallthrough();
    command->set_help_flag("--help,-h", "Print this and end");
    command->add_option("file", o.file, file_is)
        ->type_name(file)
        ->required()
        ->check(accepts([](const std::string& text) { return !text.empty(); }, "a name"));
    return command;
}

void add_commands(CLI::App& app, options& o) {
    app.require_subcommand(0, 1);
    CLI::App* const backup =
        add_command(app, "backup", "Write the state of a running server into a file, and check it",
                    "FILE", "What to write; '-' is stdout", o);
    backup->add_option("--server", o.server_url, "The server; otherwise the one at --listen")
        ->type_name("URL");
    backup->add_flag("--overwrite", o.overwrite, "Replace a file that is there");
    backup->footer(
        "--listen ADDR:PORT says where the server is, as for --healthcheck. The file is complete "
        "and\nchecked before it gets its name. It holds request ids, which are secrets, and no "
        "handle.");

    CLI::App* const restore =
        add_command(app, "restore", "Make a data directory from a backup", "FILE", "A backup", o);
    restore
        ->add_option("--token-above", o.token_above,
                     "Tokens go on above N, where something guarded has seen higher ones")
        ->type_name("N")
        ->check(CLI::Range(std::uint64_t{0}, limits::token_max));
    restore
        ->add_option("--longest-ttl-ms", o.longest_ttl_ms,
                     "Leases that were given after the backup may live so long, if that is longer "
                     "than what the backup knows of: nobody is admitted for that time")
        ->type_name("MS")
        ->check(CLI::Range(std::int64_t{0}, limits::duration_ms_max));
    restore->footer("--data DIR says where; it must not have a journal yet.");

    CLI::App* const inspect = add_command(
        app, "inspect", "Print what is in a data directory that no server uses, or in a backup",
        "DIR", "A data directory, or a backup", o);
    inspect->add_flag("--json", o.json, "As JSON");
    inspect->footer("Changes nothing. Handles and request ids are not shown.");
}

/// The command that was given, if any.
struct command {
    const char* name;
    action what;
    std::string_view flags;  ///< of the server's, those that mean something to it
};
constexpr std::array commands{
    command{"backup", action::backup, " --listen "},
    command{"restore", action::restore, " --data "},
    command{"inspect", action::inspect, " "},
};

/// Finds the command; the text says which flag has no meaning with it.
std::string read_command(const CLI::App& app, options& o) {
    for (const command& each : commands) {
        if (!app.got_subcommand(each.name)) continue;
        o.what = each.what;
        for (const CLI::Option* flag : app.get_options()) {
            const std::string name = flag->get_name();
            if (flag->count() > 0 && each.flags.find(" " + name + " ") == each.flags.npos)
                return name + " means nothing to '" + each.name + "'";
        }
    }
    return {};
}

early_end wrong(const std::string& what) {
    return {status::usage, what + " (admitd --help tells more)"};
}

/// Fills in `pools`; the text says what is wrong with them.
std::string read_pools(const raw& r, std::vector<pool_limit>& pools) {
    for (const std::string& text : r.pools)
        pools.push_back(*pool_limit_of(text));
    if (!r.limit.empty()) pools.push_back({"default", *limit_of(r.limit)});
    for (auto p = pools.begin(); p != pools.end(); ++p) {
        const auto same = [p](const pool_limit& other) { return other.pool == p->pool; };
        if (std::any_of(pools.begin(), p, same))
            return "the limit of pool '" + p->pool + "' is given twice";
    }
    return {};
}

std::variant<options, early_end> finish(raw& r, options& o, bool healthcheck) {
    o.listen = *endpoint_of(r.listen);
    o.drain = std::chrono::milliseconds(r.drain_ms);
    o.durability = *durability_of(r.durability);
    o.min_free_bytes = *bytes_of(r.min_free);
    o.log.level = *telemetry::log_level_of(r.log_level);
    o.log.format = *telemetry::log_format_of(r.log_format);
    o.healthcheck_url = std::move(r.healthcheck_url);
    if (o.what != action::serve) return std::move(o);  // a command
    if (healthcheck)
        o.what = action::healthcheck;
    else if (r.print_routes)
        o.what = action::print_routes;
    if (std::string problem = read_pools(r, o.pools); !problem.empty()) return wrong(problem);
    if (o.what == action::serve && !o.no_auth && !o.listen.address().is_loopback())
        return wrong("--listen " + r.listen +
                     " is reachable from other machines and there are no "
                     "credentials yet: say --no-auth if that is meant");
    return std::move(o);
}

}  // namespace

std::optional<tcp::endpoint> endpoint_of(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return {};
    const auto port = number_of<std::uint16_t>(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost" && !bracketed) host = "127.0.0.1";
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    if (!port || not_an_address || address.is_v6() != bracketed) return {};
    return tcp::endpoint(address, *port);
}

std::optional<std::uint64_t> bytes_of(std::string_view text) {
    constexpr std::string_view units = "kMG";
    const std::size_t unit = text.empty() ? units.npos : units.find(text.back());
    if (unit != units.npos) text.remove_suffix(1);
    const auto number = number_of<std::uint64_t>(text);
    const unsigned shift = unit != units.npos ? 10 * (static_cast<unsigned>(unit) + 1) : 0;
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift) return {};
    return *number << shift;
}

std::optional<pool_limit> pool_limit_of(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !is_pool_name(text.substr(0, equals))) return {};
    const auto limit = limit_of(text.substr(equals + 1));
    if (!limit) return {};
    return pool_limit{std::string(text.substr(0, equals)), *limit};
}

std::variant<options, early_end> parse(int argc, const char* const* argv) {
    raw r;
    options o;
    CLI::App app("Admit: decides how many workers may run at once.", "admitd");
    app.footer(footer);
    add_listening(app, r, o);
    add_pools(app, r, o);
    add_state(app, r, o);
    add_log(app, r, o);
    const CLI::Option* const healthcheck = add_other_actions(app, r);
    add_commands(app, o);
    try {
        app.parse(argc, argv);
        if (std::string problem = read_command(app, o); !problem.empty()) return wrong(problem);
    } catch (const CLI::CallForHelp&) {
        return early_end{status::ok, app.help()};  // the command's, where there is one
    } catch (const CLI::CallForVersion& asked) {
        return early_end{status::ok, asked.what()};
    } catch (const CLI::ParseError& e) { return wrong(e.what()); }
    return finish(r, o, healthcheck->count() > 0);
}

}  // namespace admit::config
