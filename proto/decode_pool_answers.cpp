// Pools, alone and in listings, as clients read them: one table for both.
#include "proto/answer_fields.hpp"
#include "proto/codec.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

constexpr char mode_words[] = "a mode that this client knows";
constexpr char source_words[] = "a source that this client knows";

constexpr std::array<field<pool_stats>, 7> stats_fields{{
    {"granted", count<&pool_stats::granted>},
    {"rejected", count<&pool_stats::rejected>},
    {"released", count<&pool_stats::released>},
    {"expired", count<&pool_stats::expired>},
    {"evicted", count<&pool_stats::evicted>},
    {"avg_held_ms", count<&pool_stats::avg_held_ms>},
    {"oldest_wait_ms", count<&pool_stats::oldest_wait_ms>},
}};

/// The wire has settings and counts side by side.
struct flat_pool : pool_view, pool_settings {};

bool read_stats(const json::value& from, flat_pool& into, faults& wrong) {
    return read_known<pool_stats>(from, stats_fields, into.stats, wrong);
}

constexpr std::array<field<flat_pool>, 18> pool_fields{{
    {"pool", with<&flat_pool::pool, read_string>, true},
    {"version", count<&flat_pool::version>},
    {"source", word<&flat_pool::source, pool_source_of, source_words>},
    {"limit", count<&flat_pool::limit>, true},
    {"active", count<&flat_pool::active>, true},
    {"waiting", count<&flat_pool::waiting>},
    {"unclaimed", count<&flat_pool::unclaimed>},
    {"mode", word<&flat_pool::mode, pool_mode_of, mode_words>},
    {"over_limit_by", count<&flat_pool::over_limit_by>},
    {"note", with<&flat_pool::note, read_string>},
    {"default_ttl_ms", count<&flat_pool::default_ttl_ms>},
    {"max_ttl_ms", count<&flat_pool::max_ttl_ms>},
    {"max_waiters", count<&flat_pool::max_waiters>},
    {"max_wait_ms", count<&flat_pool::max_wait_ms>},
    {"claim_ms", count<&flat_pool::claim_ms>},
    {"start_within_ms", count<&flat_pool::start_within_ms>},
    {"labels", with<&flat_pool::labels, read_any_labels>},
    {"stats", read_stats},
}};

bool read_pool(const json::value& from, pool_view& into, faults& wrong) {
    flat_pool made;
    if (!read_known<flat_pool>(from, pool_fields, made, wrong)) { return false; }
    into = static_cast<pool_view&&>(made);
    into.settings = static_cast<pool_settings&&>(made);
    return true;
}

constexpr std::array<field<pools_page>, 2> page_fields{{
    {"pools", rows<&pools_page::pools, read_pool>, true},
    {"next", with<&pools_page::next, read_string>},
}};

}  // namespace

decoded<pool_view> decode_pool(std::string_view body) {
    faults wrong;
    pool_view made;
    const auto root = parse_object(body, answer_rules, wrong);
    if (!root || !read_pool(*root, made, wrong)) { return std::move(wrong.wrong); }
    return made;
}

decoded<pools_page> decode_pools(std::string_view body) {
    return read_answer<pools_page>(body, page_fields);
}

}  // namespace admit
