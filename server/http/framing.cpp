#include "server/http/framing.hpp"

#include "server/http/limits.hpp"

#include <algorithm>
#include <array>

namespace admit::http {
namespace {

/// Method, spaces and version around the longest target that is accepted.
constexpr std::size_t request_line_bytes_max = limits::target_bytes_max + 32;

using byte_set = std::array<bool, 256>;

constexpr byte_set alnum_and(std::string_view others) {
    byte_set out{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789"))
        out[static_cast<unsigned char>(c)] = true;
    for (const char c : others)
        out[static_cast<unsigned char>(c)] = true;
    return out;
}

/// What a method, and so a request, may begin with.
constexpr byte_set in_token = alnum_and("!#$%&'*+-.^_`|~");
constexpr byte_set in_host = alnum_and("-._~%!$&'()*+,;=");
constexpr byte_set in_target = alnum_and("-._~%!$&'()*+,;=:@/?");

bool all_in(const byte_set& allowed, std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

bool is_port(std::string_view text) {
    return text.size() <= 5 && (text.empty() || is_digits(text));
}

admit::problem bad(const char* detail) { return {errc::bad_request, detail, {}, {}, 0}; }

}  // namespace

header_scan::found header_scan::look(std::string_view bytes, admit::problem& why) {
    const auto refuse = [&](admit::problem what) {
        why = std::move(what);
        return found::refused;
    };
    if (looked_ == 0 && !bytes.empty() && !in_token[static_cast<unsigned char>(bytes.front())])
        return refuse(bad("this is not an HTTP/1.1 request"));

    for (;;) {
        const std::size_t end = bytes.find('\n', looked_);
        const std::size_t known = end == std::string_view::npos ? bytes.size() : end + 1;
        if (lines_ == 0 && known > request_line_bytes_max)
            return refuse({errc::uri_too_long, "the request line is longer than 2 KiB", {}, {}, 0});
        if (known > limits::header_bytes_max)
            return refuse(
                {errc::header_fields_too_large, "the header is larger than 8 KiB", {}, {}, 0});
        if (end == std::string_view::npos) {
            looked_ = bytes.size();
            return found::nothing_yet;
        }
        if (end == line_start_ || bytes[end - 1] != '\r')
            return refuse(bad("a header line does not end with CR LF"));

        const std::string_view line = bytes.substr(line_start_, end - 1 - line_start_);
        line_start_ = looked_ = end + 1;
        if (line.empty()) return found::end;
        if (lines_ > 0 && (line.front() == ' ' || line.front() == '\t'))
            return refuse(bad("a header field is folded over several lines"));
        if (lines_++ > limits::header_fields_max)
            return refuse({errc::header_fields_too_large, "more than 64 header fields", {}, {}, 0});
    }
}

bool is_host(std::string_view text) noexcept {
    if (text.empty()) return false;
    if (text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || end < 3) return false;
        for (char c : text.substr(1, end - 1)) {
            const bool hex =
                (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
            if (!hex && c != ':' && c != '.') return false;
        }
        text.remove_prefix(end + 1);
        return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
    }
    const std::size_t colon = text.find(':');
    if (colon == 0) return false;
    if (!all_in(in_host, text.substr(0, colon))) return false;
    return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

bool is_target_text(std::string_view text) noexcept { return all_in(in_target, text); }

bool is_digits(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace admit::http
