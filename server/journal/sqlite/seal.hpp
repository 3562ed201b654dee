// What makes a database file a backup: the last thing that is written into it says where its chain
// ends, so that nothing can be missing there either, and what the mark beside the journal said.
#pragma once

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/head.hpp"

#include <cstdint>
#include <string>

namespace admit::journal {

struct seal {
    digest128 id{};  ///< the journal's
    position at;     ///< its newest row
    std::int64_t longest_ttl_ms = 0;
    std::uint64_t newest_token = 0;
};

/// Writes it into a copy of a journal that has none.
void put_seal(database& copy, const seal&);

/// Throws `refusal` where the database has none that can be read.
seal read_seal(database& backup);

}  // namespace admit::journal
