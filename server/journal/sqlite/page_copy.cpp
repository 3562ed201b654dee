#include "server/journal/sqlite/page_copy.hpp"

#include <sqlite3.h>

namespace admit::journal {

void page_copy::finish::operator()(sqlite3_backup* b) const noexcept { sqlite3_backup_finish(b); }

page_copy::page_copy(database& from, database& to)
    : to_(to), handle_(sqlite3_backup_init(to.handle_.get(), "main", from.handle_.get(), "main")) {
    if (!handle_) to.fail(sqlite3_errcode(to.handle_.get()));
}

bool page_copy::step(int pages) {
    const int code = sqlite3_backup_step(handle_.get(), pages);
    if (code == SQLITE_OK) return false;
    if (code != SQLITE_DONE) to_.fail(code);
    return true;
}

}  // namespace admit::journal
