// The route table, and the way from a request to a command: paths, queries and bodies become
// values, handles become tokens. Pure but for the names that it makes for requests without one.
#pragma once

#include "server/core/command.hpp"
#include "server/http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace admit::http {

class handles;
class id_maker;
struct parameters;

/// What the server answers itself, without the engine.
enum class system_call : std::uint8_t { healthz, readyz, metrics, openapi, version };

/// A request to OPTIONS: 204 with `Allow`.
struct allowed_methods {};

/// A backup is to be made and sent.
struct take_backup {};

/// What is to be done for a request.
using task = std::variant<admit::problem, core::command, system_call, allowed_methods, take_backup>;

/// One row of the table. HEAD and OPTIONS have none: they follow from the others.
struct route_row {
    http::method method;
    std::string_view path;   ///< "/v1/pools/{pool}"
    std::string_view query;  ///< the names of its query parameters, separated by spaces
    task (*handle)(const parameters&);
};
std::span<const route_row> routes() noexcept;

/// "POST /v1/acquire" and so on, one line each.
std::string routes_text();

/// What routing needs to know of the server.
struct edge {
    const http::handles& handles;
    id_maker& ids;
    bool loopback = true;  ///< listens on a loopback address only
};

struct routed {
    static constexpr std::size_t no_row = static_cast<std::size_t>(-1);
    /// Index into `routes()`, for metrics and logs; `no_row` where none fits.
    std::size_t row = no_row;
    task what;
    std::string allow;  ///< of `allowed_methods` and of `method_not_allowed`
};

/// Decides what a request asks for. Not for one that was `refused` already.
routed route(const request&, const edge&);

/// The row for a method and a path without its query; `no_row` where none fits.
std::size_t row_of(method, std::string_view path) noexcept;

/// How large the body of such a request may be, in bytes.
std::size_t body_bytes_max(method, std::string_view target) noexcept;

}  // namespace admit::http
