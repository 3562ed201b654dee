#include "proto/utf8.hpp"

#include <cstdint>

namespace admit::utf8 {

namespace {

/// What the first byte of a sequence tells: its length and the bounds of its second byte, which are
/// all that keeps overlong forms, surrogates and too large values out (Unicode, table 3-7).
struct sequence {
    std::uint8_t bytes;
    std::uint8_t second_min;
    std::uint8_t second_max;
    std::uint8_t first_bits;
};

constexpr sequence sequence_of(std::uint8_t lead) noexcept {
    if (lead >= 0xC2 && lead <= 0xDF) { return {2, 0x80, 0xBF, 0x1F}; }
    if (lead == 0xE0) { return {3, 0xA0, 0xBF, 0x0F}; }
    if (lead == 0xED) { return {3, 0x80, 0x9F, 0x0F}; }
    if (lead >= 0xE1 && lead <= 0xEF) { return {3, 0x80, 0xBF, 0x0F}; }
    if (lead == 0xF0) { return {4, 0x90, 0xBF, 0x07}; }
    if (lead >= 0xF1 && lead <= 0xF3) { return {4, 0x80, 0xBF, 0x07}; }
    if (lead == 0xF4) { return {4, 0x80, 0x8F, 0x07}; }
    return {0, 0, 0, 0};
}

}  // namespace

code_point first(std::string_view text) noexcept {
    if (text.empty()) { return {}; }
    const auto lead = static_cast<std::uint8_t>(text[0]);
    if (lead < 0x80) { return {lead, 1}; }
    const sequence rule = sequence_of(lead);
    if (rule.bytes == 0 || text.size() < rule.bytes) { return {}; }
    char32_t value = lead & rule.first_bits;
    for (std::size_t i = 1; i < rule.bytes; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        const std::uint8_t min = i == 1 ? rule.second_min : 0x80;
        const std::uint8_t max = i == 1 ? rule.second_max : 0xBF;
        if (byte < min || byte > max) { return {}; }
        value = (value << 6) | (byte & 0x3FU);
    }
    return {value, rule.bytes};
}

bool is_control_or_separator(char32_t character) noexcept {
    return character < 0x20 || (character >= 0x7F && character <= 0x9F) || character == 0x2028 ||
           character == 0x2029;
}

}  // namespace admit::utf8
