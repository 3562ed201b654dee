// Reading JSON objects into structs by tables: a row names a field and how its value gets into its
// member. For this folder's decode*.cpp.
#pragma once

#include "proto/answers.hpp"
#include "proto/json.hpp"
#include "proto/limits.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace admit::fields {

/// What is wrong with a message, and where in it the reading stands.
struct faults {
    problem wrong{.code = errc::bad_request};
    std::string prefix;  ///< of the object being read: empty, or such as `pools[1].`

    /// Notes the problem of the field `name` of that object, whose detail is "'<path>' <what>".
    /// Always false, so that readers can return it. `name` is shown as it is: what a client made up
    /// goes through `json::excerpt` first.
    bool refuse(std::string_view name, std::string_view what);
    /// The same with a detail that says it all.
    bool refuse_saying(std::string_view name, std::string detail);
};

/// How one field is read: `read` puts the value into its place in `T`, or notes in `faults` what is
/// wrong with it and returns false.
template <class T>
struct field {
    std::string_view name;
    bool (*read)(const json::value&, T&, faults&);
    bool required = false;
};

// --- Values --------------------------------------------------------------------------------------

bool read_integer(const json::value&, std::int64_t min, std::int64_t max, std::int64_t& out,
                  faults&);
bool read_boolean(const json::value&, bool& out, faults&);
/// Any string.
bool read_string(const json::value&, std::string& out, faults&);
bool read_name(const json::value&, std::string& out, faults&);
bool read_pool_name(const json::value&, std::string& out, faults&);
bool read_note(const json::value&, std::string& out, faults&);
bool read_labels(const json::value&, labels& out, faults&);
/// As an answer has them: any pairs of strings.
bool read_any_labels(const json::value&, labels& out, faults&);

// --- Readers for tables: of the member that the pointer names, plain or optional -----------------

template <class T>
struct plain {
    using type = T;
};
template <class T>
struct plain<std::optional<T>> {
    using type = T;
};

template <auto Member, std::int64_t Min, std::int64_t Max, class T>
bool integer(const json::value& from, T& into, faults& wrong) {
    using target = typename plain<std::remove_cvref_t<decltype(into.*Member)>>::type;
    std::int64_t number = 0;
    if (!read_integer(from, Min, Max, number, wrong)) { return false; }
    into.*Member = static_cast<target>(number);
    return true;
}

/// A number of an answer: not negative.
template <auto Member, class T>
bool count(const json::value& from, T& into, faults& wrong) {
    return integer<Member, 0, std::numeric_limits<std::int64_t>::max()>(from, into, wrong);
}

/// A member that one of the `read_…` functions above reads.
template <auto Member, auto Read, class T>
bool with(const json::value& from, T& into, faults& wrong) {
    using target = typename plain<std::remove_cvref_t<decltype(into.*Member)>>::type;
    target made{};
    if (!Read(from, made, wrong)) { return false; }
    into.*Member = std::move(made);
    return true;
}

/// One of an enum's words; `Of` looks it up, `words` lists them for people.
template <auto Member, auto Of, const char* Words, class T>
bool word(const json::value& from, T& into, faults& wrong) {
    const auto found = from.is(json::kind::string) ? Of(from.text()) : std::nullopt;
    if (!found) { return wrong.refuse(from.key(), std::string("must be ") + Words); }
    into.*Member = *found;
    return true;
}

// --- Objects -------------------------------------------------------------------------------------

/// What to do with a name that is not in the table.
enum class unknown_fields : std::uint8_t { refused, ignored };

/// Notes a field that no table has: one of `later` versions, or a likely misspelling of one of
/// `known`. Always false.
bool refuse_unknown(std::string_view name, const std::vector<std::string_view>& known,
                    std::span<const std::string_view> later, faults&);

template <class T>
bool refuse_unknown(std::string_view name, std::span<const field<T>> table,
                    std::span<const std::string_view> later, faults& wrong) {
    std::vector<std::string_view> known;
    for (const field<T>& row : table) {
        known.push_back(row.name);
    }
    return refuse_unknown(name, known, later, wrong);
}

/// Reads the members of `object`, whatever their order. `later`: names that a later version of the
/// contract knows. Of tables with up to 64 rows.
template <class T>
bool read_object(const json::value& object, std::type_identity_t<std::span<const field<T>>> table,
                 unknown_fields unknown, std::span<const std::string_view> later, T& into,
                 faults& wrong) {
    std::uint64_t seen = 0;
    for (const json::value& member : object) {
        std::size_t row = 0;
        while (row < table.size() && table[row].name != member.key()) {
            ++row;
        }
        if (row == table.size()) {
            if (unknown == unknown_fields::ignored) { continue; }
            return refuse_unknown<T>(member.key(), table, later, wrong);
        }
        if (!table[row].read(member, into, wrong)) { return false; }
        seen |= std::uint64_t{1} << row;
    }
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (table[row].required && ((seen >> row) & 1U) == 0) {
            return wrong.refuse(table[row].name, "is required");
        }
    }
    return true;
}

// --- Messages ------------------------------------------------------------------------------------

/// Parses `text`, whose outermost value must be an object, into this thread's document, which the
/// next call reuses. Nothing, and `wrong` noted, where it is none.
std::optional<json::value> parse_object(std::string_view text, const json::rules&, faults& wrong);

/// A request's body, which may be empty and has no unknown fields.
template <class T>
std::optional<problem> read_request(std::string_view body,
                                    std::type_identity_t<std::span<const field<T>>> table,
                                    std::span<const std::string_view> later, T& into) {
    faults wrong;
    const auto root = parse_object(
        body.empty() ? "{}" : body,
        {.depth_max = limits::json_depth_max, .nodes_max = limits::json_nodes_max}, wrong);
    if (!root || !read_object<T>(*root, table, unknown_fields::refused, later, into, wrong)) {
        return std::move(wrong.wrong);
    }
    return std::nullopt;
}

}  // namespace admit::fields
