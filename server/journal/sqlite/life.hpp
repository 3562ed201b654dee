// What becomes of a journal between two processes: how the former one ended, as far as the mark
// tells, and what the next one has to know of it.
#pragma once

#include "server/journal/open.hpp"
#include "server/journal/sqlite/mark.hpp"
#include "server/journal/sqlite/verify.hpp"

#include <optional>
#include <string>

namespace admit::journal {

/// What mark and rows tell when they are held against each other.
struct verdict {
    /// Why this is not all that was told; empty where it is.
    std::string lost;
    /// The machine went down, and the last moments may be forgotten.
    bool forgot = false;
    /// Likewise, because the journal was made from a backup.
    bool restored = false;
};

/// `hash_of_marked`: of the row that the mark names, where it is there.
verdict judge(const std::optional<mark>& found, const head&, const position& newest,
              const std::optional<digest128>& hash_of_marked, const std::string& boot);

}  // namespace admit::journal
