// Tables for people: alignment, colours, and text that a terminal must not obey.
#include "client/cli/table.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

TEST(Table, AlignsNumbersToTheRightAndTextToTheLeft) {
    table t{{"POOL", "LIMIT", "NOTE"}};
    t.add({{"db"}, {"2"}, {""}});
    t.add({{"größer"}, {"100"}, {"why"}});

    EXPECT_EQ(text_of(t.lines(), false),
              "POOL    LIMIT  NOTE\n"
              "db          2\n"
              "größer    100  why\n");
}

TEST(Table, LeavesOutWhatNobodyHas) {
    table t{{"POOL", "NOTE", "LIMIT"}};
    t.add({{"db"}, {""}, {"2"}});

    EXPECT_EQ(text_of(t.lines(), false),
              "POOL  LIMIT\n"
              "db        2\n");
}

TEST(Table, WithoutRowsIsItsHeading) {
    EXPECT_EQ(text_of(table{{"POOL", "LIMIT"}}.lines(), false), "POOL  LIMIT\n");
}

TEST(Table, NoNameDrivesTheTerminal) {
    table t{{"POOL", "NOTE"}};
    t.add({{"a\x1b[31mb"},
           {"c\r\n\xc2\x9b\xff\xe2\x80\xa8"
            "d"}});

    EXPECT_EQ(text_of(t.lines(), false),
              "POOL     NOTE\n"
              "a?[31mb  c?????d\n");
}

TEST(Table, ColoursOnlyWhereWanted) {
    table t{{"POOL", "MODE"}};
    t.add({{"db"}, {"paused", colour::yellow}});

    EXPECT_EQ(text_of(t.lines(), true),
              "\x1b[1mPOOL\x1b[0m  \x1b[1mMODE\x1b[0m\n"
              "db    \x1b[33mpaused\x1b[0m\n");
    EXPECT_EQ(text_of(t.lines(), false).find('\x1b'), std::string::npos);
}

TEST(Line, IsCutByCharactersNotBytes) {
    const line l{{"größ", colour::bold}, {"er  "}};

    EXPECT_EQ(shown(l, false, 3), "grö");
    EXPECT_EQ(shown(l, false, 5), "größe");
    EXPECT_EQ(shown(l, false), "größer");
    EXPECT_EQ(shown(l, true, 2), "\x1b[1mgr\x1b[0m");
    EXPECT_EQ(shown({}, true), "");
}

struct colours_case {
    bool terminal;
    const char* no_color;
    const char* term;
    bool wanted;
};

TEST(Colours, OnlyOnTerminalsAndNeverAgainstNoColor) {
    const colours_case cases[] = {
        {true, nullptr, "xterm", true}, {true, "", "xterm", true},
        {true, "1", "xterm", false},    {true, "0", "xterm", false},
        {true, nullptr, "dumb", false}, {true, nullptr, nullptr, false},
        {true, nullptr, "", false},     {false, nullptr, "xterm", false},
    };
    for (const colours_case& c : cases)
        EXPECT_EQ(colours_wanted(c.terminal, c.no_color, c.term), c.wanted);
}

}  // namespace
}  // namespace admit::client
