// The bodies of requests, as clients write them. What is the contract's default of a worker's call
// stays out, and what a change of a pool does not name.
#include "proto/codec.hpp"
#include "proto/writer.hpp"

namespace admit {

namespace {

void write_handles(json_writer& to, const few<std::string>& handles, bool single) {
    if (single && handles.size() == 1) {
        to.field("handle", handles.front());
        return;
    }
    to.begin_array("handles");
    for (const std::string& each : handles) {
        to.element(each);
    }
    to.end_array();
}

/// A member of a change.
template <class T>
void write_named(json_writer& to, std::string_view name, const std::optional<T>& value) {
    if (value) { to.field(name, *value); }
}

/// The object whose members `write` writes.
template <class Write>
std::string object(const Write& write) {
    std::string out;
    {
        json_writer to(out);
        to.begin_object();
        write(to);
        to.end_object();
    }
    return out;
}

}  // namespace

std::string encode(const acquire_request& request) {
    return object([&](json_writer& to) {
        to.field("pool", request.pool);
        if (request.slots != 1) { to.field("slots", request.slots); }
        to.field("worker", request.worker);
        to.field_unless_0("wait_ms", request.wait_ms);
        if (request.ttl_ms) { to.field("ttl_ms", *request.ttl_ms); }
        if (request.request_id) { to.field("request_id", *request.request_id); }
        to.field_unless_0("keep_ms", request.keep_ms);
        if (request.start) { to.field("start", true); }
        if (!request.labels.empty()) { to.field("labels", request.labels); }
    });
}

std::string encode(const renew_request<std::string>& request) {
    return object([&](json_writer& to) {
        write_handles(to, request.handles, request.single);
        if (request.ttl_ms) { to.field("ttl_ms", *request.ttl_ms); }
    });
}

std::string encode(const release_request<std::string>& request) {
    return object([&](json_writer& to) {
        write_handles(to, request.handles, request.single);
        if (request.outcome != outcome::ok) { to.field("outcome", name(request.outcome)); }
    });
}

std::string encode(const cancel_request& request) {
    return object([&](json_writer& to) { to.field("request_id", request.request_id); });
}

std::string encode(const pool_change& change) {
    return object([&](json_writer& to) {
        write_named(to, "limit", change.limit);
        if (change.mode) { to.field("mode", name(*change.mode)); }
        write_named(to, "note", change.note);
        write_named(to, "default_ttl_ms", change.default_ttl_ms);
        write_named(to, "max_ttl_ms", change.max_ttl_ms);
        write_named(to, "max_waiters", change.max_waiters);
        write_named(to, "max_wait_ms", change.max_wait_ms);
        write_named(to, "claim_ms", change.claim_ms);
        write_named(to, "start_within_ms", change.start_within_ms);
        write_named(to, "labels", change.labels);
    });
}

}  // namespace admit
