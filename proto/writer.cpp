#include "proto/writer.hpp"

#include "proto/codec.hpp"
#include "proto/utf8.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace admit {

namespace {

/// -9223372036854775808 and 18446744073709551615 just fit.
constexpr std::size_t digits_max = 20;

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
    // Almost all texts are; a loop without a way out is one that compilers make short.
    bool all_plain = true;
    for (const char c : text)
        all_plain &= is_plain(c);
    if (all_plain) {
        out += text;
        text = {};
    }
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

void json_writer::piece::add(std::string_view text) noexcept {
    assert(text.size() <= bytes.size() - size);
    std::copy(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    size += text.size();
}

bool json_writer::needs_comma() const noexcept {
    // A bracket in a string has at least a quote after it, so the last byte tells.
    return out_.size() > start_ && out_.back() != '{' && out_.back() != '[';
}

void json_writer::separate() {
    if (needs_comma()) { out_ += ','; }
}

json_writer::piece json_writer::key(std::string_view name) const noexcept {
    piece made;
    if (needs_comma()) { made.add(','); }
    made.add('"');
    made.add(name.substr(0, name_bytes_max));
    made.add("\":");
    return made;
}

void json_writer::begin(char bracket) {
    separate();
    out_ += bracket;
}

void json_writer::begin(std::string_view name, char bracket) {
    piece made = key(name);
    made.add(bracket);
    out_ += made;
}

void json_writer::field(std::string_view name, std::string_view text) {
    out_ += key(name);
    append_json_string(out_, text);
}

void json_writer::field(std::string_view name, bool is) {
    piece made = key(name);
    made.add(is ? "true" : "false");
    out_ += made;
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

namespace {

template <class Number>
void add_number(auto& to, Number number) {
    char* const at = to.bytes.data() + to.size;
    to.size += static_cast<std::size_t>(std::to_chars(at, at + digits_max, number).ptr - at);
}

}  // namespace

void json_writer::append(std::string_view name, std::int64_t number) {
    piece made = key(name);
    add_number(made, number);
    out_ += made;
}

void json_writer::append(std::string_view name, std::uint64_t number) {
    piece made = key(name);
    add_number(made, number);
    out_ += made;
}

}  // namespace admit
