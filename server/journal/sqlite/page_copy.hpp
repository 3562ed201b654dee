// A copy of a database, page by page, while the connection that it is taken from goes on to write:
// what it commits in pages that are copied already is copied with it.
#pragma once

#include "server/journal/sqlite/database.hpp"

#include <memory>

struct sqlite3_backup;

namespace admit::journal {

/// For the thread of `from`. Both outlive it; of `to` nothing else is asked meanwhile.
class page_copy {
public:
    page_copy(database& from, database& to);

    /// Copies so many pages; whether the copy is what `from` is, with its newest commit. What goes
    /// wrong with either is thrown, and does not change `from`.
    bool step(int pages);

private:
    struct finish {
        void operator()(sqlite3_backup*) const noexcept;
    };
    database& to_;
    std::unique_ptr<sqlite3_backup, finish> handle_;
};

}  // namespace admit::journal
