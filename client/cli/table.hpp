// Aligned columns for people.
#pragma once

#include "client/cli/colour.hpp"

#include <string>
#include <utility>
#include <vector>

namespace admit::client {

/// Rows below a heading, two blanks between columns, numbers to the right. Columns in which no row
/// has anything are left out.
class table {
public:
    explicit table(std::vector<std::string> heading);

    /// As many cells as the heading has.
    void add(line row) { rows_.push_back(std::move(row)); }

    std::vector<line> lines() const;

private:
    std::vector<std::string> heading_;
    std::vector<line> rows_;
};

/// Text for stdout: each line with a line feed.
std::string text_of(const std::vector<line>&, bool colours);

}  // namespace admit::client
