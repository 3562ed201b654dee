// Aligned columns for people.
#pragma once

#include <string>
#include <vector>

namespace admit::client {

/// The rows below each other, two spaces between columns, numbers to the right. The first row is
/// the heading. Control characters become `?`, so that no name can drive the terminal.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace admit::client
