#include "server/http/route.hpp"

#include "proto/limits.hpp"
#include "server/http/framing.hpp"
#include "server/http/origin.hpp"
#include "server/http/parameters.hpp"
#include "server/http/route_handlers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace admit::http {
namespace {

template <system_call Which>
task system(const parameters&) {
    return Which;
}

constexpr std::array<route_row, 23> table{{
    {method::post, "/v1/acquire", "", &acquire},
    {method::post, "/v1/renew", "", &renew},
    {method::post, "/v1/release", "", &release},
    {method::post, "/v1/cancel", "", &cancel},
    {method::get, "/v1/check", "pool token", &check},

    {method::get, "/v1/pools", "limit after", &list_pools},
    {method::get, "/v1/pools/{pool}", "", &show_pool},
    {method::put, "/v1/pools/{pool}", "", &put_pool},
    {method::patch, "/v1/pools/{pool}", "", &patch_pool},
    {method::del, "/v1/pools/{pool}", "force", &delete_pool},
    {method::get, "/v1/pools/{pool}/leases", "limit after direct", &list_leases},
    {method::del, "/v1/pools/{pool}/leases/{token}", "now", &evict_lease},
    {method::get, "/v1/pools/{pool}/waiters", "limit after direct", &list_waiters},
    {method::del, "/v1/pools/{pool}/waiters/{ticket}", "", &drop_waiter},
    {method::get, "/v1/pools/{pool}/history", "limit after direct", &list_history},
    {method::get, "/v1/workers/{worker}", "", &show_worker},
    {method::del, "/v1/workers/{worker}/leases", "", &evict_worker},

    {method::get, "/v1/backup", "", &backup},

    {method::get, "/v1/version", "", &system<system_call::version>},
    {method::get, "/healthz", "", &system<system_call::healthz>},
    {method::get, "/readyz", "", &system<system_call::readyz>},
    {method::get, "/metrics", "", &system<system_call::metrics>},
    {method::get, "/openapi.json", "", &system<system_call::openapi>},
}};

bool takes_body(method what) {
    return what == method::post || what == method::put || what == method::patch;
}

/// What `row_of` returns; `captured` are the parts of the path in braces.
std::size_t find_row(method asked, std::string_view path,
                     std::array<std::string_view, 2>& captured) noexcept {
    const method wanted = asked == method::head ? method::get : asked;
    const auto row = std::find_if(table.begin(), table.end(), [&](const route_row& each) {
        return each.method == wanted && fits(each.path, path, captured);
    });
    return row == table.end() ? routed::no_row : static_cast<std::size_t>(row - table.begin());
}

/// The methods that a path answers, as `Allow` lists them; empty where it fits no row.
std::string methods_of(std::string_view path) {
    std::string out;
    for (const route_row& row : table) {
        std::array<std::string_view, 2> unused;
        if (path != "*" && !fits(row.path, path, unused)) continue;
        for (std::string_view each :
             {name(row.method),
              row.method == method::get ? name(method::head) : std::string_view()}) {
            if (each.empty() || out.find(each) != std::string::npos) continue;
            out += each;
            out += ", ";
        }
    }
    if (!out.empty()) out += name(method::options);
    return out;
}

/// No row has this path with this method.
void route_without_row(const request& from, std::string_view path, routed& out) {
    out.allow = methods_of(path);
    if (out.allow.empty()) {
        out.what = admit::problem{errc::not_found, "there is nothing at this path", {}, {}, 0};
    } else if (from.method == method::options) {
        out.what = allowed_methods{};
    } else {
        out.what =
            admit::problem{errc::method_not_allowed, "this path answers " + out.allow, {}, {}, 0};
    }
}

}  // namespace

std::span<const route_row> routes() noexcept { return table; }

std::string routes_text() {
    std::string out;
    for (const route_row& row : table) {
        out += name(row.method);
        out += ' ';
        out += row.path;
        out += '\n';
    }
    return out;
}

routed route(const request& from, const edge& at) {
    routed out;
    if (at.loopback) {
        if (auto no = refuse_cross_origin(from)) {
            out.what = std::move(*no);
            return out;
        }
    }
    const std::size_t mark = std::min(from.target.find('?'), from.target.size());
    const std::string_view path = from.target.substr(0, mark);
    parameters in{from, at, {}, {}};
    out.row = find_row(from.method, path, in.captured);
    if (out.row == routed::no_row) {
        route_without_row(from, path, out);
        return out;
    }
    const route_row& row = table[out.row];

    const bool encoded = from.content_encoding.has_value() &&
                         !equals_ignoring_case(*from.content_encoding, "identity");
    if (encoded && takes_body(from.method)) {
        out.what = admit::problem{errc::unsupported_media_type,
                                  "the body must not be encoded",
                                  "Content-Encoding",
                                  {},
                                  0};
    } else if (auto no = read_query(from.target.substr(std::min(mark + 1, from.target.size())),
                                    row.query, in)) {
        out.what = std::move(*no);
    } else {
        out.what = row.handle(in);
    }
    return out;
}

std::size_t row_of(method what, std::string_view path) noexcept {
    std::array<std::string_view, 2> unused;
    return find_row(what, path, unused);
}

std::size_t body_bytes_max(method what, std::string_view target) noexcept {
    const std::string_view path = target.substr(0, target.find('?'));
    const bool handles = what == method::post && (path == "/v1/renew" || path == "/v1/release");
    return handles ? admit::limits::handles_body_bytes_max : admit::limits::body_bytes_max;
}

}  // namespace admit::http
