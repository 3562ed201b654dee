// How file and flags become commands, and how these are applied.
#include "server/config/pools.hpp"

#include "server/config/apply.hpp"
#include "server/engine/engine.hpp"
#include "server/journal/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace admit::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

core::set_pool command(std::string pool, core::set_how how = core::set_how::configure) {
    core::set_pool c;
    c.pool = std::move(pool);
    c.how = how;
    return c;
}

/// A real engine without I/O.
class Apply : public testing::Test {
protected:
    void SetUp() override { engine_.start(); }
    void TearDown() override { engine_.stop(); }

    std::vector<std::string> apply_flags(const std::vector<pool_limit>& flags) {
        return apply_now(merged({}, flags), engine_, loop_);
    }

    admit::answer ask(core::command what) {
        std::optional<admit::answer> answer;
        engine_.async_submit(std::move(what), loop_,
                             [&answer](admit::answer a) { answer = std::move(a); });
        while (!answer)
            loop_.context().run_one();
        return *answer;
    }

    pool_view pool(const std::string& name) {
        return std::get<pool_answer>(ask(core::show_pool{name})).pool;
    }

    engine::loop loop_;
    engine::system_monotonic_clock clock_;
    std::unique_ptr<journal::journal> journal_ =
        std::get<std::unique_ptr<journal::journal>>(journal::open("memory"));
    std::array<engine::loop*, 1> loops_{&loop_};
    engine::engine engine_{{}, *journal_, clock_, loops_};
};

TEST_F(Apply, SetsWhatIsNamedAndNothingElse) {
    EXPECT_THAT(apply_flags({{"db", 2}, {"default", 3}}), IsEmpty());
    EXPECT_EQ(pool("db").settings.limit, 2);
    EXPECT_EQ(pool("default").settings.limit, 3);
    EXPECT_EQ(pool("default").source, pool_source::flag);

    core::set_pool by_hand = command("db", core::set_how::update);
    by_hand.change.limit = 9;
    by_hand.change.note = "by hand";
    ask(by_hand);
    EXPECT_EQ(pool("db").source, pool_source::api);
    EXPECT_THAT(apply_flags({{"db", 2}}), IsEmpty());
    EXPECT_EQ(pool("db").settings.limit, 2);
    EXPECT_EQ(pool("db").settings.note, "by hand");
    EXPECT_EQ(pool("db").source, pool_source::flag);
}

TEST_F(Apply, ASecondTimeChangesNothing) {
    apply_flags({{"db", 2}});
    const auto version = pool("db").version;
    apply_flags({{"db", 2}});
    EXPECT_EQ(pool("db").version, version);
}

TEST_F(Apply, AllOrNothing) {
    apply_flags({{"db", 2}});
    core::set_pool good = command("db");
    good.change.limit = 5;
    const core::set_pool without_limit = command("new");
    core::set_pool conflict = command("default");
    conflict.change.max_ttl_ms = 1000;
    const auto faults = apply_now({good, without_limit, conflict}, engine_, loop_);
    EXPECT_THAT(faults, ElementsAre("pool 'new': limit is required",
                                    HasSubstr("pool 'default': default_ttl_ms")));
    EXPECT_EQ(pool("db").settings.limit, 2);
}

TEST_F(Apply, NothingToDo) { EXPECT_THAT(apply_now({}, engine_, loop_), IsEmpty()); }

}  // namespace
}  // namespace admit::config
