// A request and its answer as the client's connections carry them: what the calls of calls.hpp are
// written as and read from.
#pragma once

#include "proto/errc.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace admit::client {

struct http_request {
    std::string method;
    std::string target;  ///< percent-encoded
    std::string body;    ///< JSON; no body where empty
    /// The refusal that an earlier attempt of the same call explains: what was to be taken away is
    /// gone already. It then counts as done.
    std::optional<errc> done_if_repeated;
};

struct http_response {
    int status = 0;
    std::string body;
    std::int64_t retry_after_ms = 0;  ///< the header Retry-After; 0 where absent or a date
    /// An earlier sending of the same request may have been acted upon.
    bool resent = false;
};

}  // namespace admit::client
