#include "client/cli/colour.hpp"

#include "client/run/printable.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace admit::client {
namespace {

constexpr std::array<std::string_view, 6> codes{"",         "\x1b[1m",  "\x1b[2m",
                                                "\x1b[31m", "\x1b[32m", "\x1b[33m"};
constexpr std::string_view reset = "\x1b[0m";

bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The first `columns` characters.
std::string_view cut(std::string_view text, std::size_t columns) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        if (!continues_character(text[at]) && columns-- == 0) return text.substr(0, at);
        ++at;
    }
    return text;
}

}  // namespace

bool colours_wanted(bool on_terminal, const char* no_color, const char* term) noexcept {
    const bool refused = no_color != nullptr && *no_color != '\0';
    const bool able = term != nullptr && *term != '\0' && std::string_view{term} != "dumb";
    return on_terminal && able && !refused;
}

bool colours_wanted() noexcept {
    return colours_wanted(::isatty(STDOUT_FILENO) == 1, std::getenv("NO_COLOR"),
                          std::getenv("TERM"));
}

std::size_t width(const std::string& text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string shown(const line& pieces, bool colours, std::size_t columns) {
    line kept = pieces;
    while (!kept.empty()) {
        std::string& last = kept.back().text;
        last.erase(last.find_last_not_of(' ') + 1);
        if (!last.empty()) break;
        kept.pop_back();
    }
    std::string out;
    for (const piece& each : kept) {
        const std::string harmless = printable(each.text);
        const std::string_view text = cut(harmless, columns);
        columns -= width(std::string{text});
        const bool coloured = colours && each.how != colour::plain && !text.empty();
        if (coloured) out += codes[static_cast<std::size_t>(each.how)];
        out += text;
        if (coloured) out += reset;
    }
    return out;
}

}  // namespace admit::client
