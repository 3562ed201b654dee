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
        ASSERT_TRUE(std::holds_alternative<trouble>(found)) << where;
        const std::string& why = std::get<trouble>(found).what;
        EXPECT_NE(why.find("'memory' 'sqlite'"), std::string::npos) << why;
        EXPECT_EQ(std::get<trouble>(found).kind, trouble_kind::unusable);
    }
}

TEST(OpenJournal, MemoryLiesNowhere) {
    EXPECT_TRUE(std::holds_alternative<trouble>(open("memory:/tmp")));
}

}  // namespace
}  // namespace admit::journal
