// Durations as people write them.
#include "client/run/duration.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct good_case {
    const char* text;
    milliseconds value;
};

TEST(Duration, Reads) {
    const good_case cases[] = {
        {"0", 0ms},     {"0s", 0ms},         {"250ms", 250ms},
        {"30s", 30s},   {"5m", 5min},        {"1h30m", 90min},
        {"2d", 48h},    {"1s500ms", 1500ms}, {"1d2h3m4s5ms", 93'784'005ms},
        {"90m", 90min}, {"007s", 7s},        {"3650d", 87'600h},
    };
    for (const good_case& c : cases)
        EXPECT_EQ(parse_duration(c.text), c.value) << c.text;
}

TEST(Duration, RefusesTheRest) {
    for (const char* text : {"",      "30",       "s",
                             "ms",    "-5s",      "+5s",
                             "5 s",   " 5s",      "5s ",
                             "5S",    "1.5s",     "5x",
                             "30m1h", "1h1h",     "1h30",
                             "1ms1s", "00",       "1e3s",
                             "0x10s", "5sec",     "99999999999999999999s",
                             "3651d", "3650d1ms", "9223372036854775807ms",
                             "1h-5m", "\n5s",     "५s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

struct spelling_case {
    milliseconds value;
    const char* text;
};

TEST(Duration, IsSpelledShortly) {
    const spelling_case cases[] = {
        {0ms, "0ms"},     {250ms, "250ms"},  {999ms, "999ms"},    {1s, "1s"},      {1500ms, "1.5s"},
        {9999ms, "9.9s"}, {12'345ms, "12s"}, {60s, "1m"},         {200s, "3m20s"}, {90min, "1h30m"},
        {24h, "1d"},      {49h, "2d1h"},     {3'600'999ms, "1h"},
    };
    for (const spelling_case& c : cases)
        EXPECT_EQ(spell_duration(c.value), c.text);
}

}  // namespace
}  // namespace admit::client
