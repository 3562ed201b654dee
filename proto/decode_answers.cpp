// Answers as clients read them: fields that this version does not know are ignored, since a newer
// server may send them; what is known must be there and of its type.
#include "proto/codec.hpp"

#include "proto/fields.hpp"
#include "proto/limits.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

constexpr json::rules answer_rules{.depth_max = limits::answer_depth_max,
                                   .nodes_max = limits::answer_nodes_max};

constexpr char mode_words[] = "a mode that this client knows";
constexpr char source_words[] = "a source that this client knows";
constexpr char status_words[] = "a status that this client knows";

template <class T>
bool read_known(const json::value& object, std::type_identity_t<std::span<const field<T>>> table,
                T& into, faults& wrong) {
    if (!object.is(json::kind::object)) { return wrong.refuse(object.key(), "must be an object"); }
    return read_object<T>(object, table, unknown_fields::ignored, {}, into, wrong);
}

/// Puts an array of objects into the vector that `Member` names.
template <auto Member, auto Read, class T>
bool rows(const json::value& from, T& into, faults& wrong) {
    if (!from.is(json::kind::array)) { return wrong.refuse(from.key(), "must be an array"); }
    for (const json::value& each : from) {
        auto& made = (into.*Member).emplace_back();
        if (!Read(each, made, wrong)) { return false; }
    }
    return true;
}

// --- What several answers have --------------------------------------------------------------------

constexpr std::array<field<pool_share>, 5> share_fields{{
    {"pool", with<&pool_share::pool, read_string>, true},
    {"slots", count<&pool_share::slots>},
    {"active", count<&pool_share::active>},
    {"limit", count<&pool_share::limit>},
    {"floor", count<&pool_share::floor>},
}};

bool read_share(const json::value& from, pool_share& into, faults& wrong) {
    return read_known<pool_share>(from, share_fields, into, wrong);
}

/// The first of `pools`: this version admits to one.
template <auto Member, class T>
bool first_share(const json::value& from, T& into, faults& wrong) {
    if (!from.is(json::kind::array) || from.size() == 0) {
        return wrong.refuse(from.key(), "must be an array of pools");
    }
    return read_share(*from.begin(), into.*Member, wrong);
}

// --- acquire -------------------------------------------------------------------------------------

/// `acquired` with the handle beside it.
struct admission : acquired {
    std::string handle;
};

constexpr std::array<field<admission>, 8> admission_fields{{
    {"handle", with<&admission::handle, read_string>, true},
    {"token", count<&admission::token>, true},
    {"request_id", with<&admission::request_id, read_string>, true},
    {"worker", with<&admission::worker, read_string>, true},
    {"pools", first_share<&admission::pool>, true},
    {"ttl_ms", count<&admission::ttl_ms>, true},
    {"renew_in_ms", count<&admission::renew_in_ms>, true},
    {"waited_ms", count<&admission::waited_ms>, true},
}};

constexpr std::array<field<queued>, 6> queued_fields{{
    {"request_id", with<&queued::request_id, read_string>, true},
    {"ticket", count<&queued::ticket>, true},
    {"position", count<&queued::position>},
    {"waiting", count<&queued::waiting>},
    {"reason", with<&queued::reason, read_string>},
    {"estimate_ms", count<&queued::estimate_ms>},
}};

// --- renew, release, cancel ----------------------------------------------------------------------

constexpr std::array<field<renewed_lease>, 5> renewed_fields{{
    {"token", count<&renewed_lease::token>},
    {"status", word<&renewed_lease::status, lease_status_of, status_words>, true},
    {"ttl_ms", count<&renewed_lease::ttl_ms>},
    {"renew_in_ms", count<&renewed_lease::renew_in_ms>},
    {"floor", count<&renewed_lease::floor>},
}};

bool read_lease(const json::value& from, renewed_lease& into, faults& wrong) {
    if (!read_known<renewed_lease>(from, renewed_fields, into, wrong)) { return false; }
    // A client counts its deadline from this.
    return into.status != lease_status::renewed || into.ttl_ms > 0 ||
           wrong.refuse("ttl_ms", "is required");
}

constexpr std::array<field<released_lease>, 4> released_fields{{
    {"token", count<&released_lease::token>},
    {"status", word<&released_lease::status, lease_status_of, status_words>, true},
    {"held_ms", count<&released_lease::held_ms>},
    {"pools", first_share<&released_lease::pool>},
}};

bool read_lease(const json::value& from, released_lease& into, faults& wrong) {
    return read_known<released_lease>(from, released_fields, into, wrong);
}

