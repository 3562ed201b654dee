// The factory of journals.
#include "server/journal/open.hpp"

#include <gtest/gtest.h>

namespace admit::journal {
namespace {

TEST(OpenJournal, Memory) {
    const opened found = open("memory");
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<journal>>(found));
    EXPECT_FALSE(std::get<0>(found)->keeps());
}

TEST(OpenJournal, SaysWhatThereIs) {
    for (const char* where : {"", "sqlit", "memory2", "Memory", ":", "sqlit:/var/lib/admit"}) {
        const opened found = open(where);
        ASSERT_TRUE(std::holds_alternative<std::string>(found)) << where;
        EXPECT_NE(std::get<1>(found).find("'memory'"), std::string::npos) << std::get<1>(found);
    }
}

TEST(OpenJournal, MemoryLiesNowhere) {
    EXPECT_TRUE(std::holds_alternative<std::string>(open("memory:/tmp")));
}

}  // namespace
}  // namespace admit::journal
