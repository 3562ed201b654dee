#include "client/cli/readers.hpp"

#include "client/run/duration.hpp"
#include "proto/limits.hpp"
#include "proto/near_miss.hpp"

#include <charconv>
#include <optional>

namespace admit::client {

using std::chrono::milliseconds;

milliseconds read_duration(const std::string& what, const std::string& text) {
    return read_duration(what, text, milliseconds{0}, milliseconds{limits::duration_ms_max},
                         "at most 24d");
}

milliseconds read_duration(const std::string& what, const std::string& text, milliseconds least,
                           milliseconds most, const char* range) {
    const std::optional<milliseconds> read = parse_duration(text);
    if (!read)
        throw misuse{what + ": '" + text + "' is no duration; write 250ms, 30s, 5m or 1h30m"};
    if (*read < least || *read > most) throw misuse{what + ": '" + text + "' is not " + range};
    return *read;
}

milliseconds read_lifetime(const std::string& what, const std::string& text) {
    return read_duration(what, text, milliseconds{limits::ttl_ms_min},
                         milliseconds{limits::duration_ms_max}, "at least 1s and at most 24d");
}

std::int64_t read_number(const std::string& what, const std::string& text, std::int64_t least,
                         std::int64_t most) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, value);
    if (ec != std::errc{} || stop != end || value < least || value > most)
        throw misuse{what + ": '" + text + "' is no number from " + std::to_string(least) + " to " +
                     std::to_string(most)};
    return value;
}

admit::token read_token(const std::string& what, const std::string& text) {
    const auto most = static_cast<std::int64_t>(limits::token_max);
    return static_cast<admit::token>(read_number(what, text, 1, most));
}

std::string read_pool(const std::string& text) {
    if (!is_pool_name(text)) throw misuse{"'" + text + "' cannot be the name of a pool"};
    return text;
}

std::string read_name(const std::string& what, const std::string& text) {
    if (!is_name(text)) throw misuse{what + ": 1 to 128 bytes without control characters"};
    return text;
}

std::string read_note(const std::string& what, const std::string& text) {
    if (text.size() > limits::note_bytes_max || !is_clean_text(text))
        throw misuse{what + ": at most 256 bytes without control characters"};
    return text;
}

std::pair<std::string, std::string> read_label(const std::string& what, const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw misuse{what + ": '" + text + "' is not of the form key=value"};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string did_you_mean(const std::string& name, const std::vector<std::string_view>& known) {
    const std::string_view near = near_miss(name, known);
    return near.empty() ? std::string{} : "; did you mean '" + std::string{near} + "'?";
}

}  // namespace admit::client
