// Compares a core with one that was made from its journal.
#pragma once

#include <string>
#include <string_view>

namespace admit::test {

/// Both texts are `describe(true)`. Empty where the journal gives the live state, else the lines
/// that only one of them has.
///
/// One difference is right: forgetting is not journaled, so what is remembered (lines that begin
/// with "ended " or "cancelled ") may still be there after a replay. Nothing may be missing.
std::string state_difference(std::string_view live, std::string_view replayed);

}  // namespace admit::test
