// The small change of the test language: words, `key=value` pairs and durations on one line.
#pragma once

#include "server/core/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::test {

/// "250us", "1500ms", "30s", "2m", "1h" or "0". Throws `std::invalid_argument` for anything else.
core::duration parse_duration(std::string_view text);
/// The same way round: the largest unit that divides it, up to minutes ("90s", "2m", "60m").
std::string duration_text(core::duration);
inline std::string ms_text(std::int64_t ms) { return duration_text(core::from_ms(ms)); }

/// A whole number, not negative. Throws `std::invalid_argument`.
std::int64_t parse_number(std::string_view text);
/// "17,18"
std::vector<std::uint64_t> parse_numbers(std::string_view text);
/// `text`, in double quotes where it has blanks or is empty.
std::string quoted(std::string_view text);

/// One line, taken apart. Every `take` removes what it returns, so that `finish` can tell what
/// nobody wanted. Everything throws `std::invalid_argument` with the line in its text.
class words {
public:
    explicit words(std::string_view line);

    const std::string& verb() const noexcept { return verb_; }
    /// The next word without `=`.
    std::string take();
    /// Whether that bare word is there, such as `force`.
    bool take_flag(std::string_view flag);
    std::optional<std::string> take_value(std::string_view key);
    std::optional<std::int64_t> take_number(std::string_view key);
    /// A duration in milliseconds, as the wire has it.
    std::optional<std::int64_t> take_ms(std::string_view key);
    /// Fails when something is left over.
    void finish() const;
    [[noreturn]] void fail(std::string_view what) const;

private:
    std::string line_;
    std::string verb_;
    std::vector<std::string> bare_;
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace admit::test
