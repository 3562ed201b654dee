// The only file that knows nlohmann's library. What is not plain (json_plain.hpp) goes through it:
// it reads the grammar, the builder decides what is allowed and puts the document together. Nothing
// here throws on bad input, and the library's parser keeps its own stack, so that depth costs no
// stack of ours.
#include "proto/json.hpp"

#include "proto/json_plain.hpp"
#include "proto/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace admit::json {

namespace {

constexpr std::uint32_t still_open = std::numeric_limits<std::uint32_t>::max();

/// Walks over the text and tells how far the library has read, which it keeps to itself.
class cursor {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    cursor(const char* at, const char** seen) noexcept : at_(at), seen_(seen) {}
    reference operator*() const noexcept { return *at_; }
    cursor& operator++() noexcept {
        *seen_ = ++at_;
        return *this;
    }
    bool operator==(const cursor& other) const noexcept { return at_ == other.at_; }
    bool operator!=(const cursor& other) const noexcept { return at_ != other.at_; }

private:
    const char* at_;
    const char** seen_;
};

/// The part of the library's message that says what is wrong in words of its own. The rest is
/// positions, which we give, and the client's bytes, which we do not.
std::string_view reason_in(std::string_view message) {
    constexpr std::string_view before = " - ";
    const std::size_t start = message.find(before);
    if (start == std::string_view::npos) { return "not well-formed"; }
    message.remove_prefix(start + before.size());
    return message.substr(0, message.find("; last read"));
}

}  // namespace

/// Receives the grammar's events. A function that returns false ends the parse.
class builder {
public:
    builder(document& into, const rules& allowed, std::string_view text) noexcept
        : document_(into),
          allowed_(allowed),
          begin_(text.data()),
          seen_(text.data()),
          size_(text.size()) {}

    std::optional<error> run() {
        using library = nlohmann::json;
        const bool good =
            library::sax_parse(cursor(begin_, &seen_), cursor(begin_ + size_, &seen_), this,
                               library::input_format_t::json, true, allowed_.comments);
        if (good) { return std::nullopt; }
        return std::move(error_);
    }

    bool null() { return add(kind::null) != nullptr; }
    bool boolean(bool is) { return add_integer(kind::boolean, is ? 1 : 0); }
    // "-0" comes here as 0, which it is: an integer has one zero.
    bool number_integer(std::int64_t number) { return add_integer(kind::integer, number); }
    bool number_unsigned(std::uint64_t number) {
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return add(kind::number) != nullptr;
        }
        return number_integer(static_cast<std::int64_t>(number));
    }
    bool number_float(double, const std::string&) { return add(kind::number) != nullptr; }
    bool string(const std::string& text) {
        document::node* made = add(kind::string);
        if (made != nullptr) { made->text = store(text); }
        return made != nullptr;
    }
    bool binary(const nlohmann::json::binary_t&) { return false; }  // no JSON text has one

    bool start_object(std::size_t) { return open(kind::object); }
    bool start_array(std::size_t) { return open(kind::array); }
    bool key(const std::string& text) {
        key_ = store(text);
        return true;
    }
    bool end_object() { return has_no_duplicates(document_.open_.back()) && close(); }
    bool end_array() { return close(); }

    bool parse_error(std::size_t offset, const std::string&,
                     const nlohmann::json::exception& wrong) {
        constexpr int number_overflow = 406;
        if (wrong.id == number_overflow) { return refuse("number out of range", path(key_)); }
        refuse(std::string(reason_in(wrong.what())), {});
        error_.offset = std::min(offset, size_);
        return false;
    }

