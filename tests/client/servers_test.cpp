// Which of several servers is asked.
#include "client/policy/servers.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

TEST(Servers, TheFirstIsAskedFirstAndKept) {
    const servers s{3};

    EXPECT_EQ(s.count(), 3U);
    EXPECT_EQ(s.current(), 0U);
}

TEST(Servers, EachFailureMovesOnAndAroundAtTheEnd) {
    servers s{3};
    for (const std::size_t next : {1U, 2U, 0U, 1U}) {
        s.failed(s.current());
        EXPECT_EQ(s.current(), next);
    }
}

TEST(Servers, CallsSideBySideTellOfOneFailure) {
    servers s{3};
    s.failed(0);
    s.failed(0);
    s.failed(0);

    EXPECT_EQ(s.current(), 1U);
}

TEST(Servers, AnOldFailureDoesNotDriveFromTheServerThatAnswers) {
    servers s{2};
    s.failed(0);
    s.failed(0);

    EXPECT_EQ(s.current(), 1U);
}

TEST(Servers, OneAloneStays) {
    servers s{1};
    s.failed(0);

    EXPECT_EQ(s.current(), 0U);
}

}  // namespace
}  // namespace admit::client
