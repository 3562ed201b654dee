// The worker's calls as the wire has them: handles are still secrets here, and defaults that only
// the pool knows are still missing. proto/codec reads and writes them.
#pragma once

#include "proto/few.hpp"
#include "proto/values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace admit {

/// POST /v1/acquire. Ranges are checked when it is read; those that the pool sets, by the core.
struct acquire_request {
    std::string pool = "default";
    std::int64_t slots = 1;
    std::string worker;
    std::int64_t wait_ms = 0;
    std::optional<std::int64_t> ttl_ms = {};     ///< the pool's `default_ttl_ms` where absent
    std::optional<std::string> request_id = {};  ///< the server makes one where absent
    std::int64_t keep_ms = 0;
    bool start = false;
    admit::labels labels = {};
};

/// POST /v1/renew. `single`: the request had `handle`, not `handles`; the answer follows suit.
struct renew_request {
    few<std::string> handles;
    bool single = true;
    std::optional<std::int64_t> ttl_ms;
};

/// POST /v1/release.
struct release_request {
    few<std::string> handles;
    bool single = true;
    admit::outcome outcome = admit::outcome::ok;
};

/// POST /v1/cancel.
struct cancel_request {
    std::string request_id;
};

}  // namespace admit
