// What `admit top` shows, as lines: no terminal here, and no server.
#pragma once

#include "client/cli/colour.hpp"
#include "proto/answers.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace admit::client {

/// A pool with somebody in it.
struct busy_pool {
    pool_view pool;
    std::vector<lease_row> leases;
    std::vector<waiter_row> waiters;
};

/// What the server said last.
struct snapshot {
    std::vector<pool_view> pools;
    std::vector<busy_pool> busy;
};

bool is_busy(const pool_view&) noexcept;

/// The title, `trouble` (why the rest is not new; empty: it is), the pools with the busy ones
/// first, and who holds and waits in each of these. At most `rows` lines, of which the last then
/// says how many are missing; pools take no more than half of them while somebody holds or waits.
std::vector<line> view_of(const snapshot&, const std::string& server, const std::string& trouble,
                          std::size_t rows);

}  // namespace admit::client
