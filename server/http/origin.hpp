// A web page in somebody's browser must not drive a server that listens on loopback only.
#pragma once

#include "server/http/request.hpp"

#include <optional>
#include <string_view>

namespace admit::http {

/// `localhost`, 127.0.0.0/8 or [::1], with or without a port.
bool is_loopback_host(std::string_view host) noexcept;

/// What to answer to a request that came from a web page of another origin, or under a name that is
/// not loopback (DNS rebinding); nothing where it may pass. For servers on loopback addresses.
///
/// Pages of other ports of the same machine are "same-site" to a browser; it is their `Origin` that
/// gives them away. Reads without an `Origin` change nothing, and no page gets to see their answer.
std::optional<admit::problem> refuse_cross_origin(const request&);

}  // namespace admit::http
