// The pools that the configuration file and the flags ask for.
#pragma once

#include "proto/answers.hpp"
#include "proto/codec.hpp"
#include "server/config/options.hpp"
#include "server/core/command.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::config {

/// What is wrong, in one line for people that names file and field.
struct error {
    std::string text;
};

/// One command per pool, with only the fields that are named. A pool named by both is one command,
/// where the flag's limit wins, so that nobody sees the file's limit in between.
std::vector<core::set_pool> merged(std::vector<pool_entry> file,
                                   const std::vector<pool_limit>& flags);

/// Reads the file (no file where the name is empty) and merges the flags.
std::variant<std::vector<core::set_pool>, error> wanted_pools(const std::string& file_name,
                                                              const std::vector<pool_limit>& flags);

/// Why the server would refuse `wanted`, given the pool as it is now (nothing: there is none): told
/// before the first of several is applied, since all or none of them are to be.
std::optional<problem> refusal(const core::set_pool& wanted, const std::optional<pool_view>& now);

/// What `wanted` changes of a pool that somebody else has set so: a line for each field, "pool
/// 'db': limit 7, set by the API, is now 5".
std::vector<std::string> overridden(const core::set_pool& wanted, const pool_view& now);

/// "pool 'db': limit is required"
std::string describe(const std::string& pool, const problem& what);

}  // namespace admit::config
