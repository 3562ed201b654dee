#include "client/run/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace admit::client {
namespace {

struct unit {
    std::string_view name;
    std::int64_t ms;
};

constexpr std::array<unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t longest_ms = 3'650 * units[0].ms;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") return std::chrono::milliseconds{0};
    if (text.empty()) return std::nullopt;
    std::int64_t total_ms = 0;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        std::int64_t count = 0;
        const char* const end = text.data() + text.size();
        const std::from_chars_result read = std::from_chars(text.data(), end, count);
        if (read.ec != std::errc{} || count < 0 || text.front() == '-') return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
        text.remove_prefix(name.size());

        while (next_unit < units.size() && units[next_unit].name != name)
            ++next_unit;
        if (next_unit == units.size() || count > longest_ms / units[next_unit].ms)
            return std::nullopt;
        total_ms += count * units[next_unit].ms;
        ++next_unit;
    }
    if (total_ms > longest_ms) return std::nullopt;
    return std::chrono::milliseconds{total_ms};
}

std::string spell_duration(std::chrono::milliseconds duration) {
    const std::int64_t ms = duration.count();
    if (ms < 1'000) return std::to_string(ms) + "ms";
    if (ms < 10'000) {
        const std::int64_t tenths = ms % 1'000 / 100;
        const std::string whole = std::to_string(ms / 1'000);
        return tenths == 0 ? whole + "s" : whole + "." + std::to_string(tenths) + "s";
    }
    for (std::size_t i = 0; i + 1 < units.size(); ++i) {
        if (ms < units[i].ms) continue;
        std::string out = std::to_string(ms / units[i].ms).append(units[i].name);
        const std::int64_t rest = ms % units[i].ms / units[i + 1].ms;
        if (rest > 0 && units[i + 1].ms >= 1'000)
            out.append(std::to_string(rest)).append(units[i + 1].name);
        return out;
    }
    return {};
}

}  // namespace admit::client
