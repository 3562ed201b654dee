#include "server/http/handles.hpp"

#include "proto/limits.hpp"

#include <sodium.h>

#include <charconv>
#include <stdexcept>

namespace admit::http {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t mac_text_bytes = 22;  // of 16 bytes, without padding

void require_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used");
}

std::array<unsigned char, 8> big_endian(std::uint64_t number) noexcept {
    std::array<unsigned char, 8> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<unsigned char>(number >> (56 - 8 * i));
    return out;
}

/// Appends 16 bytes as base64url.
void append_text(std::string& out, const std::array<unsigned char, mac_bytes>& bytes) {
    std::array<char, mac_text_bytes + 1> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.append(text.data(), mac_text_bytes);
}

}  // namespace

secret_key fresh_key() {
    require_sodium();
    secret_key key{};
    randombytes_buf(key.data(), key.size());
    return key;
}

handles::handles(const secret_key& key, std::string_view name_space)
    : key_(key), name_space_(name_space) {
    require_sodium();
}

handles::mac handles::mac_of(admit::token token) const noexcept {
    const std::array<unsigned char, 8> number = big_endian(token);
    // The number has a fixed size and comes first, so no two pairs read the same.
    crypto_generichash_state state;
    crypto_generichash_init(&state, key_.data(), key_.size(), mac_bytes);
    crypto_generichash_update(&state, number.data(), number.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(name_space_.data()),
                              name_space_.size());
    mac out{};
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

std::string handles::make(admit::token token) const {
    std::string out = std::to_string(token);
    out += '.';
    append_text(out, mac_of(token));
    return out;
}

admit::token handles::check(std::string_view handle) const noexcept {
    const std::size_t dot = handle.find('.');
    if (dot == std::string_view::npos || dot == 0 || handle.front() == '0') return 0;
    admit::token token = 0;
    const auto [end, error] = std::from_chars(handle.data(), handle.data() + dot, token);
    if (error != std::errc() || end != handle.data() + dot || token > admit::limits::token_max)
        return 0;

    // Decoded strictly, so that one lease has one handle: spare bits must be zero.
    const std::string_view text = handle.substr(dot + 1);
    mac given{};
    std::size_t size = 0;
    if (text.size() != mac_text_bytes ||
        sodium_base642bin(given.data(), given.size(), text.data(), text.size(), nullptr, &size,
                          nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size != given.size())
        return 0;
    const mac ours = mac_of(token);
    return sodium_memcmp(given.data(), ours.data(), ours.size()) == 0 ? token : 0;
}

id_maker::id_maker() : key_(fresh_key()) {}

std::string id_maker::make() {
    const std::array<unsigned char, 8> number =
        big_endian(count_.fetch_add(1, std::memory_order_relaxed));
    std::array<unsigned char, mac_bytes> id{};
    crypto_generichash(id.data(), id.size(), number.data(), number.size(), key_.data(),
                       key_.size());
    std::string out;
    append_text(out, id);
    return out;
}

}  // namespace admit::http
