#include "server/http/handles.hpp"

#include "proto/limits.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

namespace admit::http {
namespace {

constexpr std::size_t mac_text_bytes = 22;  // of 16 bytes, without padding
constexpr std::size_t id_bytes = 15;        // 90 bits: as much as a string holds without memory
using mac_text = std::array<char, mac_text_bytes>;

void require_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used");
}

/// In one cache line, so that which letters are looked up leaves no trace there.
alignas(64) constexpr std::array<char, 64> letters = [] {
    std::array<char, 64> out{};
    constexpr std::string_view all =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::copy(all.begin(), all.end(), out.begin());
    return out;
}();

/// 16 bytes as base64url (RFC 4648, 5), the spare bits zero.
mac_text text_of(const std::array<unsigned char, 16>& bytes) noexcept {
    mac_text out;
    std::size_t filled = 0;
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const std::uint32_t bits = static_cast<std::uint32_t>(bytes[at]) << 16 |
                                   static_cast<std::uint32_t>(bytes[at + 1]) << 8 | bytes[at + 2];
        for (const int shift : {18, 12, 6, 0})
            out[filled++] = letters[bits >> shift & 63u];
    }
    out[filled++] = letters[bytes[at] >> 2];
    out[filled] = letters[(bytes[at] & 3u) << 4];
    return out;
}

mac_text mac_of(std::uint64_t number, const sip_key& key) noexcept {
    std::array<unsigned char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<unsigned char>(number >> (56 - 8 * i));
    std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> mac{};
    static_assert(mac.size() == 16 &&
                  std::tuple_size_v<sip_key> == crypto_shorthash_siphashx24_KEYBYTES);
    crypto_shorthash_siphashx24(mac.data(), bytes.data(), bytes.size(), key.data());
    return text_of(mac);
}

sip_key derive(const secret_key& key, std::string_view what_for) noexcept {
    sip_key out{};
    crypto_generichash(out.data(), out.size(),
                       reinterpret_cast<const unsigned char*>(what_for.data()), what_for.size(),
                       key.data(), key.size());
    return out;
}

}  // namespace

secret_key fresh_key() {
    require_sodium();
    secret_key key{};
    randombytes_buf(key.data(), key.size());
    return key;
}

handles::handles(const secret_key& key, std::string_view name_space) {
    require_sodium();
    key_ = derive(key, name_space);
}

handle_text handles::make(admit::token token) const noexcept {
    handle_text out;
    char* const dot = std::to_chars(out.bytes.data(), out.bytes.data() + 20, token).ptr;
    *dot = '.';
    const mac_text mac = mac_of(token, key_);
    const char* const end = std::copy(mac.begin(), mac.end(), dot + 1);
    out.size = static_cast<std::size_t>(end - out.bytes.data());
    return out;
}

admit::token handles::check(std::string_view handle) const noexcept {
    const std::size_t dot = handle.find('.');
    if (dot == std::string_view::npos || dot == 0 || handle.front() == '0') return 0;
    admit::token token = 0;
    const auto [end, error] = std::from_chars(handle.data(), handle.data() + dot, token);
    if (error != std::errc() || end != handle.data() + dot || token > admit::limits::token_max)
        return 0;

    // Texts are compared, not what they decode to: so one lease has one handle.
    const std::string_view given = handle.substr(dot + 1);
    const mac_text ours = mac_of(token, key_);
    if (given.size() != ours.size()) return 0;
    return sodium_memcmp(given.data(), ours.data(), ours.size()) == 0 ? token : 0;
}

id_maker::id_maker() : key_(derive(fresh_key(), "request ids")) {}

std::string id_maker::make() {
    const mac_text id = mac_of(count_.fetch_add(1, std::memory_order_relaxed), key_);
    return {id.data(), id_bytes};
}

}  // namespace admit::http
