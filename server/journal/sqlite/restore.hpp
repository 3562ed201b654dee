// What a restore leaves in a directory while it is under way.
#pragma once

#include "server/journal/restore.hpp"

#include <string>

namespace admit::journal {

/// Whether a restore was begun and has not come to its end.
bool is_being_restored(const std::string& directory);
void remove_unfinished_restore(const std::string& directory);

}  // namespace admit::journal
