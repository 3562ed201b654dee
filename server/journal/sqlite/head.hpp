// What a journal's rows go on from: its newest snapshot, or that there is none yet.
#pragma once

#include "server/core/time.hpp"
#include "server/journal/sqlite/chain.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace admit::journal {

/// A place in the chain of rows: the newest row that is in.
struct position {
    std::uint64_t seq = 0;  ///< 0: none
    digest128 hash{};
    std::int64_t wall_ms = 0;  ///< since 1970, when it was written; only ever shown

    friend bool operator==(const position&, const position&) = default;
};

struct head {
    digest128 id{};            ///< the journal's, for life
    position at;               ///< the newest row that is in the snapshot
    std::uint64_t number = 0;  ///< of the snapshot; 0: none
    std::uint64_t parts = 0;
    std::uint64_t bytes = 0;             ///< of all parts
    std::uint64_t remembered_bytes = 0;  ///< of them: what is forgotten without a record
    core::instant clock{};               ///< of its newest record
    digest128 parts_hash{};              ///< of the last part
    /// Highest of all that is in the snapshot, or was when it was given.
    std::int64_t longest_ttl_ms = 0;
    std::uint64_t newest_token = 0;
};

/// With its own hash.
std::string encode(const head&);
/// None where the bytes are not those of a head.
std::optional<head> decode_head(std::string_view);

/// Where the chain of a snapshot's parts begins.
digest128 first_link(const head& of);

}  // namespace admit::journal
