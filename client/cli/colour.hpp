// Colours and cuts: one line of a terminal out of pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace admit::client {

enum class colour : std::uint8_t { plain, bold, dim, red, green, yellow };

/// Whether there may be colours: only on a terminal that knows them, and never against NO_COLOR
/// (https://no-color.org). The values of the environment, null where absent.
bool colours_wanted(bool on_terminal, const char* no_color, const char* term) noexcept;
/// The same of this process's stdout.
bool colours_wanted() noexcept;

struct piece {
    std::string text;
    colour how = colour::plain;
};
using line = std::vector<piece>;

/// Columns that `text` takes on a terminal: characters of UTF-8, not bytes.
std::size_t width(const std::string& text) noexcept;

/// The line as bytes, no wider than `columns`, without blanks at its end and without a line feed.
/// Control characters were made harmless.
std::string shown(const line&, bool colours,
                  std::size_t columns = std::numeric_limits<std::size_t>::max());

}  // namespace admit::client
