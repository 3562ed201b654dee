// Writes JSON straight into a string: no tree, no stream, no locale. For this folder's encode*.cpp.
#pragma once

#include "proto/values.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace admit {

/// Appends to a string that it does not own. Commas are its own affair; balance is the caller's.
/// Field names are trusted: they are written as they are, and are at most `name_bytes_max` long.
class json_writer {
public:
    static constexpr std::size_t name_bytes_max = 40;

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
        if constexpr (std::signed_integral<Number>) {
            append(name, static_cast<std::int64_t>(number));
        } else {
            append(name, static_cast<std::uint64_t>(number));
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
    /// Put together here and appended as one: a string checks its room at each append.
    struct piece {
        std::array<char, name_bytes_max + 32> bytes;
        std::size_t size = 0;

        void add(char c) noexcept { bytes[size++] = c; }
        void add(std::string_view text) noexcept;
        operator std::string_view() const noexcept { return {bytes.data(), size}; }
    };

    bool needs_comma() const noexcept;
    void separate();
    /// What stands before the value of a field.
    piece key(std::string_view name) const noexcept;
    void begin(char bracket);
    void begin(std::string_view name, char bracket);
    void append(std::string_view name, std::int64_t number);
    void append(std::string_view name, std::uint64_t number);

    std::string& out_;
    std::size_t start_;  ///< what stands before is none of ours
};

}  // namespace admit
