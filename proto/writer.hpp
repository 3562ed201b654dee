// Writes JSON straight into a string: no tree, no stream, no locale. For this folder's encode*.cpp.
#pragma once

#include "proto/values.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace admit {

/// Appends to a string that it does not own. Commas are its own affair; balance is the caller's.
/// Field names are trusted: they are written as they are.
class json_writer {
public:
    explicit json_writer(std::string& out) noexcept : out_(out), start_(out.size()) {}

    void begin_object() { begin('{'); }
    void begin_object(std::string_view name) { begin(name, '{'); }
    void begin_array(std::string_view name) { begin(name, '['); }
    void end_object() { out_ += '}'; }
    void end_array() { out_ += ']'; }

    void field(std::string_view name, std::string_view text);
    void field(std::string_view name, const char* text) { field(name, std::string_view(text)); }
    void field(std::string_view name, bool is);
    void field(std::string_view name, const admit::labels& pairs);
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) void field(std::string_view name, Number number) {
        key(name);
        if constexpr (std::signed_integral<Number>) {
            append(static_cast<std::int64_t>(number));
        } else {
            append(static_cast<std::uint64_t>(number));
        }
    }
    /// Left out where it is 0.
    template <std::integral Number>
    void field_unless_0(std::string_view name, Number number) {
        if (number != 0) { field(name, number); }
    }

    /// An element of an array.
    void element(std::string_view text);

private:
    void separate();
    void key(std::string_view name);
    void begin(char bracket);
    void begin(std::string_view name, char bracket);
    void append(std::int64_t number);
    void append(std::uint64_t number);

    std::string& out_;
    std::size_t start_;  ///< what stands before is none of ours
};

}  // namespace admit
