#include "bench/load/reply.hpp"

#include <charconv>

namespace admit::bench {
namespace {

constexpr std::string_view version = "HTTP/1.1 ";
constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::string_view length_field = "\r\nContent-Length: ";
/// Longer ones are not of a server that this generator drives.
constexpr std::size_t header_bytes_max = 4'096;

/// The number that `text` begins with.
template <class Number>
std::optional<Number> number_at(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data()) return {};
    return value;
}

/// What follows `key` in `text`; empty where it does not come.
std::string_view after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + key.size());
}

/// Reads `"token":…` and, behind it, `"active":…` and `"limit":…`.
bool read_figures(std::string_view body, std::uint64_t& token, pool_figures& pool) {
    const std::string_view from_token = after(body, R"("token":)");
    const std::string_view from_active = after(from_token, R"("active":)");
    const auto number = number_at<std::uint64_t>(from_token);
    const auto active = number_at<std::int64_t>(from_active);
    const auto limit = number_at<std::int64_t>(after(from_active, R"("limit":)"));
    if (!number || !active || !limit) return false;
    token = *number;
    pool = {*active, *limit};
    return true;
}

}  // namespace

std::optional<reply> read_reply(std::string_view bytes) {
    const std::string_view begin = bytes.substr(0, version.size());
    if (begin != version.substr(0, begin.size())) return {};
    const std::size_t end = bytes.find(header_end);
    if (end == std::string_view::npos) {
        if (bytes.size() > header_bytes_max) return {};
        return reply{};
    }
    const std::string_view header = bytes.substr(0, end);
    const auto length = number_at<std::size_t>(after(header, length_field));
    if (!length) return {};
    const std::size_t body = end + header_end.size();
    if (bytes.size() - body < *length) return reply{};
    return reply{header.substr(version.size(), header.find('\r') - version.size()),
                 bytes.substr(body, *length), body + *length};
}

std::optional<acquired> read_acquired(std::string_view body) {
    if (!body.starts_with(R"({"status":"acquired",)")) return {};
    const std::string_view from_handle = after(body, R"("handle":")");
    const std::size_t quote = from_handle.find('"');
    if (quote == std::string_view::npos) return {};
    acquired out;
    out.handle = from_handle.substr(0, quote);
    if (!read_figures(from_handle, out.token, out.pool)) return {};
    return out;
}

std::optional<released> read_released(std::string_view body) {
    released out;
    if (!body.starts_with(R"({"status":"released",)")) return {};
    if (!read_figures(body, out.token, out.pool)) return {};
    return out;
}

std::uint64_t token_of(std::string_view handle) {
    const std::string_view digits = handle.substr(0, handle.find('.'));
    return number_at<std::uint64_t>(digits).value_or(0);
}

}  // namespace admit::bench
