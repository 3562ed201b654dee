#include "client/calls.hpp"

#include <utility>

namespace admit::client::calls {
namespace {

http_request post(std::string target, std::string body) {
    return {"POST", std::move(target), std::move(body), {}};
}

http_request get(std::string target) { return {"GET", std::move(target), {}, {}}; }

/// A segment or a value of a target: whatever is not unreserved (RFC 3986, 2.3) is encoded.
std::string encoded(std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out.append({'%', hex[byte >> 4], hex[byte & 15]});
    }
    return out;
}

std::string pool_path(std::string_view pool) { return "/v1/pools/" + encoded(pool); }
std::string worker_path(std::string_view worker) { return "/v1/workers/" + encoded(worker); }

/// One page of a listing; what is empty or 0 is not said.
http_request page(std::string target, const std::string& after, std::int64_t limit) {
    char mark = '?';
    if (!after.empty()) target += std::exchange(mark, '&') + ("after=" + encoded(after));
    if (limit != 0) target += std::exchange(mark, '&') + ("limit=" + std::to_string(limit));
    return get(std::move(target));
}

/// One of a pool's listings.
http_request listing(std::string_view pool, const char* what, std::uint64_t after,
                     std::int64_t limit) {
    return page(pool_path(pool) + "/" + what, after == 0 ? "" : std::to_string(after), limit);
}

problem not_one_lease() { return {.code = errc::bad_request, .detail = "not one lease"}; }

/// The one lease of an answer to a single handle.
template <class Lease, class Answer>
decoded<Lease> only(decoded<Answer> answer) {
    if (problem* bad = std::get_if<problem>(&answer)) return std::move(*bad);
    auto& leases = std::get_if<Answer>(&answer)->leases;
    if (leases.size() != 1) return not_one_lease();
    return std::move(leases.front());
}

}  // namespace

http_request acquire_once::request() const { return post("/v1/acquire", encode(body)); }
decoded<acquire_answer> acquire_once::read(std::string_view b) { return decode_acquire_answer(b); }

http_request renew::request() const {
    renew_request<std::string> out;
    out.handles.push_back(handle);
    if (ttl) out.ttl_ms = ttl->count();
    return post("/v1/renew", encode(out));
}
decoded<renewed_lease> renew::read(std::string_view body) {
    return only<renewed_lease>(decode_renew_answer(body));
}

http_request renew_several::request() const {
    renew_request<std::string> out;
    out.handles = handles;
    return post("/v1/renew", encode(out));
}
decoded<renewed> renew_several::read(std::string_view body) { return decode_renew_answer(body); }

http_request release::request() const {
    release_request<std::string> out;
    out.handles.push_back(handle);
    out.outcome = outcome;
    return post("/v1/release", encode(out));
}
decoded<released_lease> release::read(std::string_view body) {
    return only<released_lease>(decode_release_answer(body));
}

http_request cancel::request() const {
    cancel_request out;
    out.request_id = request_id;
    return post("/v1/cancel", encode(out));
}
decoded<cancelled> cancel::read(std::string_view body) { return decode_cancel_answer(body); }

http_request check::request() const {
    return get("/v1/check?pool=" + encoded(pool) + "&token=" + std::to_string(token));
}
decoded<checked> check::read(std::string_view body) { return decode_check_answer(body); }

http_request get_version::request() const { return get("/v1/version"); }
decoded<server_version> get_version::read(std::string_view body) { return decode_version(body); }

http_request list_pools::request() const { return page("/v1/pools", after, limit); }
decoded<pools_page> list_pools::read(std::string_view body) { return decode_pools(body); }

http_request get_pool::request() const { return get(pool_path(pool)); }
decoded<pool_view> get_pool::read(std::string_view body) { return decode_pool(body); }

http_request list_leases::request() const { return listing(pool, "leases", after, limit); }
decoded<leases_page> list_leases::read(std::string_view body) { return decode_leases(body); }

http_request list_waiters::request() const { return listing(pool, "waiters", after, limit); }
decoded<waiters_page> list_waiters::read(std::string_view body) { return decode_waiters(body); }

http_request list_history::request() const { return listing(pool, "history", after, limit); }
decoded<history_page> list_history::read(std::string_view body) { return decode_history(body); }

http_request get_worker::request() const { return get(worker_path(worker)); }
decoded<worker_view> get_worker::read(std::string_view body) { return decode_worker(body); }

http_request put_pool::request() const { return {"PUT", pool_path(pool), encode(settings), {}}; }
decoded<pool_view> put_pool::read(std::string_view body) { return decode_pool(body); }

http_request change_pool::request() const {
    return {"PATCH", pool_path(pool), encode(settings), {}};
}
decoded<pool_view> change_pool::read(std::string_view body) { return decode_pool(body); }

http_request delete_pool::request() const {
    return {"DELETE", pool_path(pool) + (force ? "?force=true" : ""), {}, errc::unknown_pool};
}
decoded<done> delete_pool::read(std::string_view) { return done{}; }

http_request evict_lease::request() const {
    return {
        "DELETE", pool_path(pool) + "/leases/" + std::to_string(token), {}, errc::unknown_lease};
}
decoded<done> evict_lease::read(std::string_view) { return done{}; }

http_request cancel_waiter::request() const {
    return {
        "DELETE", pool_path(pool) + "/waiters/" + std::to_string(ticket), {}, errc::unknown_waiter};
}
decoded<done> cancel_waiter::read(std::string_view) { return done{}; }

http_request evict_worker::request() const {
    return {"DELETE", worker_path(worker) + "/leases", {}, {}};
}
decoded<evicted_count> evict_worker::read(std::string_view body) { return decode_evicted(body); }

}  // namespace admit::client::calls
