// A small strict JSON reader: one text becomes a flat document whose memory the next text reuses.
// Stricter than the grammar where two readers could disagree: no duplicate names, integers only as
// int64, well-formed UTF-8 only, no NUL, nothing after the value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::json {

enum class kind : std::uint8_t {
    null,
    boolean,
    integer,
    number,  ///< fraction, exponent or too large: no int64, so its value is not kept
    string,
    array,
    object,
};

/// What a text may be.
struct rules {
    int depth_max = 8;              ///< arrays and objects in each other
    std::size_t nodes_max = 4'096;  ///< values of all kinds, the outermost included
    bool comments = false;          ///< `//` to the end of the line and `/* */`
};

/// Why a text was refused.
struct error {
    std::string text;        ///< for people; quotes the input only as `excerpt` does
    std::size_t offset = 0;  ///< how many bytes were read when it was noticed
    std::string field;       ///< the member at fault, as in `labels.team`, where it is one
};

class document;

/// A value in a document: a reference, valid until the document parses again or ends. `text` and
/// `key` point into the document too.
class value {
public:
    json::kind kind() const noexcept;
    bool is(json::kind wanted) const noexcept { return kind() == wanted; }

    /// Its name where it is a member of an object, else empty.
    std::string_view key() const noexcept;
    /// The value; only of a `string`, an `integer`, a `boolean`.
    std::string_view text() const noexcept;
    std::int64_t integer() const noexcept;
    bool boolean() const noexcept;

    /// The members or elements in the order of the text; none where it is no array or object.
    class iterator;
    iterator begin() const noexcept;
    iterator end() const noexcept;
    std::size_t size() const noexcept;  ///< counts them
    /// The member of that name; nothing where there is none or this is no object.
    std::optional<value> find(std::string_view name) const noexcept;

private:
    friend class document;
    value(const document& owner, std::uint32_t index) noexcept : owner_(&owner), index_(index) {}

    const document* owner_;
    std::uint32_t index_;
};

/// Not thread-safe. Keeps the memory of the largest text that it has read.
class document {
public:
    /// Reads `text`, which need not outlive the call. On an error the document is empty.
    std::optional<error> parse(std::string_view text, const rules& allowed = {});

    /// The outermost value. Only after a successful `parse`.
    value root() const noexcept { return {*this, 0}; }

private:
    friend class value;
    friend class builder;
    friend class plain_reader;

    struct span {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };

    /// In the order of the text, so that a value's descendants follow it directly.
    struct node {
        std::int64_t integer = 0;  ///< the boolean too
        span key;
        span text;
        std::uint32_t end = 0;  ///< the index after the last descendant
        json::kind type = json::kind::null;
    };

    std::string_view text_of(span where) const noexcept;

    std::vector<node> nodes_;
    std::string arena_;
    std::vector<std::uint32_t> open_;     ///< indexes of the arrays and objects not closed yet
    std::vector<std::string_view> keys_;  ///< of one object, sorted, to find duplicates
};

class value::iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = json::value;
    using difference_type = std::ptrdiff_t;
    using pointer = const json::value*;
    using reference = const json::value&;

    explicit iterator(json::value at) noexcept : at_(at) {}
    reference operator*() const noexcept { return at_; }
    pointer operator->() const noexcept { return &at_; }
    iterator& operator++() noexcept;
    bool operator==(const iterator& other) const noexcept { return at_.index_ == other.at_.index_; }

private:
    json::value at_;
};

/// At most 64 bytes of `text` for a message: what is no printable character stands there as `\xNN`,
/// and three dots where it was cut.
std::string excerpt(std::string_view text);

}  // namespace admit::json
