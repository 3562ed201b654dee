// How configured pools reach a running engine: at the start, and again at SIGHUP.
#include "server/config/apply.hpp"

#include "server/config/pools.hpp"
#include "server/config/reload.hpp"
#include "tests/config/bare_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace admit::config::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

core::set_pool command(std::string pool, core::set_how how = core::set_how::configure) {
    core::set_pool c;
    c.pool = std::move(pool);
    c.how = how;
    return c;
}

class Apply : public testing::Test, protected bare_engine {
protected:
    applied applied_now(std::vector<core::set_pool> pools) {
        std::optional<applied> result;
        apply(std::move(pools), running, home, [&result](const applied& all) { result = all; });
        while (!result)
            home.context().run_one();
        return *result;
    }
    std::vector<std::string> apply_flags(const std::vector<pool_limit>& flags) {
        return applied_now(merged({}, flags)).faults;
    }
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
    const auto faults = applied_now({good, without_limit, conflict}).faults;
    EXPECT_THAT(faults, ElementsAre("pool 'new': limit is required",
                                    HasSubstr("pool 'default': default_ttl_ms")));
    EXPECT_EQ(pool("db").settings.limit, 2);
}

TEST_F(Apply, SaysWhatOthersHadSetOtherwise) {
    core::set_pool by_file = command("db");
    by_file.source = pool_source::file;
    by_file.change.limit = 2;
    by_file.change.note = "ask first";
    EXPECT_THAT(applied_now({by_file}).overridden, IsEmpty()) << "nobody had";
    EXPECT_THAT(applied_now({by_file}).overridden, IsEmpty()) << "the same";
    core::set_pool by_hand = command("db", core::set_how::update);
    by_hand.change.limit = 9;
    by_hand.change.note = "";
    by_hand.change.max_waiters = 3;
    ask(by_hand);
    EXPECT_THAT(applied_now({by_file}).overridden,
                ElementsAre("pool 'db': limit 9, set by the API, is now 2",
                            "pool 'db': note '', set by the API, is now 'ask first'"));
    EXPECT_EQ(pool("db").settings.max_waiters, 3);
}

/// The engine is the judge; what is foreseen must be what it says.
TEST_F(Apply, ForeseesWhatTheEngineWouldSay) {
    core::set_pool conflict = command("default");
    conflict.change.default_ttl_ms = 5000;
    conflict.change.max_ttl_ms = 4000;
    for (const core::set_pool& wanted : {command("new"), conflict}) {
        const auto now = ask(core::show_pool{wanted.pool});
        const auto* const found = std::get_if<pool_answer>(&now);
        const auto foreseen =
            refusal(wanted, found != nullptr ? std::optional(found->pool) : std::nullopt);
        const auto said = std::get<problem>(ask(wanted));
        ASSERT_TRUE(foreseen);
        EXPECT_EQ(foreseen->code, said.code);
        EXPECT_EQ(foreseen->field, said.field);
    }
}

TEST_F(Apply, NothingToDo) { EXPECT_THAT(applied_now({}).faults, IsEmpty()); }

TEST_F(Apply, ShowsEveryPoolThatThereIs) {
    std::vector<pool_limit> flags;
    for (int i = 0; i < 2500; ++i)
        flags.push_back({"p" + std::to_string(i), i});
    EXPECT_THAT(apply_flags(flags), IsEmpty());
    std::size_t seen = 0;
    bool done = false;
    list_pools(
        running, home, [&seen](const pool_view&) { ++seen; }, [&done] { done = true; });
    while (!done)
        home.context().run_one();
    EXPECT_EQ(seen, 2501);
}

class Reload : public testing::Test, protected bare_engine {
protected:
    Reload() {
        options_.config_file = name_;
        options_.pools = {{"gpu", 1}};
        log_ = std::make_unique<telemetry::log>(telemetry::log::options{.out = log_file_});
        reloader_ = std::make_unique<reloader>(options_, running, home, *log_);
    }
    ~Reload() override {
        log_.reset();
        std::fclose(log_file_);
        std::filesystem::remove(name_);
    }

    void write(const std::string& text) { std::ofstream(name_) << text; }

    /// Until nothing of it is under way any more.
    void settle() {
        for (int i = 0; i < 100; ++i)
            home.context().poll();
    }

    std::string logged() {
        log_.reset();
        std::rewind(log_file_);
        std::string text(1 << 16, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), log_file_));
        return text;
    }

    const std::string name_ =
        testing::TempDir() + "admit-reload-" + std::to_string(::getpid()) + ".json";
    options options_;
    std::FILE* log_file_ = std::tmpfile();
    std::unique_ptr<telemetry::log> log_;
    std::unique_ptr<reloader> reloader_;
};

TEST_F(Reload, AppliesFileAndFlags) {
    write(R"({"pools":[{"pool":"db","limit":3},{"pool":"gpu","limit":9,"max_waiters":5}]})");
    reloader_->reload();
    settle();
    EXPECT_EQ(pool("db").settings.limit, 3);
    EXPECT_EQ(pool("db").source, pool_source::file);
    EXPECT_EQ(pool("gpu").settings.limit, 1);
    EXPECT_EQ(pool("gpu").settings.max_waiters, 5);
    EXPECT_THAT(logged(), HasSubstr("config_applied"));
}

TEST_F(Reload, ABadFileChangesNothing) {
    write(R"({"pools":[{"pool":"default","limit":9},{"pool":"x","limit":-1}]})");
    reloader_->reload();
    settle();
    EXPECT_EQ(pool("default").settings.limit, 4);
    EXPECT_THAT(logged(), AllOf(HasSubstr("config_refused"), HasSubstr("pools[1].limit")));
}

TEST_F(Reload, ARefusedPoolChangesNothing) {
    write(R"({"pools":[{"pool":"default","limit":9},{"pool":"x"}]})");
    reloader_->reload();
    settle();
    EXPECT_EQ(pool("default").settings.limit, 4);
    EXPECT_THAT(logged(), HasSubstr("pool 'x': limit is required"));
}

TEST_F(Reload, SaysWhatBecameOfItWhenSomebodyElseChangedAPoolMeanwhile) {
    std::string file = R"({"pools":[)";
    for (int i = 0; i < 2000; ++i)
        file += R"({"pool":"p)" + std::to_string(i) + R"(","limit":3},)";
    write(file + R"({"pool":"db","max_waiters":7}]})");
    core::set_pool db = command("db");
    db.change.limit = 1;
    ask(db);
    reloader_->reload();
    while (std::holds_alternative<problem>(ask(core::show_pool{"p0"}))) {}
    ask(core::delete_pool{.pool = "db", .force = false, .only_if = {}});
    settle();
    EXPECT_EQ(pool("p1999").settings.limit, 3);
    const std::string said = logged();
    EXPECT_THAT(said, HasSubstr("config_partly_applied"));
    EXPECT_THAT(said, HasSubstr("Applied to 2001 of 2002 pools, but not to this one: pool 'db': "));
    EXPECT_THAT(said, Not(HasSubstr("The configuration stays as it was")));
}

TEST_F(Reload, TheNewestFileHasTheLastWord) {
    write(R"({"pools":[{"pool":"a","limit":1},{"pool":"b","limit":1},{"pool":"db","limit":1}]})");
    reloader_->reload();
    write(R"({"pools":[{"pool":"db","limit":2}]})");
    reloader_->reload();
    reloader_->reload();
    settle();
    EXPECT_EQ(pool("db").settings.limit, 2);
    EXPECT_EQ(pool("a").settings.limit, 1);
}

}  // namespace
}  // namespace admit::config::test
