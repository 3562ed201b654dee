// Text eight bytes at a time, for the loops that see every byte of a request: which bytes of a word
// are of a kind, by arithmetic on all of them at once (Mycroft's trick; Warren, Hacker's Delight,
// 6-1).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace admit::swar {

using word = std::uint64_t;

constexpr word every(unsigned char c) noexcept { return word{0x0101010101010101} * c; }
inline constexpr word high_bits = every(0x80);

// Each sets the highest bit of a byte that is so. A byte above one that is so may be marked
// wrongly; the lowest mark, which is all that anybody looks at, is right.
constexpr word below(word w, unsigned char bound) noexcept {
    return (w - every(bound)) & ~w & high_bits;
}
constexpr word equal(word w, unsigned char c) noexcept { return below(w ^ every(c), 1); }
constexpr word not_ascii(word w) noexcept { return w & high_bits; }

/// Eight bytes, the first one lowest.
inline word load(const char* from) noexcept {
    word out = 0;
    std::memcpy(&out, from, sizeof out);
    if constexpr (std::endian::native == std::endian::big) out = __builtin_bswap64(out);
    return out;
}
/// Fewer than eight. What is read twice falls on the same place.
inline word load(const char* from, std::size_t bytes) noexcept {
    const auto byte = [from](std::size_t at) {
        return word{static_cast<unsigned char>(from[at])} << (8 * at);
    };
    if (bytes == 0) return 0;
    if (bytes < 4) return byte(0) | byte(bytes / 2) | byte(bytes - 1);
    const auto half = [from](std::size_t at) {
        std::uint32_t out = 0;
        std::memcpy(&out, from + at, sizeof out);
        if constexpr (std::endian::native == std::endian::big) out = __builtin_bswap32(out);
        return word{out} << (8 * at);
    };
    return half(0) | half(bytes - 4);
}

/// How many bytes `text` begins with before the first that `marked` marks in a word. Zero bytes
/// have to be among those that it marks: they stand behind the end.
template <class Marked>
std::size_t prefix(std::string_view text, const Marked& marked) noexcept {
    std::size_t at = 0;
    for (; text.size() - at >= sizeof(word); at += sizeof(word))
        if (const word found = marked(load(text.data() + at)))
            return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    const word found = marked(load(text.data() + at, text.size() - at));
    return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
}

/// How many bytes `text` begins with that are visible ASCII or a space.
inline std::size_t printable_prefix(std::string_view text) noexcept {
    return prefix(text, [](word w) {
        return below(w, 0x20) | equal(w, 0x7F) | not_ascii(w);
    });
}

/// How many bytes `text` begins with that are so and mean themselves in a JSON string.
inline std::size_t json_prefix(std::string_view text) noexcept {
    return prefix(text, [](word w) {
        return below(w, 0x20) | equal(w, '"') | equal(w, '\\') | equal(w, 0x7F) | not_ascii(w);
    });
}

}  // namespace admit::swar
