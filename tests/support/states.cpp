#include "tests/support/states.hpp"

#include <set>

namespace admit::test {
namespace {

std::multiset<std::string> lines_of(std::string_view text) {
    std::multiset<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.emplace(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

bool is_remembered(std::string_view line) {
    return line.substr(0, 6) == "ended " || line.substr(0, 10) == "cancelled ";
}

}  // namespace

std::string state_difference(std::string_view live, std::string_view replayed) {
    std::string difference;
    auto again = lines_of(replayed);
    for (const std::string& line : lines_of(live)) {
        if (const auto found = again.find(line); found != again.end()) {
            again.erase(found);
        } else {
            difference += "only live:     " + line + '\n';
        }
    }
    for (const std::string& line : again) {
        if (!is_remembered(line)) difference += "only replayed: " + line + '\n';
    }
    return difference;
}

}  // namespace admit::test
