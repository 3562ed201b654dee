// The command line of admitd, as values.
#pragma once

#include "proto/values.hpp"
#include "server/journal/open.hpp"
#include "server/telemetry/log.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::config {

/// Exit statuses, as sysexits.h has them.
namespace status {
inline constexpr int ok = 0;
inline constexpr int unhealthy = 1;     ///< --healthcheck found no server that would admit
inline constexpr int usage = 64;        ///< the command line makes no sense
inline constexpr int unavailable = 69;  ///< cannot listen there
inline constexpr int internal = 70;     ///< the operating system or the journal failed
/// What was to be written: the file is there already, or cannot be made.
inline constexpr int cannot_create = 73;
inline constexpr int locked = 75;  ///< another server has the data directory
/// The configuration file, or what it and the flags ask for; the data directory, or what is in it.
inline constexpr int bad_config = 78;
}  // namespace status

struct pool_limit {
    std::string pool;
    std::int64_t limit = 0;
};

enum class action : std::uint8_t { serve, healthcheck, print_routes, backup, restore, inspect };

struct options {
    action what = action::serve;
    boost::asio::ip::tcp::endpoint listen;
    bool no_auth = false;
    std::vector<pool_limit> pools;  ///< by --pool and --limit; each pool once
    std::string config_file;        ///< empty: none
    bool ephemeral = false;         ///< the state ends with the process
    std::string data;               ///< where it is kept otherwise; empty: the default directory
    journal::durability durability = journal::durability::strict;
    bool accept_data_loss = false;
    std::uint64_t min_free_bytes = std::uint64_t{256} << 20;  ///< 0: the disk is not watched
    unsigned threads = 1;
    std::chrono::milliseconds drain{10'000};
    telemetry::log::options log;
    std::string healthcheck_url;  ///< empty: the server that `listen` means

    // --- Of the commands.
    std::string file;                 ///< what they write, read or look at; "-" may be stdout
    std::string server_url;           ///< of backup; empty: the server that `listen` means
    bool overwrite = false;           ///< of backup: a file that is there
    admit::token token_above = 0;     ///< of restore
    std::int64_t longest_ttl_ms = 0;  ///< of restore: of leases that the backup does not know
    bool json = false;                ///< of inspect
};

/// Nothing to run: the text is what was asked for (status 0, for stdout), or one line that says
/// what is wrong (for stderr).
struct early_end {
    int status = status::ok;
    std::string text;
};

/// Pure: reads no environment, prints nothing.
std::variant<options, early_end> parse(int argc, const char* const* argv);

/// "127.0.0.1:8080", "[::1]:0", "localhost:8080" (which is 127.0.0.1); nothing for anything else.
std::optional<boost::asio::ip::tcp::endpoint> endpoint_of(std::string_view text);

/// "256M", "1G", "4096": bytes, in multiples of 1024.
std::optional<std::uint64_t> bytes_of(std::string_view text);

/// "db=8".
std::optional<pool_limit> pool_limit_of(std::string_view text);

}  // namespace admit::config