private:
    bool refuse(std::string text, std::string field) {
        error_ = {std::move(text), static_cast<std::size_t>(seen_ - begin_), std::move(field)};
        return false;
    }

    document::span store(std::string_view text) {
        const auto at = static_cast<std::uint32_t>(document_.arena_.size());
        document_.arena_ += text;
        return {at, static_cast<std::uint32_t>(text.size())};
    }

    document::node* add(kind type) {
        if (document_.nodes_.size() >= allowed_.nodes_max) {
            refuse("more than " + std::to_string(allowed_.nodes_max) + " values", {});
            return nullptr;
        }
        document::node& made = document_.nodes_.emplace_back();
        made.type = type;
        made.key = std::exchange(key_, {});
        made.end = static_cast<std::uint32_t>(document_.nodes_.size());
        return &made;
    }

    bool add_integer(kind type, std::int64_t number) {
        document::node* made = add(type);
        if (made != nullptr) { made->integer = number; }
        return made != nullptr;
    }

    bool open(kind type) {
        if (document_.open_.size() >= static_cast<std::size_t>(allowed_.depth_max)) {
            return refuse("nested deeper than " + std::to_string(allowed_.depth_max) + " levels",
                          {});
        }
        document::node* made = add(type);
        if (made == nullptr) { return false; }
        made->end = still_open;
        document_.open_.push_back(static_cast<std::uint32_t>(document_.nodes_.size() - 1));
        return true;
    }

    bool close() {
        document_.nodes_[document_.open_.back()].end =
            static_cast<std::uint32_t>(document_.nodes_.size());
        document_.open_.pop_back();
        return true;
    }

    /// Sorts the names instead of comparing each with each: a client chooses how many there are.
    bool has_no_duplicates(std::uint32_t object) {
        auto& names = document_.keys_;
        names.clear();
        for (std::size_t at = object + 1; at < document_.nodes_.size();
             at = document_.nodes_[at].end) {
            names.push_back(document_.text_of(document_.nodes_[at].key));
        }
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice == names.end()) { return true; }
        const auto at = static_cast<std::uint32_t>(twice->data() - document_.arena_.data());
        const std::string field = path({at, static_cast<std::uint32_t>(twice->size())});
        return refuse("duplicate field '" + field + "'", field);
    }

    /// Where the parse stands, from the outermost value to the member `last`: `pools[1].labels.x`.
    std::string path(document::span last) const {
        std::string made;
        const auto name = [&](document::span key) {
            if (key.size == 0) { return; }
            if (!made.empty()) { made += '.'; }
            made += excerpt(document_.text_of(key));
        };
        for (std::size_t i = 0; i < document_.open_.size(); ++i) {
            const std::uint32_t parent = document_.open_[i];
            if (i > 0) { name(document_.nodes_[parent].key); }
            if (document_.nodes_[parent].type != kind::array) { continue; }
            std::size_t position = 0;
            for (std::size_t at = parent + 1; at < document_.nodes_.size();
                 at = document_.nodes_[at].end) {
                if (document_.nodes_[at].end != still_open) {
                    ++position;
                } else {
                    break;
                }
            }
            made += '[' + std::to_string(position) + ']';
        }
        name(last);
        return made;
    }

    document& document_;
    const rules& allowed_;
    const char* begin_;
    const char* seen_;
    std::size_t size_;
    document::span key_;
    error error_;
};

std::optional<error> document::parse(std::string_view text, const rules& allowed) {
    nodes_.clear();
    arena_.clear();
    open_.clear();
    if (text.size() >= still_open) { return error{"too long", 0, {}}; }
    // The library takes a NUL for the end of the text, and what follows would pass unread.
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos) { return error{"a NUL byte", nul + 1, {}}; }
    if (plain_reader(*this, text, allowed).read()) { return std::nullopt; }
    nodes_.clear();
    arena_.clear();
    std::optional<error> wrong = builder(*this, allowed, text).run();
    if (wrong) { nodes_.clear(); }
    return wrong;
}

std::string_view document::text_of(span where) const noexcept {
    return std::string_view(arena_).substr(where.at, where.size);
}

json::kind value::kind() const noexcept { return owner_->nodes_[index_].type; }

std::string_view value::key() const noexcept { return owner_->text_of(owner_->nodes_[index_].key); }

std::string_view value::text() const noexcept {
    return owner_->text_of(owner_->nodes_[index_].text);
}

std::int64_t value::integer() const noexcept { return owner_->nodes_[index_].integer; }

bool value::boolean() const noexcept { return owner_->nodes_[index_].integer != 0; }

value::iterator value::begin() const noexcept { return iterator({*owner_, index_ + 1}); }

value::iterator value::end() const noexcept {
    return iterator({*owner_, owner_->nodes_[index_].end});
}

value::iterator& value::iterator::operator++() noexcept {
    at_.index_ = at_.owner_->nodes_[at_.index_].end;
    return *this;
}

std::size_t value::size() const noexcept {
    return static_cast<std::size_t>(std::distance(begin(), end()));
}

std::optional<value> value::find(std::string_view name) const noexcept {
    if (!is(kind::object)) { return std::nullopt; }
    for (const value& member : *this) {
        if (member.key() == name) { return member; }
    }
    return std::nullopt;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t bytes_max = 64;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made;
    while (!text.empty()) {
        utf8::code_point next = utf8::first(text);
        const bool shown = next.bytes > 0 && !utf8::is_control_or_separator(next.value);
        const std::size_t bytes = shown ? next.bytes : 1;
        if (made.size() + (shown ? bytes : 4) > bytes_max) { return made + "..."; }
        if (shown) {
            made += text.substr(0, bytes);
        } else {
            const auto byte = static_cast<std::uint8_t>(text[0]);
            made += {'\\', 'x', digits[byte >> 4], digits[byte & 15U]};
        }
        text.remove_prefix(bytes);
    }
    return made;
}

}  // namespace admit::json
