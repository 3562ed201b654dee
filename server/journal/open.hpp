// The one place that knows which journals there are.
#pragma once

#include "server/core/core.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/trouble.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace admit::journal {

/// What an append that has ended well survives.
enum class durability : std::uint8_t {
    strict,   ///< an end of the machine, too
    relaxed,  ///< an end of the process; one of the machine may make it forget the last moments
};

struct options {
    durability survives = durability::strict;
    /// Goes on with what there is where records that were told are missing; with everything else
    /// that is damaged as well. What cannot be used is put aside, not thrown away.
    bool accept_data_loss = false;
    /// Those of the engine's core, as far as they say what is remembered: snapshots are written by
    /// a second core that replays.
    core::settings state;
    /// So many bytes after a snapshot the next one begins.
    std::uint64_t snapshot_bytes = std::uint64_t{64} << 20;
    /// A backup is not made where less than this would be left on the disk meanwhile.
    std::uint64_t min_free_bytes = 0;
    /// For tests: SQLite's name of what it does its input and output with, and what tells one start
    /// of the machine from another; empty: the system's.
    std::string vfs;
    std::string boot_id;
};

/// A journal, or why there is none.
using opened = std::variant<std::unique_ptr<journal>, trouble>;

/// Opens the journal that `where` names: its kind and, for kinds that lie somewhere, `:` and the
/// place. Kinds: "memory"; "sqlite", in a directory that is made where its parent exists. Blocks,
/// briefly: what is long is left to `replay`.
opened open(std::string_view where, const options& = {});

}  // namespace admit::journal
