// The lines of the demo.
#include "client/cli/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace admit::client {
namespace {

using kind = happening::kind;

/// What the server decided in the scene, in its order.
const std::vector<happening> decided = {
    {0, kind::acquired, 1, 2}, {1, kind::acquired, 2, 2}, {2, kind::rejected, 2, 2},
    {3, kind::rejected, 2, 2}, {0, kind::released, 1, 2}, {2, kind::acquired, 2, 2},
    {1, kind::released, 1, 2}, {3, kind::acquired, 2, 2}, {2, kind::released, 1, 2},
    {3, kind::released, 0, 2},
};

TEST(Scene, HasTheFormOfThePattern) {
    EXPECT_EQ(line_of({0, kind::acquired, 1, 2}), "Worker 0: acquired (1/2 active)");
    EXPECT_EQ(line_of({2, kind::rejected, 2, 2}), "Worker 2: rejected (2/2 active)");
    EXPECT_EQ(line_of({0, kind::released, 1, 2}), "Worker 0: released (1/2 active)");
}

/// What a reader checks: every number follows from the line before.
bool follows_the_rules(const std::vector<std::string>& lines) {
    int active = 0;
    for (const std::string& line : lines) {
        const int said = line[line.find('(') + 1] - '0';
        if (line.find("acquired") != std::string::npos) ++active;
        if (line.find("released") != std::string::npos) --active;
        if (said != active || active > 2) return false;
    }
    return active == 0;
}

TEST(Scene, TellsAnswersInTheOrderOfTheirArrivalWhereThatIsRight) {
    scene s;
    for (const happening& h : decided) {
        const std::vector<std::string> lines = s.add(h);
        ASSERT_EQ(lines.size(), 1U);
        EXPECT_EQ(lines.front(), line_of(h));
    }
    EXPECT_TRUE(s.rest().empty());
}

// Answers to different workers overtake each other, those to one worker do not: every order that
// can arrive while the first four are there and the last release is the last answer.
TEST(Scene, PutsAnswersThatOvertookEachOtherInOrder) {
    std::vector<std::size_t> middle{4, 5, 6, 7, 8};
    int orders = 0;
    do {
        const auto place = [&](std::size_t i) {
            return std::find(middle.begin(), middle.end(), i);
        };
        if (place(5) > place(8)) continue;
        ++orders;
        scene s;
        std::vector<std::string> told;
        const auto tell = [&](std::size_t i) {
            for (const std::string& line : s.add(decided[i]))
                told.push_back(line);
        };
        for (std::size_t i = 0; i < 4; ++i)
            tell(i);
        for (const std::size_t i : middle)
            tell(i);
        tell(9);
        EXPECT_EQ(told.size(), 10U);
        EXPECT_TRUE(follows_the_rules(told));
        EXPECT_EQ(told.back(), "Worker 3: released (0/2 active)");
    } while (std::next_permutation(middle.begin(), middle.end()));
    EXPECT_EQ(orders, 60);
}

TEST(Scene, HidesNothingThatDoesNotFit) {
    scene s;
    EXPECT_TRUE(s.add({0, kind::acquired, 2, 2}).empty());

    EXPECT_EQ(s.rest(), std::vector<std::string>{"Worker 0: acquired (2/2 active)"});
}

}  // namespace
}  // namespace admit::client
