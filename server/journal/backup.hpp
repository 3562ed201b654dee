// A backup while the server runs: who asks for one, and what comes of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace admit::journal {

/// The bytes of a backup. They have no name in any directory and go with the last who holds this.
class backup_file {
public:
    virtual ~backup_file() = default;

    virtual std::uint64_t size() const noexcept = 0;
    /// Appends up to `most` bytes from `offset` on; fewer only at the end. Any thread, one at a
    /// time. Throws std::system_error.
    virtual void read(std::uint64_t offset, std::size_t most, std::string& out) const = 0;
};

/// Why there is none. Whatever it is, the journal goes on.
enum class backup_failure : std::uint8_t {
    nothing_kept,  ///< this journal ends with the process
    busy,          ///< another one is made or read: there is one at a time, since each takes room
    no_room,       ///< on the disk, or not without going below what has to stay free
    ended,         ///< the journal is closed or has failed
    failed,        ///< everything else
};
struct backup_trouble {
    backup_failure kind = backup_failure::failed;
    std::string what;  ///< for people
};

using backup_result = std::variant<std::shared_ptr<const backup_file>, backup_trouble>;

struct backup_order {
    /// Who asked; when that is gone nobody wants the backup any more.
    std::weak_ptr<const void> claim;
    /// Called exactly once, on any thread, maybe from within `back_up`, under none of the journal's
    /// locks; also where nobody wants it any more.
    std::function<void(backup_result)> on_done;
};

}  // namespace admit::journal
