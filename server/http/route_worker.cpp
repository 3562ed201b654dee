// What workers ask: bodies decoded, handles turned into tokens, nameless requests named.
#include "proto/codec.hpp"
#include "server/http/handles.hpp"
#include "server/http/parameters.hpp"
#include "server/http/route_handlers.hpp"

namespace admit::http {
namespace {

few<admit::token> tokens_of(const few<handle_text>& texts, const edge& at) {
    few<admit::token> out;
    out.reserve(texts.size());
    for (const handle_text& each : texts)
        out.push_back(at.handles.check(each));
    return out;
}

}  // namespace

task acquire(const parameters& in) {
    std::string key;
    if (auto no = read_idempotency_key(in, key)) return std::move(*no);
    auto read = decode_acquire(in.from.body, key);
    if (auto* no = std::get_if<admit::problem>(&read)) return std::move(*no);
    auto& asked = std::get<acquire_request>(read);

    core::acquire out;
    out.pool = std::move(asked.pool);
    out.slots = asked.slots;
    out.worker = std::move(asked.worker);
    out.wait_ms = asked.wait_ms;
    out.ttl_ms = asked.ttl_ms;
    out.by_client = asked.request_id.has_value();
    out.request_id = asked.request_id ? std::move(*asked.request_id) : in.at.ids.make();
    out.keep_ms = asked.keep_ms;
    out.start = asked.start;
    out.labels = std::move(asked.labels);
    return out;
}

task renew(const parameters& in) {
    auto read = decode_renew(in.from.body);
    if (auto* no = std::get_if<admit::problem>(&read)) return std::move(*no);
    const auto& asked = std::get<renew_request<handle_text>>(read);
    return core::renew{tokens_of(asked.handles, in.at), asked.single, asked.ttl_ms};
}

task release(const parameters& in) {
    auto read = decode_release(in.from.body);
    if (auto* no = std::get_if<admit::problem>(&read)) return std::move(*no);
    const auto& asked = std::get<release_request<handle_text>>(read);
    return core::release{tokens_of(asked.handles, in.at), asked.single, asked.outcome};
}

task cancel(const parameters& in) {
    auto read = decode_cancel(in.from.body);
    if (auto* no = std::get_if<admit::problem>(&read)) return std::move(*no);
    return core::cancel{std::move(std::get<cancel_request>(read).request_id)};
}

task check(const parameters& in) {
    core::check out;
    if (auto no = read_pool(in, "pool", out.pool)) return std::move(*no);
    if (auto no = read_number(in, "token", out.token)) return std::move(*no);
    if (out.pool.empty()) return bad_request("which pool?", "pool");
    if (out.token == 0) return bad_request("which token?", "token");
    return out;
}

}  // namespace admit::http
