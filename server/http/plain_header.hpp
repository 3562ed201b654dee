// The quick way through an ordinary request header: HTTP/1.1, nothing about connections or codings.
#pragma once

#include "server/http/message.hpp"

#include <cstddef>
#include <string_view>

namespace admit::http {

/// Reads a header into a message in one pass, at a fifth of Beast's price. It says yes or nothing:
/// whatever is not plain, or not right, is left to Beast and to what it says of it.
class plain_header {
public:
    plain_header(message& out, std::string_view header) noexcept : out_(out), header_(header) {}

    /// Whether the message has all of the header now. If not, it is to be made anew.
    bool read();

private:
    bool read_request_line();
    bool read_field();
    bool note(std::string_view name, std::size_t begin, std::size_t end);
    bool take(std::string_view expected) noexcept;

    message& out_;
    const std::string_view header_;
    std::size_t at_ = 0;
};

}  // namespace admit::http
