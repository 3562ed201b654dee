#include "proto/near_miss.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace admit {

namespace {

/// Longer names are not compared: the work is bounded, and no field is near.
constexpr std::size_t bytes_max = 32;

/// How many bytes must be inserted, deleted or replaced, or exchanged with their neighbour, to make
/// one of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    using row = std::array<std::size_t, bytes_max + 1>;
    row before{};
    row above{};
    row here{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        here[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before = above;
        above = here;
        here[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            here[j] = std::min({replaced, above[j] + 1, here[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                here[j] = std::min(here[j], before[j - 2] + 1);
            }
        }
    }
    return here[b.size()];
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
