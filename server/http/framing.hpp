// Where a request's header ends and whether its lines are lines, found before anything parses them:
// the framing rules that Beast leaves to its user.
#pragma once

#include "proto/answers.hpp"

#include <cstddef>
#include <string_view>

namespace admit::http {

/// Looks for the end of one header in bytes that grow. Whatever pieces they come in, the verdict is
/// the same.
class header_scan {
public:
    enum class found {
        nothing_yet,
        end,      ///< `size()` bytes are the header, with its empty line
        refused,  ///< nobody can say where this request ends
    };

    /// `bytes` begin with the request's first one and with all that earlier calls were given. When
    /// refused, `why` says so.
    found look(std::string_view bytes, admit::problem& why);

    std::size_t size() const noexcept { return line_start_; }

private:
    std::size_t looked_ = 0;      ///< no line ends before it that was not handled
    std::size_t line_start_ = 0;  ///< of the line in work
    std::size_t lines_ = 0;
};

/// `uri-host [ ":" port ]` of RFC 9110, not empty.
bool is_host(std::string_view) noexcept;

/// Whether every byte may stand in a request target as it is.
bool is_target_text(std::string_view) noexcept;

/// `text` consists of decimal digits and is not empty.
bool is_digits(std::string_view) noexcept;

/// ASCII without regard to case, as field names and many values are compared.
bool equals_ignoring_case(std::string_view, std::string_view) noexcept;

}  // namespace admit::http
