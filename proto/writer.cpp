#include "proto/writer.hpp"

#include "proto/codec.hpp"
#include "proto/utf8.hpp"

#include <array>
#include <charconv>

namespace admit {

namespace {

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 20> digits;  // -9223372036854775808 and 18446744073709551615 just fit
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

constexpr bool is_plain(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
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

void json_writer::separate() {
    // A bracket in a string has at least a quote after it, so the last byte tells.
    if (out_.size() > start_ && out_.back() != '{' && out_.back() != '[') { out_ += ','; }
}

void json_writer::key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
}

void json_writer::begin(char bracket) {
    separate();
    out_ += bracket;
}

void json_writer::begin(std::string_view name, char bracket) {
    key(name);
    out_ += bracket;
}

void json_writer::field(std::string_view name, std::string_view text) {
    key(name);
    append_json_string(out_, text);
}

void json_writer::field(std::string_view name, bool is) {
    key(name);
    out_ += is ? "true" : "false";
}

void json_writer::field(std::string_view name, const admit::labels& pairs) {
    begin_object(name);
    for (const auto& [key_text, text] : pairs) {
        separate();
        append_json_string(out_, key_text);
        out_ += ':';
        append_json_string(out_, text);
    }
    end_object();
}

void json_writer::element(std::string_view text) {
    separate();
    append_json_string(out_, text);
}

void json_writer::append(std::int64_t number) { append_number(out_, number); }
void json_writer::append(std::uint64_t number) { append_number(out_, number); }

}  // namespace admit
