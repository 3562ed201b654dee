#include "client/run/printable.hpp"

#include "proto/utf8.hpp"

namespace admit::client {

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const utf8::code_point c = utf8::first(text);
        if (c.bytes == 0 || utf8::is_control_or_separator(c.value))
            out += '?';
        else
            out += text.substr(0, c.bytes);
        text.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
    }
    return out;
}

}  // namespace admit::client
