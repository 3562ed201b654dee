// How file and flags become commands.
#include "server/config/pools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace admit::config {
namespace {

using testing::HasSubstr;
using testing::Not;

pool_entry entry(std::string pool, std::int64_t limit) {
    pool_entry e{.pool = std::move(pool), .change = {}};
    e.change.limit = limit;
    return e;
}

/// A file that goes away with the test.
class config_file {
public:
    explicit config_file(const std::string& text)
        : name_(testing::TempDir() + "admit-" + std::to_string(::getpid()) + ".json") {
        std::ofstream(name_) << text;
    }
    ~config_file() { std::filesystem::remove(name_); }
    const std::string& name() const { return name_; }

private:
    const std::string name_;
};

std::string error_of(const std::string& text) {
    const config_file file(text);
    const auto wanted = wanted_pools(file.name(), {});
    const auto* const found = std::get_if<error>(&wanted);
    return found != nullptr ? found->text : "none";
}

TEST(Pools, FlagsWinOverTheFile) {
    pool_entry db = entry("db", 2);
    db.change.max_waiters = 5;
    const auto all = merged({db, entry("gpu", 1)}, {{"db", 8}, {"default", 3}});
    ASSERT_EQ(all.size(), 3);
    EXPECT_EQ(all[0].pool, "db");
    EXPECT_EQ(all[0].change.limit, 8);
    EXPECT_EQ(all[0].change.max_waiters, 5);
    EXPECT_EQ(all[0].source, pool_source::flag);
    EXPECT_EQ(all[1].pool, "gpu");
    EXPECT_EQ(all[1].source, pool_source::file);
    EXPECT_EQ(all[2].pool, "default");
    EXPECT_EQ(all[2].change.limit, 3);
    for (const core::set_pool& c : all)
        EXPECT_EQ(c.how, core::set_how::configure);
}

TEST(Pools, OnlyARegularFileIsRead) {
    // A pipe that nobody writes to would hold up the loop at SIGHUP, a device might never end.
    const config_file taken("");
    const std::string pipe = taken.name() + ".pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& name : {pipe, std::string("/dev/zero"), testing::TempDir()}) {
        const auto wanted = wanted_pools(name, {});
        ASSERT_TRUE(std::holds_alternative<error>(wanted)) << name;
        EXPECT_EQ(std::get<error>(wanted).text, "cannot read " + name + ": not a regular file");
    }
    std::filesystem::remove(pipe);
    const std::string link = taken.name() + ".link";
    std::filesystem::create_symlink(taken.name(), link);
    const auto through_link = wanted_pools(link, {});
    EXPECT_THAT(std::get<error>(through_link).text, Not(HasSubstr("regular")));
    std::filesystem::remove(link);
}

TEST(Pools, ManyAreMergedAtOnce) {
    // At SIGHUP the loop stands still for it. One look through all for each would take seconds.
    std::vector<pool_entry> file;
    std::vector<pool_limit> flags;
    for (int i = 0; i < 50'000; ++i) {
        file.push_back(entry("p" + std::to_string(i), 1));
        flags.push_back({"p" + std::to_string(i), 2});
    }
    const auto began = std::chrono::steady_clock::now();
    const auto all = merged(std::move(file), flags);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    ASSERT_EQ(all.size(), 50'000u);
    EXPECT_EQ(all.back().pool, "p49999");
    EXPECT_EQ(all.back().change.limit, 2);
}

TEST(Pools, FromAFileWithComments) {
    const config_file file(R"(// of the build farm
        {"pools": [{"pool": "db", /* two */ "limit": 2, "note": "see // the wiki"}]})");
    const auto wanted = wanted_pools(file.name(), {});
    const auto& all = std::get<std::vector<core::set_pool>>(wanted);
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(all[0].change.limit, 2);
    EXPECT_EQ(all[0].change.note, "see // the wiki");
    EXPECT_FALSE(all[0].change.mode);
}

TEST(Pools, MistakesNameFileAndField) {
    EXPECT_THAT(error_of(R"({"pools":[{"pool":"db","limit":1},{"pool":"x","limit":-1}]})"),
                AllOf(HasSubstr("admit-"), HasSubstr("pools[1].limit")));
    EXPECT_THAT(error_of("{"), HasSubstr("admit-"));
    EXPECT_THAT(error_of(R"({"pools":[{"pool":"db","limits":1}]})"), HasSubstr("pools[0].limits"));
    EXPECT_THAT(error_of(R"({"pools":[{"pool":"db","limit":1},{"pool":"db","limit":2}]})"),
                HasSubstr("db"));
    const auto missing = wanted_pools("/nowhere/admit.json", {});
    EXPECT_EQ(std::get<error>(missing).text,
              "cannot read /nowhere/admit.json: No such file or directory");
    EXPECT_THAT(std::get<error>(wanted_pools("/", {})).text, HasSubstr("cannot read /"));
}

TEST(Pools, RefusalsAreForeseen) {
    core::set_pool wanted;
    wanted.pool = "db";
    EXPECT_EQ(refusal(wanted, std::nullopt)->field, "limit");
    EXPECT_FALSE(refusal(wanted, pool_view()));
    wanted.change.limit = 1;
    EXPECT_FALSE(refusal(wanted, std::nullopt));
    wanted.change.default_ttl_ms = 5000;
    pool_view now;
    now.settings.max_ttl_ms = 4000;
    EXPECT_EQ(refusal(wanted, now)->code, errc::settings_conflict);
    EXPECT_FALSE(refusal(wanted, std::nullopt));
}

}  // namespace
}  // namespace admit::config
