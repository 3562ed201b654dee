#include "server/http/date.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace admit::http {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void add_two_digits(std::string& out, std::int64_t number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
}

}  // namespace

std::string http_date(std::int64_t seconds) {
    const std::chrono::sys_seconds at{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};

    std::string out(days[std::chrono::weekday(day).c_encoding()]);
    out += ", ";
    add_two_digits(out, static_cast<unsigned>(date.day()));
    out += ' ';
    out += months[static_cast<unsigned>(date.month()) - 1];
    out += ' ';
    out += std::to_string(static_cast<int>(date.year()));
    out += ' ';
    add_two_digits(out, time.hours().count());
    out += ':';
    add_two_digits(out, time.minutes().count());
    out += ':';
    add_two_digits(out, time.seconds().count());
    out += " GMT";
    return out;
}

}  // namespace admit::http
