// Text of others, made harmless for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace admit::client {

/// `text` with `?` for each control character, line separator and byte that is not UTF-8: what the
/// server says may hold anything, and a terminal is not to obey it.
std::string printable(std::string_view text);

}  // namespace admit::client
