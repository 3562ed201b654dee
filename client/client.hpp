// The blocking client: each call returns when it is done, within the time it is given.
#pragma once

#include "client/address.hpp"
#include "client/result.hpp"
#include "proto/codec.hpp"
#include "proto/values.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace admit::client {

struct acquire_options {
    std::string pool = "default";
    std::string worker;  ///< who asks; required
    std::int64_t slots = 1;
    /// How long to stand in line: 0 is a single try, nothing is without limit. The place survives
    /// broken connections and is left when the time is over.
    std::optional<std::chrono::milliseconds> wait = std::chrono::milliseconds{0};
    std::optional<std::chrono::milliseconds> ttl;  ///< the pool's where absent; at least 1 s
    std::optional<std::string> request_id;         ///< a random one where absent
    bool start = false;                            ///< the lease is born `busy`
    admit::labels labels;
};

/// One server over one connection, which is kept between calls. Calls are repeated with back-off
/// where the contract allows it; `patience` bounds each, except the wait of `acquire`. Not for two
/// threads at once; throws only where the process has no descriptor or memory left.
class client {
public:
    explicit client(server_address, std::chrono::milliseconds patience = std::chrono::seconds{5});
    ~client();
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;

    /// Not admitted is a failure whose `answer` has a 429 code.
    result<admitted> acquire(const acquire_options&);
    /// A lease that is gone is a failure `unknown_lease` or with a 410 code.
    result<renewed_lease> renew(std::string handle,
                                std::optional<std::chrono::milliseconds> ttl = {});
    result<released_lease> release(std::string handle, outcome = outcome::ok);
    result<cancelled> cancel(std::string request_id);

    result<std::vector<pool_view>> pools();
    /// Creates a pool, or replaces its settings by the defaults and this limit.
    result<done> set_pool(std::string pool, std::int64_t limit);
    /// Evicts its leases and refuses its waiters; one that is not there is as good as deleted.
    result<done> delete_pool(std::string pool);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace admit::client
