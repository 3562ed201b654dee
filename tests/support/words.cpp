#include "tests/support/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace admit::test {
namespace {

struct unit {
    std::string_view name;
    std::int64_t ns;
};
// From the largest down: a duration is written in the first that divides it.
constexpr std::array<unit, 5> written_units{
    {{"m", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw std::invalid_argument(std::string(what) + ": '" + std::string(text) + "'");
}

/// Splits at blanks outside of double quotes, which are dropped.
std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> parts;
    std::string part;
    bool inside = false;
    bool any = false;
    for (const char c : line) {
        if (c == '"') {
            inside = !inside;
            any = true;
        } else if (c == ' ' && !inside) {
            if (any) parts.push_back(std::exchange(part, {}));
            any = false;
        } else {
            part += c;
            any = true;
        }
    }
    if (any) parts.push_back(part);
    return parts;
}

}  // namespace

core::duration parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) refuse("not a duration", text);
    const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (suffix.empty() && number == 0) return core::duration{0};
    if (suffix == "h") return core::duration(number * 3'600'000'000'000);
    for (const unit& u : written_units) {
        if (suffix == u.name) return core::duration(number * u.ns);
    }
    refuse("not a duration", text);
}

std::string duration_text(core::duration d) {
    if (d.count() == 0) return "0";
    for (const unit& u : written_units) {
        // A minute and less reads better in seconds.
        if (u.name == "m" && std::abs(d.count()) <= u.ns) continue;
        if (d.count() % u.ns == 0) return std::to_string(d.count() / u.ns).append(u.name);
    }
    return {};
}

std::int64_t parse_number(std::string_view text) {
    std::int64_t number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc{} || end != last || number < 0) refuse("not a number", text);
    return number;
}

std::vector<std::uint64_t> parse_numbers(std::string_view text) {
    std::vector<std::uint64_t> numbers;
    while (true) {
        const std::size_t comma = text.find(',');
        numbers.push_back(static_cast<std::uint64_t>(parse_number(text.substr(0, comma))));
        if (comma == std::string_view::npos) return numbers;
        text.remove_prefix(comma + 1);
    }
}

std::string quoted(std::string_view text) {
    if (!text.empty() && text.find(' ') == std::string_view::npos) return std::string(text);
    return '"' + std::string(text) + '"';
}

words::words(std::string_view line) : line_(line) {
    for (std::string& part : split(line)) {
        const std::size_t equals = part.find('=');
        if (verb_.empty()) {
            verb_ = std::move(part);
        } else if (equals == std::string::npos) {
            bare_.push_back(std::move(part));
        } else if (!values_.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
            fail("given twice: " + part);
        }
    }
    if (verb_.empty()) fail("an empty line");
}

std::string words::take() {
    if (bare_.empty()) fail("a word is missing");
    std::string first = std::move(bare_.front());
    bare_.erase(bare_.begin());
    return first;
}

bool words::take_flag(std::string_view flag) {
    const auto found = std::find(bare_.begin(), bare_.end(), flag);
    if (found == bare_.end()) return false;
    bare_.erase(found);
    return true;
}

std::optional<std::string> words::take_value(std::string_view key) {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    std::string value = std::move(found->second);
    values_.erase(found);
    return value;
}

std::optional<std::int64_t> words::take_number(std::string_view key) {
    const auto text = take_value(key);
    if (!text) return std::nullopt;
    return parse_number(*text);
}

std::optional<std::int64_t> words::take_ms(std::string_view key) {
    const auto text = take_value(key);
    if (!text) return std::nullopt;
    return core::to_ms(parse_duration(*text));
}

void words::finish() const {
    if (!bare_.empty()) fail("not understood: " + bare_.front());
    if (!values_.empty()) fail("not understood: " + values_.begin()->first);
}

void words::fail(std::string_view what) const {
    throw std::invalid_argument(std::string(what) + " in: " + line_);
}

}  // namespace admit::test
