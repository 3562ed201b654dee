// Going on with what there is, where the operator has accepted that something is lost: what can be
// read becomes a journal of its own, and what was found is put aside.
#pragma once

#include "server/core/core.hpp"
#include "server/journal/sqlite/store.hpp"
#include "server/journal/sqlite/verify.hpp"

#include <string>

namespace admit::journal {

/// Makes a journal with the state that can be read from `old`, up to the first thing that cannot:
/// `replay` has handed over the same. It takes the place of the old one in `take_place`.
void salvage(store& old, const core::settings&, const lore&, const std::string& directory);

/// Exchanges the journal for one that was salvaged, if there is one, whole: also after a process
/// that was ended in between. The old one is then `journal.db.damaged-…`.
void take_place(const std::string& directory);

/// Puts a database that cannot be read at all aside.
void put_aside(const std::string& directory);

}  // namespace admit::journal
