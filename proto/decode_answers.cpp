// The answers to workers' calls, as clients read them.
#include "proto/answer_fields.hpp"
#include "proto/codec.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

constexpr char status_words[] = "a status that this client knows";

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
        if (!read_lease(*root, made.leases.emplace_back(), wrong)) {
            return std::move(wrong.wrong);
        }
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

bool is_ended(const json::value& from, cancelled&, faults& wrong) {
    const bool good =
        from.is(json::kind::string) && (from.text() == "cancelled" || from.text() == "released");
    return good || wrong.refuse(from.key(), "must be \"cancelled\" or \"released\"");
}

constexpr std::array<field<cancelled>, 2> cancelled_fields{{
    {"status", is_ended, true},
    {"token", count<&cancelled::token>},
}};

// --- check ---------------------------------------------------------------------------------------

constexpr std::array<field<checked>, 4> checked_fields{{
    {"pool", with<&checked::pool, read_string>, true},
    {"token", count<&checked::token>, true},
    {"live", with<&checked::live, read_boolean>, true},
    {"floor", count<&checked::floor>, true},
}};

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
    return read_answer<cancelled>(body, cancelled_fields);
}

decoded<checked> decode_check_answer(std::string_view body) {
    return read_answer<checked>(body, checked_fields);
}

}  // namespace admit
