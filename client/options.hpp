// What a client is made with, and what can be asked of an acquire.
#pragma once

#include "client/address.hpp"
#include "proto/answers.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace admit::client {

struct client_options {
    /// Addresses of one and the same service. The first that answers is used, and kept until it
    /// fails. At least one.
    std::vector<server_address> servers{server_address{}};
    /// Bounds each call with its repetitions, by one deadline from its start; of an acquire only
    /// what leaving the line and giving back may take.
    std::chrono::milliseconds patience = std::chrono::seconds{5};
};

// An initial value for all that may be left out: named initializers then cause no warnings.
struct acquire_options {
    std::string pool = "default";
    std::string worker;  ///< who asks; required
    std::int64_t slots = 1;
    /// How long to stand in line: 0 is a single try, nothing is without limit. The place survives
    /// broken connections and is left when the time is over.
    std::optional<std::chrono::milliseconds> wait = std::chrono::milliseconds{0};
    std::optional<std::chrono::milliseconds> ttl = {};  ///< the pool's where absent; at least 1 s
    std::optional<std::string> request_id = {};         ///< a random one where absent
    bool start = false;                                 ///< the lease is born `busy`
    admit::labels labels = {};

    /// How long the place in line outlives a broken connection: 1 ms to 300 s.
    std::chrono::milliseconds keep = std::chrono::seconds{10};
    /// How long a server that cannot be reached is tried, within `wait` where there is one; nothing
    /// is as long as that allows, so that a single try may wait for its server. In line, one that
    /// was reached before is tried for at least 30 s.
    std::optional<std::chrono::milliseconds> reach = std::chrono::seconds{3};
    /// How long the holder needs to stop: `lease::on_lost` is called so long before the deadline.
    /// At most a third of the lease's time is kept for it, so that a short lease can be renewed.
    std::chrono::milliseconds reserve{0};
    /// Called on the client's executor whenever the server has told the place in line. It does not
    /// throw.
    std::function<void(const queued&)> on_queued = {};
};

}  // namespace admit::client
