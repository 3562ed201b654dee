#include "server/config/pools.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <system_error>
#include <unordered_map>

namespace admit::config {
namespace {

/// Some fifty thousand pools; a log named by mistake is not read for ever.
constexpr std::size_t file_bytes_max = 16 * 1024 * 1024;

std::variant<std::string, error> read_file(const std::string& name) {
    const auto failed = [&name] {
        return error{"cannot read " + name + ": " + std::generic_category().message(errno)};
    };
    // At SIGHUP this happens on a loop: neither the opening of a pipe nor the reading of a device
    // may hold it up.
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return failed();
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "rb"),
                                                               &std::fclose);
    struct stat what {};
    if (!file || ::fstat(descriptor, &what) != 0) return failed();
    if (!S_ISREG(what.st_mode)) return error{"cannot read " + name + ": not a regular file"};
    std::string text;
    char piece[16 * 1024];
    while (const std::size_t size = std::fread(piece, 1, sizeof piece, file.get())) {
        text.append(piece, size);
        if (text.size() > file_bytes_max)
            return error{name + " is too large for a configuration file"};
    }
    if (std::ferror(file.get()) != 0) return failed();
    return text;
}

}  // namespace

std::vector<core::set_pool> merged(std::vector<pool_entry> file,
                                   const std::vector<pool_limit>& flags) {
    std::vector<core::set_pool> all;
    std::unordered_map<std::string, std::size_t> places;  // of the pools in `all`
    const auto command_for = [&](const std::string& pool) -> core::set_pool& {
        const auto [found, added] = places.try_emplace(pool, all.size());
        if (!added) return all[found->second];
        core::set_pool& fresh = all.emplace_back();
        fresh.pool = pool;
        fresh.how = core::set_how::configure;
        fresh.source = pool_source::file;
        return fresh;
    };
    for (pool_entry& entry : file)
        command_for(entry.pool).change = std::move(entry.change);
    for (const pool_limit& flag : flags) {
        core::set_pool& command = command_for(flag.pool);
        command.change.limit = flag.limit;
        command.source = pool_source::flag;
    }
    return all;
}

std::variant<std::vector<core::set_pool>, error> wanted_pools(
    const std::string& file_name, const std::vector<pool_limit>& flags) {
    if (file_name.empty()) return merged({}, flags);
    auto text = read_file(file_name);
    if (auto* const failed = std::get_if<error>(&text)) return std::move(*failed);
    auto entries = decode_config(std::get<std::string>(text));
    if (const auto* const wrong = std::get_if<problem>(&entries)) {
        const bool said =
            wrong->field.empty() || wrong->detail.find(wrong->field) != std::string::npos;
        return error{file_name + ": " + (said ? "" : wrong->field + ": ") + wrong->detail};
    }
    return merged(std::move(std::get<std::vector<pool_entry>>(entries)), flags);
}

std::optional<problem> refusal(const core::set_pool& wanted, const std::optional<pool_view>& now) {
    if (!now && !wanted.change.limit)
        return problem{.code = errc::bad_request, .detail = "limit is required", .field = "limit"};
    const pool_settings after = changed(now ? now->settings : pool_settings(), wanted.change);
    if (after.default_ttl_ms > after.max_ttl_ms)
        return problem{.code = errc::settings_conflict,
                       .detail = "default_ttl_ms is above max_ttl_ms",
                       .field = "default_ttl_ms"};
    return {};
}

namespace {

std::string shown(std::int64_t n) { return std::to_string(n); }
std::string shown(pool_mode m) { return std::string(name(m)); }
std::string shown(const std::string& text) { return "'" + text + "'"; }
std::string shown(const admit::labels& all) {
    std::string out = "{";
    for (const auto& [key, value] : all)
        out += (out.size() > 1 ? ", " : "") + key + ": " + value;
    return out + "}";
}

std::string_view who_set(pool_source source) {
    switch (source) {
        case pool_source::api:
            return ", set by the API,";
        case pool_source::file:
            return ", set by a file,";
        case pool_source::flag:
            return ", set by a flag,";
        case pool_source::builtin:
            break;
    }
    return ", as it was born,";
}

}  // namespace

std::vector<std::string> overridden(const core::set_pool& wanted, const pool_view& now) {
    std::vector<std::string> out;
    const auto compare = [&](std::string_view field, const auto& named, const auto& was) {
        if (!named || *named == was) return;
        out.push_back("pool '" + now.pool + "': " + std::string(field) + " " + shown(was) +
                      std::string(who_set(now.source)) + " is now " + shown(*named));
    };
    const pool_change& c = wanted.change;
    const pool_settings& s = now.settings;
    compare("limit", c.limit, s.limit);
    compare("mode", c.mode, s.mode);
    compare("note", c.note, s.note);
    compare("default_ttl_ms", c.default_ttl_ms, s.default_ttl_ms);
    compare("max_ttl_ms", c.max_ttl_ms, s.max_ttl_ms);
    compare("max_waiters", c.max_waiters, s.max_waiters);
    compare("max_wait_ms", c.max_wait_ms, s.max_wait_ms);
    compare("claim_ms", c.claim_ms, s.claim_ms);
    compare("start_within_ms", c.start_within_ms, s.start_within_ms);
    compare("labels", c.labels, s.labels);
    return out;
}

std::string describe(const std::string& pool, const problem& what) {
    return "pool '" + pool + "': " + what.detail;
}

}  // namespace admit::config
