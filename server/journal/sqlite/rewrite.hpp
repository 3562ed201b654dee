// A journal that begins with a state that another one led to.
#pragma once

#include "server/journal/sqlite/follower.hpp"
#include "server/journal/sqlite/store.hpp"

namespace admit::journal {

/// Writes the state that `from` has come to into a new journal, as its one snapshot, and copies its
/// log into the file. `as`: everything that is not counted while it is written. `from` stays where
/// it is.
void write_snapshot(store& to, follower& from, head as);

/// Removes a database with what lies beside it.
void remove_database(const std::string& file);

}  // namespace admit::journal
