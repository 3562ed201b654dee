#include "proto/writer.hpp"

#include "proto/codec.hpp"
#include "proto/swar.hpp"
#include "proto/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace admit {

namespace {

/// -9223372036854775808 and 18446744073709551615 just fit.
constexpr std::size_t digits_max = 20;

constexpr bool is_plain(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 15U];
}

/// Appends what `text` begins with and is not plain; returns how many bytes of `text` that was.
std::size_t append_special(std::string& out, std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    const utf8::code_point next = utf8::first(text);
    if (next.bytes == 0) {
        out += replacement;
        return 1;
    }
    if (next.bytes == 1) {
        append_escape(out, text[0]);
    } else {
        out += text.substr(0, next.bytes);
    }
    return next.bytes;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) {
            ++plain;
        }
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (!text.empty()) { text.remove_prefix(append_special(out, text)); }
    }
    out += '"';
}

void json_writer::grow(std::size_t bytes) {
    const std::size_t used = at_ == nullptr ? start_ : static_cast<std::size_t>(at_ - out_.data());
    out_.resize(std::max(used + bytes, 2 * used));
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
}

void json_writer::string(std::string_view text) {
    // Almost all texts are plain.
    if (swar::json_prefix(text) == text.size()) {
        room(text.size() + 2);
        put_in_room('"');
        put_in_room(text);
        return put_in_room('"');
    }
    std::string escaped;
    append_json_string(escaped, text);
    put(escaped);
}

void json_writer::field(std::string_view name, const admit::labels& pairs) {
    begin_object(name);
    for (const auto& [key_text, text] : pairs) {
        element(key_text);
        put(':');
        string(text);
    }
    end_object();
}

void json_writer::append(std::int64_t number) {
    if (number >= 0) { return append(static_cast<std::uint64_t>(number)); }
    room(digits_max);
    at_ = std::to_chars(at_, end_, number).ptr;
}

void json_writer::append(std::uint64_t number) {
    room(digits_max);
    if (number < 10) { return put_in_room(static_cast<char>('0' + number)); }  // as most are
    at_ = std::to_chars(at_, end_, number).ptr;
}

}  // namespace admit
