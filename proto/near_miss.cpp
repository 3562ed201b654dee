#include "proto/near_miss.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace admit {

namespace {

/// Longer names are not compared: the work is bounded, and no field is near.
constexpr std::size_t bytes_max = 32;

/// How many bytes must be inserted, deleted or replaced to make one of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::size_t, bytes_max + 1> row{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

/// `wait` for `wait_ms`, `worker_id` for `worker`.
bool is_cut_short(std::string_view a, std::string_view b) {
    constexpr std::size_t telling = 3;
    const std::size_t common = std::min(a.size(), b.size());
    return common >= telling && a.substr(0, common) == b.substr(0, common);
}

}  // namespace

std::string_view near_miss(std::string_view name, const std::vector<std::string_view>& known) {
    if (name.empty() || name.size() > bytes_max) { return {}; }
    std::string_view nearest;
    std::size_t nearest_distance = bytes_max;
    for (const std::string_view each : known) {
        if (each.size() > bytes_max) { continue; }
        const std::size_t away = distance(name, each);
        const std::size_t most = std::max<std::size_t>(1, std::max(name.size(), each.size()) / 3);
        if (away > most && !is_cut_short(name, each)) { continue; }
        if (away < nearest_distance) {
            nearest = each;
            nearest_distance = away;
        }
    }
    return nearest;
}

}  // namespace admit
