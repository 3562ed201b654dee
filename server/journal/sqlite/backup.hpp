// A backup in the making: a copy of the journal's database in a file of its own, sealed when it is
// whole.
#pragma once

#include "server/journal/backup.hpp"
#include "server/journal/sqlite/page_copy.hpp"
#include "server/journal/sqlite/seal.hpp"
#include "server/journal/sqlite/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace admit::journal {

/// Thrown where there is not enough room for it.
class no_room : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

/// For the thread of the store, which outlives it. Throws `no_room`, `sql_error` and
/// std::system_error; what it has written is gone with it.
class backup_making {
public:
    backup_making(store& from, std::string directory, const std::string& vfs,
                  std::uint64_t min_free_bytes);
    ~backup_making();
    backup_making(const backup_making&) = delete;
    backup_making& operator=(const backup_making&) = delete;

    /// Copies a little, about as much as an append may wait for. Whether it is all there: then
    /// nothing may be committed until it is finished.
    bool step();
    /// Seals it and takes its name away.
    std::shared_ptr<const backup_file> finish(const seal&);

private:
    void look_at_room(std::uint64_t still_to_write) const;

    store& from_;
    const std::string directory_;
    const std::string file_;
    const std::string vfs_;
    const std::uint64_t min_free_;
    std::optional<database> to_;
    std::optional<page_copy> copy_;
    bool named_ = false;  ///< the file still lies in the directory
};

/// Removes what a process that was ended has left of one.
void remove_unfinished_backup(const std::string& directory);

}  // namespace admit::journal
