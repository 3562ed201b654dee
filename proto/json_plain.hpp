// The quick way through ordinary JSON, which is what clients send: no escapes, ASCII only.
#pragma once

#include "proto/json.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace admit::json {

/// Reads a text into a document in one pass, at a tenth of the library's price. It says yes or
/// nothing: whatever is not plain, or not right, is left to the library, which knows the rest of
/// the grammar and what to say. So the two cannot disagree about what is refused, nor how.
class plain_reader {
public:
    plain_reader(document& into, std::string_view text, const rules& allowed) noexcept;

    /// Whether the document holds the text now. If not, it holds rubbish.
    bool read();

private:
    bool read_value(document::span key, int depth);
    bool read_object(int depth);
    bool read_array(int depth);
    bool read_string(document::span& out);
    bool read_integer(document::node& into);
    bool read_word(std::string_view word, kind type, std::int64_t value, document::node& into);
    bool read_comma_or(char bracket, bool& ended);
    bool has_twins(std::size_t object) const noexcept;

    /// The next byte that is no space; 0 at the end, which no text contains.
    char next() noexcept;
    bool take(char wanted) noexcept;

    document& document_;
    const rules& allowed_;
    const std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace admit::json
