#include "server/http/plain_header.hpp"

#include "proto/swar.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace admit::http {
namespace {

/// Bytes that a name may consist of, as far as it is plain: letters, digits and `-`.
constexpr std::array<bool, 256> in_name = [] {
    std::array<bool, 256> out{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-"))
        out[static_cast<unsigned char>(c)] = true;
    return out;
}();

/// Two texts of one size, without regard to case. Of bytes that may be in a name, only a letter
/// differs from another by the bit that tells its case.
bool is_same(std::string_view name, std::string_view other) noexcept {
    constexpr swar::word lower = swar::every(0x20);
    for (; name.size() >= sizeof lower; name.remove_prefix(sizeof lower)) {
        if (((swar::load(name.data()) ^ swar::load(other.data())) & ~lower) != 0) return false;
        other.remove_prefix(sizeof lower);
    }
    const std::size_t left = name.size();
    return ((swar::load(name.data(), left) ^ swar::load(other.data(), left)) & ~lower) == 0;
}

bool is_visible(char c) noexcept { return c > ' ' && c < '\x7F'; }

/// Fields about the connection, or about where the message ends. Beast knows what they mean.
constexpr std::array<std::string_view, 8> not_plain = {
    "Connection", "Proxy-Connection", "Keep-Alive", "Transfer-Encoding",
    "TE",         "Trailer",          "Upgrade",    "Expect"};

constexpr std::array known = {field::host,          field::origin,           field::sec_fetch_site,
                              field::if_match,      field::content_encoding, field::idempotency_key,
                              field::if_none_match, field::content_length};

}  // namespace

bool plain_header::read() {
    if (!read_request_line()) return false;
    while (!take("\r\n"))
        if (!read_field()) return false;
    out_.keeps_alive_ = true;
    return at_ == header_.size();
}

bool plain_header::read_request_line() {
    const std::size_t end = header_.find(' ');
    if (end == std::string_view::npos) return false;
    out_.method_ = method_of(header_.substr(0, end));
    if (out_.method_ == method::other) return false;
    std::size_t after = end + 1;
    while (after < header_.size() && is_visible(header_[after]))
        ++after;
    if (after == end + 1) return false;
    out_.target_ = {static_cast<std::uint32_t>(end + 1),
                    static_cast<std::uint32_t>(after - end - 1), true};
    at_ = after;
    out_.http11_ = true;
    return take(" HTTP/1.1\r\n");
}

bool plain_header::read_field() {
    std::size_t at = at_;  // in a register: this loop sees every byte of the header
    while (at < header_.size() && in_name[static_cast<unsigned char>(header_[at])])
        ++at;
    const std::string_view name = header_.substr(at_, at - at_);
    if (name.empty() || at == header_.size() || header_[at] != ':') return false;
    ++at;
    while (at < header_.size() && header_[at] == ' ')
        ++at;
    const std::size_t value = at;
    at += swar::printable_prefix(header_.substr(at));
    at_ = at;
    std::size_t end = at;  // of the value: behind its last visible byte
    while (end > value && header_[end - 1] == ' ')
        --end;
    return take("\r\n") && note(name, value, end);
}

bool plain_header::note(std::string_view name, std::size_t begin, std::size_t end) {
    const auto is = [name](std::string_view other) {
        return name.size() == other.size() && is_same(name, other);
    };
    for (const field which : known) {
        if (!is(http::name(which))) continue;
        message::slice& part = out_.fields_[static_cast<std::size_t>(which)];
        // What it means that it comes twice, or with nothing in it, is not for here.
        if (part.given || begin == end) return false;
        part = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin), true};
        return true;
    }
    return std::none_of(not_plain.begin(), not_plain.end(), is);
}

bool plain_header::take(std::string_view expected) noexcept {
    if (header_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
}

}  // namespace admit::http
