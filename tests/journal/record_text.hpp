// Records as text, so that tests can compare what went into a journal with what came out.
#pragma once

#include "server/journal/journal.hpp"

#include <string>
#include <vector>

namespace admit::journal::test {

/// Every field that is kept, in one line.
std::string text(const core::record&);
/// One line for the frame and one for each of its records.
std::string text(const frame&);
std::string text(const std::vector<frame>&);

/// At least one durable record of each kind, with every field set to something of its own.
std::vector<core::record> one_of_each();

}  // namespace admit::journal::test
