// Reading UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace admit::utf8 {

struct code_point {
    char32_t value = 0;
    std::size_t bytes = 0;  ///< 1 to 4; 0: the text is empty or does not begin with a character
};

/// The character that `text` begins with.
code_point first(std::string_view text) noexcept;

/// C0, DEL and C1 controls and the separators U+2028 and U+2029: what would break a line of a log
/// or a terminal.
bool is_control_or_separator(char32_t character) noexcept;

}  // namespace admit::utf8