/// The list that a request with `handles` gets, or the one object itself.
template <class Answer>
decoded<Answer> read_leases(std::string_view body) {
    faults wrong;
    Answer made;
    const auto root = parse_object(body, answer_rules, wrong);
    if (!root) { return std::move(wrong.wrong); }
    const auto list = root->find("leases");
    made.single = !list;
    if (!list) {
        if (!read_lease(*root, made.leases.emplace_back(), wrong)) { return std::move(wrong.wrong); }
        return made;
    }
    if (!list->is(json::kind::array)) {
        wrong.refuse("leases", "must be an array");
        return std::move(wrong.wrong);
    }
    for (const json::value& each : *list) {
        if (!read_lease(each, made.leases.emplace_back(), wrong)) { return std::move(wrong.wrong); }
    }
    return made;
}

constexpr std::array<field<cancelled>, 1> cancelled_fields{{
    {"token", count<&cancelled::token>},
}};

// --- Pools ---------------------------------------------------------------------------------------

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

// --- Problems ------------------------------------------------------------------------------------

/// A problem as it travels: the code may be one that we do not know.
struct raw_problem : problem {
    std::string word;
};

constexpr std::array<field<raw_problem>, 5> problem_fields{{
    {"code", with<&raw_problem::word, read_string>, true},
    {"detail", with<&raw_problem::detail, read_string>},
    {"field", with<&raw_problem::field, read_string>},
    {"pools", rows<&raw_problem::pools, read_share>},
    {"retry_after_ms", count<&raw_problem::retry_after_ms>},
}};

/// What to take an unknown code for: the one of that status that promises least, so that a client
/// retries, or gives up, as the status asks. 502 and 504 are a proxy's: it may or may not have
/// reached the server.
errc nearest(int status) {
    switch (status) {
        case 401: return errc::unauthenticated;
        case 403: return errc::forbidden;
        case 404: return errc::not_found;
        case 405: return errc::method_not_allowed;
        case 408: return errc::request_timeout;
        case 409: return errc::request_ended;
        case 410: return errc::lease_ended;
        case 412: return errc::precondition_failed;
        case 413: return errc::payload_too_large;
        case 414: return errc::uri_too_long;
        case 415: return errc::unsupported_media_type;
        case 417: return errc::expectation_failed;
        case 422: return errc::settings_conflict;
        case 429: return errc::pool_full;
        case 431: return errc::header_fields_too_large;
        case 501: return errc::not_implemented;
        case 503: return errc::overloaded;
        case 502:
        case 504: return errc::outcome_unknown;
        case 505: return errc::http_version_not_supported;
        default: break;
    }
    return status >= 400 && status < 500 ? errc::bad_request : errc::internal;
}

/// An answer that is one flat object.
template <class T>
std::optional<problem> read_answer(std::string_view body,
                                   std::type_identity_t<std::span<const field<T>>> table,
                                   T& into) {
    faults wrong;
    const auto root = parse_object(body, answer_rules, wrong);
    if (!root || !read_known<T>(*root, table, into, wrong)) { return std::move(wrong.wrong); }
    return std::nullopt;
}

}  // namespace

decoded<std::variant<admitted, queued>> decode_acquire_answer(std::string_view body) {
    faults wrong;
    const auto root = parse_object(body, answer_rules, wrong);
    if (!root) { return std::move(wrong.wrong); }
    const auto status = root->find("status");
    const std::string_view word =
        status && status->is(json::kind::string) ? status->text() : std::string_view();
    if (word == "acquired") {
        admission made;
        if (!read_known<admission>(*root, admission_fields, made, wrong)) {
            return std::move(wrong.wrong);
        }
        return admitted{std::move(made.handle), static_cast<acquired&&>(made)};
    }
    if (word == "queued") {
        queued made;
        if (!read_known<queued>(*root, queued_fields, made, wrong)) {
            return std::move(wrong.wrong);
        }
        return made;
    }
    wrong.refuse("status", "must be \"acquired\" or \"queued\"");
    return std::move(wrong.wrong);
}

decoded<renewed> decode_renew_answer(std::string_view body) { return read_leases<renewed>(body); }

decoded<released> decode_release_answer(std::string_view body) {
    return read_leases<released>(body);
}

decoded<cancelled> decode_cancel_answer(std::string_view body) {
    cancelled made;
    if (auto wrong = read_answer<cancelled>(body, cancelled_fields, made)) {
        return std::move(*wrong);
    }
    return made;
}

decoded<pools_page> decode_pools(std::string_view body) {
    pools_page made;
    if (auto wrong = read_answer<pools_page>(body, page_fields, made)) {
        return std::move(*wrong);
    }
    return made;
}

problem decode_problem(int status, std::string_view body) {
    raw_problem made;
    if (read_answer<raw_problem>(body, problem_fields, made)) {
        return {.code = nearest(status),
                .detail = "the server answered with status " + std::to_string(status) +
                          " and no problem that explains it"};
    }
    made.code = errc_of(made.word).value_or(nearest(status));
    if (made.detail.empty()) { made.detail = title(made.code); }
    return static_cast<problem&&>(made);
}

}  // namespace admit
