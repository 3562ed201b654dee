// The settings of pools, from the API and from configuration files: one table for both.
#include "proto/codec.hpp"

#include "proto/fields.hpp"
#include "proto/limits.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace admit {

namespace {

using namespace fields;

/// What a file's entry has: the API's settings, and the name that the API has in its path.
struct entry : pool_change {
    std::string pool;
};

constexpr char mode_words[] = "\"open\", \"paused\" or \"draining\"";

constexpr std::array<std::string_view, 10> settings_later{
    "lock_delay_ms", "order",   "per_key_limit", "per_key_max_waiters",
    "overtake",      "age_ms",  "overflow",      "parent",
    "rate",          "adaptive"};

/// The contract has `null` for pools with a rate alone.
bool read_limit(const json::value& from, entry& into, faults& wrong) {
    if (from.is(json::kind::null)) {
        return wrong.refuse(from.key(),
                            "null goes with a 'rate', which is not offered by this "
                            "version yet");
    }
    return integer<&entry::limit, 0, limits::slots_max>(from, into, wrong);
}

template <auto Member>
constexpr auto duration = integer<Member, 0, limits::duration_ms_max, entry>;
template <auto Member>
constexpr auto life = integer<Member, limits::ttl_ms_min, limits::duration_ms_max, entry>;

constexpr std::array<field<entry>, 11> entry_fields{{
    {"pool", with<&entry::pool, read_pool_name>, true},
    {"limit", read_limit},
    {"mode", word<&entry::mode, pool_mode_of, mode_words>},
    {"note", with<&entry::note, read_note>},
    {"default_ttl_ms", life<&entry::default_ttl_ms>},
    {"max_ttl_ms", life<&entry::max_ttl_ms>},
    {"max_waiters", integer<&entry::max_waiters, 0, limits::waiters_max>},
    {"max_wait_ms", duration<&entry::max_wait_ms>},
    {"claim_ms", duration<&entry::claim_ms>},
    {"start_within_ms", duration<&entry::start_within_ms>},
    {"labels", with<&entry::labels, read_labels>},
}};

/// All but the name.
constexpr std::span<const field<entry>> settings_fields = std::span(entry_fields).subspan(1);

/// A file as it is being read.
struct config {
    std::vector<pool_entry> pools;
    std::set<std::string> names;
};

bool read_entry(const json::value& from, const std::string& path, config& into, faults& wrong) {
    if (!from.is(json::kind::object)) { return wrong.refuse(path, "must be an object"); }
    entry made;
    wrong.prefix = path + '.';
    if (!read_object<entry>(from, entry_fields, unknown_fields::refused, settings_later, made,
                            wrong)) {
        return false;
    }
    if (!into.names.insert(made.pool).second) {
        return wrong.refuse_saying("pool",
                                   "'" + path + ".pool' names '" + made.pool + "' a second time");
    }
    wrong.prefix.clear();
    into.pools.push_back({std::move(made.pool), std::move(made)});
    return true;
}

bool read_entries(const json::value& from, config& into, faults& wrong) {
    if (!from.is(json::kind::array)) { return wrong.refuse(from.key(), "must be an array"); }
    for (const json::value& each : from) {
        const std::string path = "pools[" + std::to_string(into.pools.size()) + ']';
        if (!read_entry(each, path, into, wrong)) { return false; }
    }
    return true;
}

constexpr std::array<field<config>, 1> config_fields{{
    {"pools", read_entries},
}};

/// A file's author counts lines, not bytes.
std::string place_in(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset == 0 ? 0 : offset - 1);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
    return "line " + std::to_string(lines + 1) + ", column " +
           std::to_string(before.size() - line_start + 1);
}

}  // namespace

decoded<pool_change> decode_pool_change(std::string_view body) {
    entry made;
    if (auto wrong = read_request<entry>(body, settings_fields, settings_later, made)) {
        return std::move(*wrong);
    }
    return static_cast<pool_change&&>(made);
}

decoded<std::vector<pool_entry>> decode_config(std::string_view text) {
    json::document document;
    const json::rules allowed{.depth_max = limits::json_depth_max,
                              .nodes_max = limits::config_nodes_max,
                              .comments = true};
    if (auto error = document.parse(text, allowed)) {
        return problem{.code = errc::bad_request,
                       .detail = place_in(text, error->offset) + ": " + error->text,
                       .field = std::move(error->field)};
    }
    faults wrong;
    config made;
    if (!document.root().is(json::kind::object)) {
        wrong.wrong.detail = "the file must hold an object";
        return std::move(wrong.wrong);
    }
    if (!read_object<config>(document.root(), config_fields, unknown_fields::refused, {}, made,
                             wrong)) {
        return std::move(wrong.wrong);
    }
    return std::move(made.pools);
}

}  // namespace admit
