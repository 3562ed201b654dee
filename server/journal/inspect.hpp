// Looking at a journal that no server uses, or at a backup, without changing a byte of either.
#pragma once

#include "server/journal/journal.hpp"
#include "server/journal/trouble.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace admit::journal {

/// A place in the journal. 0: none.
struct batch_place {
    std::uint64_t batch = 0;
    std::int64_t written_ms = 0;  ///< since 1970, on the machine's clock
};

/// What the journal's files say of themselves.
struct inspected {
    bool is_backup = false;
    std::string file;
    std::int64_t format = 0;  ///< of the database
    std::string id;           ///< the journal's, in hexadecimal digits

    batch_place snapshot;  ///< the newest batch in it
    std::uint64_t snapshot_parts = 0;
    std::uint64_t snapshot_bytes = 0;
    batch_place newest;

    /// What stands in the mark; of a backup what stands in its seal.
    struct marked {
        batch_place at;
        bool clean = false;
        bool relaxed = false;
        bool quarantine = false;
        bool restored = false;
        std::int64_t longest_ttl_ms = 0;
        admit::token newest_token = 0;
    };
    std::optional<marked> mark;

    /// How long an admitd that starts with it will admit nobody.
    std::int64_t quarantine_ms = 0;
};

/// For one thread at a time. Throws `refusal`, and nothing of the system.
class inspection {
public:
    virtual ~inspection() = default;

    virtual const inspected& facts() const noexcept = 0;

    /// What an admitd would refuse to start with before it reads the batches; empty: nothing.
    virtual std::string wrong() = 0;
    /// Hands over images and frames as far as they can be read, as a journal's `replay` does.
    /// Returns why not further; empty where that was all.
    virtual std::string replay(const replay_visitor&) = 0;
    /// The batches after the snapshot once more, with their places, as far as they can be read.
    virtual void batches(const std::function<void(const batch_place&, const frame&)>& visit) = 0;
};

/// Of a data directory, or of a backup's file. Refuses (`locked`) where a server uses it; while
/// this lives no server can start in it.
std::variant<std::unique_ptr<inspection>, trouble> inspect(const std::string& path);

}  // namespace admit::journal
