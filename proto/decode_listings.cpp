// What observers and operators are shown besides pools, as clients read it: leases, waiters, what
// ended, one worker, and the server's version.
#include "proto/answer_fields.hpp"
#include "proto/codec.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

constexpr char state_words[] = "a state that this client knows";

// --- Rows ----------------------------------------------------------------------------------------

constexpr std::array<field<lease_row>, 8> lease_fields{{
    {"token", count<&lease_row::token>, true},
    {"pool", with<&lease_row::pool, read_string>, true},
    {"worker", with<&lease_row::worker, read_string>, true},
    {"slots", count<&lease_row::slots>, true},
    {"state", word<&lease_row::state, lease_state_of, state_words>, true},
    {"labels", with<&lease_row::labels, read_any_labels>, true},
    {"age_ms", count<&lease_row::age_ms>, true},
    {"ttl_ms", count<&lease_row::ttl_ms>, true},
}};

constexpr std::array<field<waiter_row>, 10> waiter_fields{{
    {"ticket", count<&waiter_row::ticket>, true},
    {"pool", with<&waiter_row::pool, read_string>, true},
    {"worker", with<&waiter_row::worker, read_string>, true},
    {"slots", count<&waiter_row::slots>, true},
    {"labels", with<&waiter_row::labels, read_any_labels>, true},
    {"age_ms", count<&waiter_row::age_ms>, true},
    {"position", count<&waiter_row::position>, true},
    {"estimate_ms", count<&waiter_row::estimate_ms>, true},
    {"reason", with<&waiter_row::reason, read_string>, true},
    {"attached", with<&waiter_row::attached, read_boolean>, true},
}};

/// A page of history is worth reading even if one of its endings has a word of a newer server.
bool read_ending(const json::value& from, ended_row& into, faults& wrong) {
    if (!from.is(json::kind::string)) { return wrong.refuse(from.key(), "must be a string"); }
    into.how = ending_of(from.text());
    return true;
}

constexpr std::array<field<ended_row>, 8> ended_fields{{
    {"token", count<&ended_row::token>, true},
    {"pool", with<&ended_row::pool, read_string>, true},
    {"worker", with<&ended_row::worker, read_string>, true},
    {"slots", count<&ended_row::slots>, true},
    {"labels", with<&ended_row::labels, read_any_labels>, true},
    {"outcome", read_ending, true},
    {"held_ms", count<&ended_row::held_ms>, true},
    {"age_ms", count<&ended_row::age_ms>, true},
}};

bool read_lease(const json::value& from, lease_row& into, faults& wrong) {
    return read_known<lease_row>(from, lease_fields, into, wrong);
}

bool read_waiter(const json::value& from, waiter_row& into, faults& wrong) {
    return read_known<waiter_row>(from, waiter_fields, into, wrong);
}

bool read_ended(const json::value& from, ended_row& into, faults& wrong) {
    return read_known<ended_row>(from, ended_fields, into, wrong);
}

// --- Pages and views -----------------------------------------------------------------------------

constexpr std::array<field<leases_page>, 2> leases_fields{{
    {"leases", rows<&leases_page::leases, read_lease>, true},
    {"next", count<&leases_page::next>},
}};

constexpr std::array<field<waiters_page>, 2> waiters_fields{{
    {"waiters", rows<&waiters_page::waiters, read_waiter>, true},
    {"next", count<&waiters_page::next>},
}};

constexpr std::array<field<history_page>, 2> history_fields{{
    {"ended", rows<&history_page::ended, read_ended>, true},
    {"next", count<&history_page::next>},
}};

bool read_worker_state(const json::value& from, worker_view& into, faults& wrong) {
    if (!read_string(from, into.state, wrong)) { return false; }
    const bool good = into.state == "idle" || into.state == name(lease_state::acquired) ||
                      into.state == name(lease_state::busy);
    return good || wrong.refuse(from.key(), std::string("must be ") + state_words);
}

constexpr std::array<field<worker_view>, 4> worker_fields{{
    {"worker", with<&worker_view::worker, read_string>, true},
    {"state", read_worker_state, true},
    {"leases", rows<&worker_view::leases, read_lease>, true},
    {"waits", rows<&worker_view::waits, read_waiter>, true},
}};

constexpr std::array<field<evicted_count>, 1> evicted_fields{{
    {"evicted", count<&evicted_count::evicted>, true},
}};

constexpr std::array<field<server_version>, 4> version_fields{{
    {"name", with<&server_version::name, read_string>, true},
    {"version", with<&server_version::version, read_string>, true},
    {"commit", with<&server_version::commit, read_string>, true},
    {"api", with<&server_version::api, read_string>, true},
}};

}  // namespace

decoded<leases_page> decode_leases(std::string_view body) {
    return read_answer<leases_page>(body, leases_fields);
}

decoded<waiters_page> decode_waiters(std::string_view body) {
    return read_answer<waiters_page>(body, waiters_fields);
}

decoded<history_page> decode_history(std::string_view body) {
    return read_answer<history_page>(body, history_fields);
}

decoded<worker_view> decode_worker(std::string_view body) {
    return read_answer<worker_view>(body, worker_fields);
}

decoded<evicted_count> decode_evicted(std::string_view body) {
    return read_answer<evicted_count>(body, evicted_fields);
}

decoded<server_version> decode_version(std::string_view body) {
    return read_answer<server_version>(body, version_fields);
}

}  // namespace admit
