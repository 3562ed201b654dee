#include "server/http/plain_header.hpp"

#include "server/http/framing.hpp"

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
    const std::size_t begin = at_;
    while (at_ < header_.size() && in_name[static_cast<unsigned char>(header_[at_])])
        ++at_;
    const std::string_view name = header_.substr(begin, at_ - begin);
    if (name.empty() || !take(":")) return false;
    while (take(" ")) {}
    const std::size_t value = at_;
    std::size_t end = at_;  // of the value: behind its last visible byte
    while (at_ < header_.size() && (is_visible(header_[at_]) || header_[at_] == ' '))
        if (header_[at_++] != ' ') end = at_;
    return take("\r\n") && note(name, value, end);
}

bool plain_header::note(std::string_view name, std::size_t begin, std::size_t end) {
    const auto is = [name](std::string_view other) {
        return name.size() == other.size() && equals_ignoring_case(name, other);
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
