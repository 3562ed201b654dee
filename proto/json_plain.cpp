#include "proto/json_plain.hpp"

#include "proto/swar.hpp"

#include <array>

namespace admit::json {
namespace {

/// Beyond that, comparing each name with each takes longer than sorting them, which the other way
/// through does.
constexpr std::size_t members_max = 16;

/// Digits that an int64 holds whatever they are.
constexpr std::size_t digits_max = 18;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

plain_reader::plain_reader(document& into, std::string_view text, const rules& allowed) noexcept
    : document_(into), allowed_(allowed), text_(text) {}

bool plain_reader::read() {
    // No escapes: every string of the document is a piece of the text.
    document_.arena_ = text_;
    return read_value({}, 0) && next() == '\0' && at_ == text_.size();
}

bool plain_reader::read_value(document::span key, int depth) {
    if (document_.nodes_.size() >= allowed_.nodes_max) return false;
    const std::size_t mine = document_.nodes_.size();
    document::node& made = document_.nodes_.emplace_back();
    made.key = key;
    made.end = static_cast<std::uint32_t>(mine + 1);
    switch (next()) {
        case '"':
            made.type = kind::string;
            return read_string(made.text);
        case '{':
            made.type = kind::object;
            return depth < allowed_.depth_max && read_object(depth + 1) && !has_twins(mine);
        case '[':
            made.type = kind::array;
            if (depth >= allowed_.depth_max || !read_array(depth + 1)) return false;
            document_.nodes_[mine].end = static_cast<std::uint32_t>(document_.nodes_.size());
            return true;
        case 't':
            return read_word("true", kind::boolean, 1, made);
        case 'f':
            return read_word("false", kind::boolean, 0, made);
        case 'n':
            return read_word("null", kind::null, 0, made);
        default:
            return read_integer(made);
    }
}

bool plain_reader::read_object(int depth) {
    const std::size_t mine = document_.nodes_.size() - 1;
    ++at_;
    bool ended = next() == '}';
    if (ended) ++at_;
    while (!ended) {
        document::span key;
        if (next() != '"' || !read_string(key) || !take(':') || !read_value(key, depth) ||
            !read_comma_or('}', ended))
            return false;
    }
    document_.nodes_[mine].end = static_cast<std::uint32_t>(document_.nodes_.size());
    return true;
}

bool plain_reader::read_array(int depth) {
    ++at_;
    bool ended = next() == ']';
    if (ended) ++at_;
    while (!ended) {
        if (!read_value({}, depth) || !read_comma_or(']', ended)) return false;
    }
    return true;
}

bool plain_reader::read_string(document::span& out) {
    const std::size_t begin = ++at_;
    at_ += swar::json_prefix(text_.substr(at_));
    if (at_ == text_.size() || text_[at_] != '"') return false;
    out = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_ - begin)};
    ++at_;
    return true;
}

bool plain_reader::read_integer(document::node& into) {
    const bool negative = take('-');
    const std::size_t begin = at_;
    std::int64_t number = 0;
    for (; at_ < text_.size() && is_digit(text_[at_]) && at_ - begin < digits_max; ++at_)
        number = number * 10 + (text_[at_] - '0');
    const std::size_t digits = at_ - begin;
    if (digits == 0 || (digits > 1 && text_[begin] == '0')) return false;
    // What follows ends the number, or it is more than an integer.
    const char after = at_ < text_.size() ? text_[at_] : '\0';
    if (is_digit(after) || after == '.' || after == 'e' || after == 'E') return false;
    into.type = kind::integer;
    into.integer = negative ? -number : number;
    return true;
}

bool plain_reader::read_word(std::string_view word, kind type, std::int64_t value,
                             document::node& into) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    into.type = type;
    into.integer = value;
    return true;
}

bool plain_reader::read_comma_or(char bracket, bool& ended) {
    const char found = next();
    ended = found == bracket;
    if (!ended && found != ',') return false;
    ++at_;
    return true;
}

bool plain_reader::has_twins(std::size_t object) const noexcept {
    std::array<std::string_view, members_max> names;
    std::size_t count = 0;
    for (std::size_t at = object + 1; at < document_.nodes_[object].end;
         at = document_.nodes_[at].end) {
        const std::string_view name = document_.text_of(document_.nodes_[at].key);
        for (std::size_t i = 0; i < count; ++i)
            if (names[i] == name) return true;
        if (count == members_max) return true;
        names[count++] = name;
    }
    return false;
}

char plain_reader::next() noexcept {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
        ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool plain_reader::take(char wanted) noexcept {
    if (next() != wanted) return false;
    ++at_;
    return true;
}

}  // namespace admit::json
