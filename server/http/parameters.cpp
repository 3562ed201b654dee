#include "server/http/parameters.hpp"

#include "proto/limits.hpp"
#include "server/http/framing.hpp"

#include <boost/url/decode_view.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>
#include <charconv>

namespace admit::http {
namespace {

namespace urls = boost::urls;

std::string decoded(urls::pct_string_view text) {
    const urls::decode_view bytes = *text;
    return {bytes.begin(), bytes.end()};
}

/// Decodes percent-encoded text; nothing where an escape is malformed.
std::optional<std::string> decoded(std::string_view text) {
    const auto valid = urls::make_pct_string_view({text.data(), text.size()});
    if (!valid) return std::nullopt;
    return decoded(*valid);
}

/// A token or a ticket: digits alone, from 1 to what a JSON number holds exactly.
std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool good = is_digits(text) && text.front() != '0' && error == std::errc() &&
                      end == text.data() + text.size() && out <= admit::limits::token_max;
    return good ? std::optional(out) : std::nullopt;
}

/// Takes what stands before the first `mark`, or all, and the mark too.
std::string_view take_until(char mark, std::string_view& text) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

bool lists(std::string_view names, std::string_view name) {
    for (std::size_t at = 0; at < names.size();) {
        const std::size_t end = std::min(names.find(' ', at), names.size());
        if (names.substr(at, end - at) == name) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

admit::problem bad_request(std::string detail, std::string_view field) {
    return {errc::bad_request, std::move(detail), std::string(field), {}, 0};
}

const std::string* parameters::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : query)
        if (key == name) return &value;
    return nullptr;
}

bool fits(std::string_view pattern, std::string_view path,
          std::array<std::string_view, 2>& captured) noexcept {
    const std::size_t plain = std::min(pattern.find('{'), pattern.size());
    if (path.substr(0, plain) != pattern.substr(0, plain)) return false;
    pattern.remove_prefix(plain);
    path.remove_prefix(plain);
    std::size_t place = 0;
    while (!pattern.empty() && !path.empty()) {
        if (pattern.front() != '{') {
            if (pattern.front() != path.front()) return false;
            pattern.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end == 0) return false;
        captured[place++] = path.substr(0, end);
        path.remove_prefix(end);
        pattern.remove_prefix(pattern.find('}') + 1);
    }
    return pattern.empty() && path.empty();
}

// Split by hand: what Boost.URL 1.81's parse_query returns reads past the end of its text.
wrong read_query(std::string_view text, std::string_view known, parameters& in) {
    while (!text.empty()) {
        std::string_view each = take_until('&', text);
        std::optional<std::string> name = decoded(take_until('=', each));
        std::optional<std::string> value = decoded(each);
        if (!name || !value) return bad_request("the query is not valid");
        if (!lists(known, *name)) return bad_request("there is no such query parameter", *name);
        if (in.find(*name) != nullptr) return bad_request("came more than once", *name);
        in.query.emplace_back(std::move(*name), std::move(*value));
    }
    return std::nullopt;
}

wrong read_pool(const parameters& in, std::size_t place, std::string& out) {
    const std::optional<std::string> text = decoded(in.captured[place]);
    if (!text || !is_pool_name(*text))
        return bad_request("the path has no valid name of a pool", "pool");
    out = *text;
    return std::nullopt;
}

wrong read_worker(const parameters& in, std::size_t place, std::string& out) {
    const std::optional<std::string> text = decoded(in.captured[place]);
    if (!text || !is_name(*text))
        return bad_request("the path has no valid name of a worker", "worker");
    out = *text;
    return std::nullopt;
}

wrong read_number(const parameters& in, std::size_t place, std::string_view name,
                  std::uint64_t& out) {
    const std::optional<std::uint64_t> number = number_of(in.captured[place]);
    if (!number) return bad_request("must be a number, 1 to 9007199254740991", name);
    out = *number;
    return std::nullopt;
}

wrong read_limit(const parameters& in, std::int64_t& out) {
    const std::string* text = in.find("limit");
    if (text == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> number = number_of(*text);
    if (!number || *number > static_cast<std::uint64_t>(admit::limits::page_max))
        return bad_request("must be a number, 1 to 1000", "limit");
    out = static_cast<std::int64_t>(*number);
    return std::nullopt;
}

wrong read_number(const parameters& in, std::string_view name, std::uint64_t& out) {
    const std::string* text = in.find(name);
    if (text == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> number = number_of(*text);
    if (!number) return bad_request("must be a number, 1 to 9007199254740991", name);
    out = *number;
    return std::nullopt;
}

wrong read_pool(const parameters& in, std::string_view name, std::string& out) {
    const std::string* text = in.find(name);
    if (text == nullptr) return std::nullopt;
    if (!is_pool_name(*text)) return bad_request("must be the name of a pool", name);
    out = *text;
    return std::nullopt;
}

wrong read_flag(const parameters& in, std::string_view name, bool& out) {
    const std::string* text = in.find(name);
    if (text == nullptr) return std::nullopt;
    if (*text != "true" && *text != "false") return bad_request("must be true or false", name);
    out = *text == "true";
    return std::nullopt;
}

}  // namespace admit::http
