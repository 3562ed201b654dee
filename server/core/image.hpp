// A state as a sequence of values, for snapshots: unlike records, which say what happened, images
// say how things stand. A state restored from all its images is the state, as far as it is durable.
#pragma once

#include "proto/answers.hpp"
#include "server/core/record.hpp"
#include "server/core/time.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace admit::core {

/// Comes first: the counters, and the lease clock of the newest record in it.
struct counters_image {
    admit::token next_token = 1;
    admit::ticket next_ticket = 1;
    std::uint64_t next_version = 1;
    std::uint64_t next_uid = 1;
    instant at{};
};
struct pool_image {
    std::string pool;
    std::uint64_t uid = 0;
    pool_settings settings;
    pool_source source = pool_source::builtin;
    std::uint64_t version = 0;
    std::int64_t held_at_change = 0;
    pool_stats stats;
    std::int64_t avg_held_us = 0;
};
/// A kept place in line.
struct waiter_image {
    admit::ticket ticket = 0;
    admission_ref who;
    std::int64_t keep_ms = 0;
    instant since{};
};
struct lease_image {
    admit::token token = 0;
    admission_ref who;
    lease_state state = lease_state::acquired;
    std::int64_t ttl_ms = 0;
    std::int64_t keep_ms = 0;
    instant granted_at{};
    instant since{};
    bool must_start = false;  ///< it is taken back unless it becomes busy within `start_within_ms`
};
struct ended_image {
    admit::token token = 0;
    admission_ref who;
    ending how = ending::ok;
    std::uint64_t pool_uid = 0;
    instant at{};
    duration held{};
};
struct cancelled_image {
    std::string request_id;
    instant at{};
};

/// In this order: the counters, each pool followed by its leases, waiters by ticket, and what is
/// remembered, oldest first.
using image = std::variant<counters_image, pool_image, lease_image, waiter_image, ended_image,
                           cancelled_image>;

/// Where a walk over a state's images stands. Starts at the first one.
struct image_cursor {
    std::size_t part = 0;  ///< an index of `image`; past the last one when the walk is over
    std::string pool;      ///< of pools and leases: the one that is next or under way
    std::uint64_t number = 0;  ///< of the others: what comes next
    bool over = false;
};

}  // namespace admit::core
