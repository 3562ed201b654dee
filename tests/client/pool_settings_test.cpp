// Settings of a pool as people write them.
#include "client/cli/pool_settings.hpp"

#include "client/cli/declarations.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

settings_wish read(const std::vector<std::string>& texts) {
    settings_wish out;
    for (const std::string& text : texts)
        read_setting(text, out);
    return out;
}

std::string wrong(const std::vector<std::string>& texts) {
    try {
        read(texts);
    } catch (const misuse& m) { return m.text; }
    return "accepted";
}

TEST(PoolSettings, AllOfThem) {
    const settings_wish got = read({"limit=0", "mode=paused", "note=new = disk", "default_ttl=1m",
                                    "max_ttl=1h30m", "max_waiters=0", "max_wait=0", "claim=250ms",
                                    "start_within=5s", "label.a.b=c=d", "label.x="});

    pool_change expected;
    expected.limit = 0;
    expected.mode = pool_mode::paused;
    expected.note = "new = disk";
    expected.default_ttl_ms = 60'000;
    expected.max_ttl_ms = 5'400'000;
    expected.max_waiters = 0;
    expected.max_wait_ms = 0;
    expected.claim_ms = 250;
    expected.start_within_ms = 5'000;
    EXPECT_EQ(got.change, expected);
    EXPECT_EQ(got.labels, (labels{{"a.b", "c=d"}, {"x", ""}}));
}

struct wrong_case {
    std::vector<std::string> texts;
    const char* hint;
};

TEST(PoolSettings, NonsenseIsToldWithWhatWouldBeRight) {
    const wrong_case cases[] = {
        {{"limit"}, "not of the form key=value"},
        {{"limit="}, "limit: '' is no number from 0 to 1000000"},
        {{"limit=1000001"}, "no number from 0 to 1000000"},
        {{"limit=-1"}, "no number"},
        {{"limit=four"}, "no number"},
        {{"limit=1", "limit=2"}, "limit is given twice"},
        {{"mode=closed"}, "none of open, paused and draining"},
        {{"note=a\nb"}, "without control characters"},
        {{"note=" + std::string(257, 'x')}, "at most 256 bytes"},
        {{"default_ttl=30"}, "write 250ms, 30s, 5m or 1h30m"},
        {{"default_ttl=1ms"}, "at least 1s"},
        {{"max_wait=60d"}, "at most 24d"},
        {{"lmiit=3"}, "did you mean 'limit'?"},
        {{"default_ttl_ms=3"}, "did you mean 'default_ttl'?"},
        {{"maxwait=3s"}, "did you mean 'max_wait'?"},
        {{"frobnicate=3"}, "there are limit, mode, note"},
        {{"=3"}, "there are limit"},
        {{"label.=x"}, "a label has a name"},
        {{"label.a=1", "label.a=2"}, "label.a is given twice"},
    };
    for (const wrong_case& c : cases)
        EXPECT_NE(wrong(c.texts).find(c.hint), std::string::npos) << wrong(c.texts);
}

TEST(PoolSettings, LabelsAreSetAndTakenAwayAmongTheOthers) {
    const settings_wish wish = read({"label.b=2", "label.a=", "label.z=", "label.c=3"});

    EXPECT_EQ(labels_after({{"a", "1"}, {"b", "1"}, {"d", "4"}}, wish),
              (labels{{"b", "2"}, {"c", "3"}, {"d", "4"}}));
}

}  // namespace
}  // namespace admit::client
