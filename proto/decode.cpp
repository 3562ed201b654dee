// The requests of workers.
#include "proto/codec.hpp"

#include "proto/fields.hpp"
#include "proto/limits.hpp"

#include <array>

namespace admit {

namespace {

using namespace fields;

constexpr char outcome_words[] = "\"ok\", \"dropped\" or \"failed\"";

constexpr std::array<std::string_view, 3> acquire_later{"pools", "priority", "key"};

using acquire = acquire_request;
using renew = renew_request<handle_text>;
using release = release_request<handle_text>;
constexpr std::array<field<acquire>, 9> acquire_fields{{
    {"pool", with<&acquire::pool, read_pool_name>},
    {"slots", integer<&acquire::slots, 1, limits::slots_max>},
    {"worker", with<&acquire::worker, read_name>, true},
    {"wait_ms", integer<&acquire::wait_ms, 0, limits::duration_ms_max>},
    {"ttl_ms", integer<&acquire::ttl_ms, limits::ttl_ms_min, limits::duration_ms_max>},
    {"request_id", with<&acquire::request_id, read_name>},
    {"keep_ms", integer<&acquire::keep_ms, 0, limits::keep_ms_max>},
    {"start", with<&acquire::start, read_boolean>},
    {"labels", with<&acquire::labels, read_labels>},
}};

/// Not judged here beyond its length: what is no handle of ours is the edge's to say.
bool is_handle_like(const json::value& from) {
    return from.is(json::kind::string) && from.text().size() <= limits::handle_bytes_max;
}

template <class T>
bool one_handle(const json::value& from, T& into, faults& wrong) {
    if (!into.handles.empty()) {
        return wrong.refuse_saying(from.key(), "either 'handle' or 'handles', not both");
    }
    if (!is_handle_like(from)) {
        return wrong.refuse(from.key(), "must be a string of at most 128 bytes");
    }
    into.handles.emplace_back() = handle_text(from.text());
    into.single = true;
    return true;
}

template <class T>
bool many_handles(const json::value& from, T& into, faults& wrong) {
    if (!into.handles.empty()) {
        return wrong.refuse_saying(from.key(), "either 'handle' or 'handles', not both");
    }
    const std::size_t count = from.is(json::kind::array) ? from.size() : 0;
    if (count == 0 || count > limits::handles_max) {
        return wrong.refuse(from.key(), "must be an array of 1 to 1000 strings");
    }
    into.handles.reserve(count);
    for (const json::value& each : from) {
        if (!is_handle_like(each)) {
            const std::string index = '[' + std::to_string(into.handles.size()) + ']';
            return wrong.refuse(std::string(from.key()) + index,
                                "must be a string of at most 128 bytes");
        }
        into.handles.emplace_back() = handle_text(each.text());
    }
    into.single = false;
    return true;
}

bool state_busy(const json::value& from, renew&, faults& wrong) {
    const bool good = from.is(json::kind::string) && from.text() == name(lease_state::busy);
    return good || wrong.refuse(from.key(), "must be \"busy\"");
}

constexpr std::array<field<renew>, 4> renew_fields{{
    {"handle", one_handle<renew>},
    {"handles", many_handles<renew>},
    {"ttl_ms", integer<&renew::ttl_ms, limits::ttl_ms_min, limits::duration_ms_max>},
    {"state", state_busy},
}};

constexpr std::array<field<release>, 3> release_fields{{
    {"handle", one_handle<release>},
    {"handles", many_handles<release>},
    {"outcome", word<&release::outcome, outcome_of, outcome_words>},
}};

constexpr std::array<field<cancel_request>, 1> cancel_fields{{
    {"request_id", with<&cancel_request::request_id, read_name>, true},
}};

problem refused(std::string_view field, std::string detail) {
    faults wrong;
    wrong.refuse_saying(field, std::move(detail));
    return std::move(wrong.wrong);
}

/// The id may stand in the body, in the header, or in both if they agree.
std::optional<problem> take_idempotency_key(std::string_view key, acquire_request& into) {
    constexpr std::string_view header = "Idempotency-Key";
    if (key.empty()) { return std::nullopt; }
    if (!is_name(key)) {
        return refused(header,
                       "the header Idempotency-Key must have 1 to 128 bytes without "
                       "control characters or line separators");
    }
    if (into.request_id && *into.request_id != key) {
        return refused("request_id", "'request_id' and the header Idempotency-Key differ");
    }
    into.request_id = key;
    return std::nullopt;
}

template <class T>
decoded<T> read_handles(std::string_view body, std::span<const field<T>> table) {
    T made;
    if (auto wrong = read_request<T>(body, table, {}, made)) { return std::move(*wrong); }
    if (made.handles.empty()) { return refused("handle", "'handle' or 'handles' is required"); }
    return made;
}

}  // namespace

decoded<acquire_request> decode_acquire(std::string_view body, std::string_view idempotency_key) {
    acquire_request made;
    if (auto wrong = read_request<acquire>(body, acquire_fields, acquire_later, made)) {
        return std::move(*wrong);
    }
    if (auto wrong = take_idempotency_key(idempotency_key, made)) { return std::move(*wrong); }
    if (made.keep_ms > 0 && !made.request_id) {
        return refused("keep_ms",
                       "'keep_ms' needs a 'request_id': nobody could come back for a "
                       "place that has no name");
    }
    return made;
}

decoded<renew_request<handle_text>> decode_renew(std::string_view body) {
    return read_handles<renew>(body, renew_fields);
}

decoded<release_request<handle_text>> decode_release(std::string_view body) {
    return read_handles<release>(body, release_fields);
}

decoded<cancel_request> decode_cancel(std::string_view body) {
    cancel_request made;
    if (auto wrong = read_request<cancel_request>(body, cancel_fields, {}, made)) {
        return std::move(*wrong);
    }
    return made;
}

}  // namespace admit
