// The journal on disk: an SQLite database in a directory of its own.
#pragma once

#include "server/journal/journal.hpp"
#include "server/journal/open.hpp"

#include <memory>
#include <string>

namespace admit::journal {

/// Throws `refusal`.
std::unique_ptr<journal> make_sqlite(const std::string& directory, const options&);

}  // namespace admit::journal
