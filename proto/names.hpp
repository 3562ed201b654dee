// Looking a word of the contract up in a table that is indexed by its enum. For this folder's .cpp.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace admit::names {

template <class Enum, std::size_t Size>
std::optional<Enum> find(const std::array<std::string_view, Size>& table,
                         std::string_view word) noexcept {
    for (std::size_t i = 0; i < Size; ++i) {
        if (table[i] == word) { return static_cast<Enum>(i); }
    }
    return std::nullopt;
}

template <class Enum, std::size_t Size>
std::string_view at(const std::array<std::string_view, Size>& table, Enum value) noexcept {
    return table[static_cast<std::size_t>(value)];
}

}  // namespace admit::names
