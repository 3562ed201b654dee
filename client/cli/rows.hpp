// Pools, leases and waiters as tables for people.
#pragma once

#include "client/cli/table.hpp"
#include "proto/answers.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace admit::client {

table table_of(const std::vector<pool_view>&);
table table_of(const std::vector<lease_row>&);
table table_of(const std::vector<waiter_row>&);
table table_of(const std::vector<ended_row>&);

/// One pool with all its settings, a line each.
std::vector<line> lines_of(const pool_view&);

/// `a=1 b=2`.
std::string text_of(const labels&);
/// A duration in milliseconds as people read it.
std::string spelled(std::int64_t ms);

}  // namespace admit::client
