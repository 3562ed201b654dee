// A data directory's journal out of a backup.
#pragma once

#include "proto/values.hpp"
#include "server/core/core.hpp"
#include "server/journal/trouble.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace admit::journal {

/// What a backup holds, as far as its file tells.
struct backup_facts {
    std::uint64_t batch = 0;          ///< the newest one in it
    std::int64_t written_ms = 0;      ///< since 1970, when that one was written
    admit::token next_token = 0;      ///< that would have been given next
    std::int64_t longest_ttl_ms = 0;  ///< of any lease that was given before
    core::core::counts counts;
};

/// Reads all of a backup and builds the state of it: what is whole in every link of its chains, and
/// leads to the state that its server was in, is a backup. Changes nothing.
std::variant<backup_facts, trouble> check_backup(const std::string& file, const core::settings&);

struct restore_options {
    core::settings state;
    /// Tokens go on above this one, wherever they would otherwise.
    admit::token token_above = 0;
    /// Where a state without a past would begin now: others may have begun so since the backup.
    admit::token new_token = 1;
    /// Leases that were given after the backup may live so long.
    std::int64_t longest_ttl_ms = 0;
    /// Another one each time: two restores of one backup within one second then give, but for one
    /// in 64, different tokens.
    std::uint64_t random = 0;
    /// For tests: since 1970; without it, what the clock on the wall says.
    std::optional<std::int64_t> now_ms = {};
    /// Called when the backup was found whole and the directory is spoken for, before a server
    /// could start in it. What it throws ends the restore.
    std::function<void()> prepare = {};
    /// For tests: 0, or after how many of its steps the process is to have ended.
    int end_after = 0;
};

struct restored {
    backup_facts from;
    admit::token next_token = 0;
    std::int64_t quarantine_ms = 0;  ///< how long the server will admit nobody
};

/// Makes the journal of `directory` out of a backup; the directory is made where its parent exists.
/// Refuses (`unusable`) one that has a journal, and (`locked`) one that a server uses. What a
/// former journal has left in its mark is used: tokens and times to live that were not known yet
/// when the backup was made. Ended at any point, the directory is as it was, or refuses to start a
/// server until the restore is repeated, or is restored.
std::variant<restored, trouble> restore(const std::string& backup, const std::string& directory,
                                        const restore_options&);

}  // namespace admit::journal
