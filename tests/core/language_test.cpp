// The line language of the tests itself: what it reads it writes back, and it refuses the rest.
#include "tests/support/command_line.hpp"
#include "tests/support/words.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace admit::test {
namespace {

class Line : public testing::TestWithParam<const char*> {};

TEST_P(Line, comes_back_as_it_was_written) {
    EXPECT_EQ(render(parse_command(GetParam())), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Language, Line,
    testing::Values(
        "acquire pool=db worker=w1",
        "acquire pool=db worker=\"w 1\" slots=2 wait=90s ttl=1500ms id=a keep=10s start "
        "labels=host:h1,job:n",
        "acquire pool=db worker=w1 server_id=s1", "renew 17", "renew 17 many", "renew 17,18",
        "renew 17 ttl=60s", "release 17 outcome=failed", "release 17,18", "cancel a", "check db 17",
        "abandon call=3", "abandon call=3 token=17", "expire", "expire until=1500ms", "drain",
        "pool db limit=2 mode=paused note=\"by hand\" default_ttl=10s max_ttl=60s max_waiters=5 "
        "max_wait=10m claim=0 start_within=3s labels=a:b source=file if_match=7,8",
        "pool db limit=2 if_none_match=*", "patch db note=\"\" if_match=*",
        "configure db limit=2 source=flag", "delete db", "delete db force if_match=7",
        "evict db 17", "evict_worker w1", "drop db 41", "pools", "pools limit=2 after=db",
        "show db", "leases db limit=2 after=17", "waiters db", "history db after=3", "worker w1"));

TEST(Language, refuses_what_it_does_not_know) {
    for (const auto* line : {"", "borrow db", "acquire pol=db", "renew", "renew x", "show db db",
                             "pool db mode=ajar", "acquire wait=5", "release 1 outcome=well"}) {
        EXPECT_THROW(parse_command(line), std::invalid_argument) << line;
    }
}

TEST(Language, writes_durations_in_their_largest_unit) {
    for (const auto* text : {"0", "1ns", "250us", "1500ms", "60s", "61s", "2m", "60m"}) {
        EXPECT_EQ(duration_text(parse_duration(text)), text);
    }
    EXPECT_EQ(duration_text(parse_duration("1h")), "60m");
    EXPECT_THROW(parse_duration("5"), std::invalid_argument);
    EXPECT_THROW(parse_duration("5 s"), std::invalid_argument);
}

}  // namespace
}  // namespace admit::test
