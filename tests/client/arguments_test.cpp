// The command line, without running anything.
#include "client/cli/arguments.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

namespace admit::client {
namespace {

using namespace std::chrono_literals;

std::variant<arguments, early_end> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "admit");
    std::vector<const char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(word.c_str());
    return parse_arguments(static_cast<int>(pointers.size()), pointers.data());
}

std::vector<server_address> one(server_address address) { return {std::move(address)}; }

class Arguments : public ::testing::Test {
protected:
    Arguments() {
        ::unsetenv("ADMIT_URL");
        ::unsetenv("ADMIT_WORKER");
    }

    static arguments good(const std::vector<std::string>& words) {
        const auto read = parse(words);
        if (const auto* end = std::get_if<early_end>(&read)) {
            ADD_FAILURE() << end->text;
            return {};
        }
        return std::get<arguments>(read);
    }
    static std::string_view name_of(const arguments& a) {
        return a.what == nullptr ? std::string_view{} : a.what->name;
    }
    static early_end bad(const std::vector<std::string>& words) {
        const auto read = parse(words);
        const auto* end = std::get_if<early_end>(&read);
        return end != nullptr ? *end : early_end{-1, "accepted"};
    }
};

TEST_F(Arguments, RunWaitsWithoutLimitUnlessTold) {
    const arguments a = good({"run", "db", "--", "./backup.sh", "-x"});

    EXPECT_EQ(name_of(a), "run");
    EXPECT_EQ(a.acquire.pool, "db");
    EXPECT_EQ(a.acquire.wait, std::nullopt);
    EXPECT_TRUE(a.acquire.start);
    EXPECT_EQ(a.run.grace, 5s);
    EXPECT_EQ(a.run.if_unreachable, if_unreachable::fail);
    EXPECT_EQ(a.run.not_admitted, 75);
    EXPECT_FALSE(a.run.verbose);
    EXPECT_EQ(a.acquire.keep, 10s);
    EXPECT_EQ(a.run.command, (std::vector<std::string>{"./backup.sh", "-x"}));
    EXPECT_EQ(a.servers, one(server_address{}));
    EXPECT_NE(a.acquire.worker.find(':'), std::string::npos);

    EXPECT_EQ(good({"run", "-n", "db", "--", "x"}).acquire.wait, 0ms);
    EXPECT_EQ(good({"run", "-w", "30s", "db", "--", "x"}).acquire.wait, 30s);
    EXPECT_EQ(good({"run", "--wait", "1h30m", "db", "--", "x"}).acquire.wait, 90min);
}

TEST_F(Arguments, AllOptionsOfRun) {
    const arguments a = good({"--url",   "db.example:99",
                              "run",     "--slots",
                              "3",       "--ttl",
                              "10s",     "--worker",
                              "w 1",     "--label",
                              "b=2",     "--label",
                              "a=[1,2]", "--request-id",
                              "[mine]",  "--grace",
                              "250ms",   "--keep",
                              "5m",      "-E",
                              "0",       "-v",
                              "db",      "--",
                              "x"});

    EXPECT_EQ(a.servers, one({"db.example", 99}));
    EXPECT_EQ(a.acquire.slots, 3);
    EXPECT_EQ(a.acquire.ttl, 10s);
    EXPECT_EQ(a.acquire.worker, "w 1");
    EXPECT_EQ(a.acquire.labels, (labels{{"a", "[1,2]"}, {"b", "2"}}));
    EXPECT_EQ(a.acquire.request_id, "[mine]");
    EXPECT_EQ(a.acquire.keep, 5min);
    EXPECT_EQ(a.run.grace, 250ms);
    EXPECT_EQ(a.run.not_admitted, 0);
    EXPECT_TRUE(a.run.verbose);

    const auto how = [](const char* word) {
        return good({"run", "--if-unreachable", word, "db", "--", "x"}).run.if_unreachable;
    };
    EXPECT_EQ(how("fail"), if_unreachable::fail);
    EXPECT_EQ(how("wait"), if_unreachable::wait);
    EXPECT_EQ(how("run"), if_unreachable::run);
}

TEST_F(Arguments, TheWordsOfTheCommandAreNobodysOptions) {
    const arguments a =
        good({"run", "db", "--", "git", "log", "--", "--help", "-n", "", "[a,b]", "run"});

    EXPECT_EQ(a.run.command,
              (std::vector<std::string>{"git", "log", "--", "--help", "-n", "", "[a,b]", "run"}));
}

TEST_F(Arguments, APoolMayBeCalledLikeACommand) {
    EXPECT_EQ(good({"run", "pools", "--", "x"}).acquire.pool, "pools");
    EXPECT_EQ(good({"acquire", "run"}).acquire.pool, "run");
    EXPECT_EQ(good({"acquire", "demo"}).acquire.pool, "demo");
}

TEST_F(Arguments, TheUrlMayStandAnywhereAndTheEnvironmentIsItsDefault) {
    EXPECT_EQ(good({"pools", "--url", "h:1"}).servers, one(server_address{"h", 1}));
    ::setenv("ADMIT_URL", "http://other:2", 1);
    EXPECT_EQ(good({"pools"}).servers, one(server_address{"other", 2}));
    EXPECT_EQ(good({"--url", "h:1", "pools"}).servers, one(server_address{"h", 1}));
    ::setenv("ADMIT_URL", "https://other", 1);
    EXPECT_EQ(bad({"pools"}).exit_status, 64);
}

TEST_F(Arguments, TheWorkerComesFromTheEnvironment) {
    ::setenv("ADMIT_WORKER", "builder 7", 1);
    EXPECT_EQ(good({"acquire", "db"}).acquire.worker, "builder 7");
    EXPECT_EQ(good({"acquire", "db", "--worker", "w"}).acquire.worker, "w");
}

TEST_F(Arguments, SeveralServersStandWithCommas) {
    const std::vector<server_address> both{{"a", 1}, {"b", 2}};
    EXPECT_EQ(good({"pools", "--url", "a:1,http://b:2"}).servers, both);
}

TEST_F(Arguments, TheWorkersCommands) {
    const arguments acquire = good({"acquire", "db", "--json"});
    EXPECT_EQ(acquire.acquire.wait, 0ms);
    EXPECT_FALSE(acquire.acquire.start);
    EXPECT_TRUE(acquire.json);
    EXPECT_EQ(good({"acquire", "db", "--wait", "30s"}).acquire.wait, 30s);
    EXPECT_EQ(good({"acquire", "db", "--keep", "1m"}).acquire.keep, 1min);

    const arguments renew = good({"renew", "17.x", "--ttl", "5m"});
    EXPECT_EQ(name_of(renew), "renew");
    EXPECT_EQ(renew.handle, "17.x");
    EXPECT_EQ(renew.ttl, 5min);

    EXPECT_EQ(good({"release", "17.x"}).outcome, outcome::ok);
    EXPECT_EQ(good({"release", "17.x", "--outcome", "failed"}).outcome, outcome::failed);
    EXPECT_EQ(good({"cancel", "nightly 7"}).request_id, "nightly 7");

    const arguments check = good({"check", "db", "9007199254740991"});
    EXPECT_EQ(name_of(check), "check");
    EXPECT_EQ(check.pool, "db");
    EXPECT_EQ(check.token, 9007199254740991U);
}

TEST_F(Arguments, TheOperatorsCommands) {
    EXPECT_EQ(name_of(good({"pool", "show", "set"})), "pool show");
    EXPECT_EQ(good({"pool", "show", "set"}).pool, "set");

    const arguments set = good({"pool", "set", "db", "limit=4", "label.a=1"});
    EXPECT_EQ(name_of(set), "pool set");
    EXPECT_EQ(set.settings.change.limit, 4);
    EXPECT_EQ(set.settings.labels.size(), 1U);

    EXPECT_EQ(good({"pool", "pause", "db", "--note", "new disk"}).note, "new disk");
    EXPECT_EQ(good({"pool", "drain", "db"}).note, std::nullopt);
    EXPECT_TRUE(good({"pool", "delete", "db", "--force"}).force);
    EXPECT_EQ(good({"leases", "db", "--json", "--url", "h:1"}).pool, "db");
    EXPECT_EQ(good({"worker", "w 1"}).worker, "w 1");
    EXPECT_EQ(good({"evict", "db", "17"}).token, 17U);
    EXPECT_EQ(good({"evict", "--worker", "w"}).worker, "w");
    EXPECT_EQ(good({"top", "--once", "--interval", "5s"}).interval, 5s);
}

TEST_F(Arguments, WrongUseIs64WithAHint) {
    struct wrong_case {
        std::vector<std::string> words;
        const char* hint;
    };
    const wrong_case cases[] = {
        {{}, "the command is missing"},
        {{"rum"}, "admit has no command 'rum'; did you mean 'run'?"},
        {{"relase", "--outcome", "ok", "1.x"}, "did you mean 'release'?"},
        {{"frobnicate"}, "there are run, acquire"},
        {{"pool"}, "the command is missing: show"},
        {{"pool", "shwo", "db"}, "admit pool has no command 'shwo'; did you mean 'show'?"},
        {{"pool", "set", "db"}, "SETTING"},
        {{"pool", "set", "db", "limt=3"}, "did you mean 'limit'?"},
        {{"pool", "delete", "db", "--forse"}, "did you mean '--force'?"},
        {{"pools", "--jsn"}, "admit pools has no option '--jsn'; did you mean '--json'?"},
        {{"pools", "--ulr=h:1"}, "did you mean '--url'?"},
        {{"--jsno"}, "admit has no option '--jsno'"},
        {{"pools", "db"}, "admit pools has no use for 'db'"},
        {{"run"}, "POOL"},
        {{"run", "db"}, "admit run db -- COMMAND"},
        {{"run", "db", "--"}, "admit run db -- COMMAND"},
        {{"run", "db", "--", ""}, "admit run db -- COMMAND"},
        {{"run", "db", "ls"}, "Write -- before the command"},
        {{"run", "--", "ls"}, "POOL"},
        {{"run", "-w", "30", "db", "--", "x"}, "write 250ms, 30s, 5m or 1h30m"},
        {{"run", "-w", "soon", "db", "--", "x"}, "'soon' is no duration"},
        {{"run", "-n", "-w", "1s", "db", "--", "x"}, "exclude"},
        {{"run", "--ttl", "1ms", "db", "--", "x"}, "at least 1s"},
        {{"run", "--ttl", "60d", "db", "--", "x"}, "at most 24d"},
        {{"run", "--grace", "x", "db", "--", "x"}, "--grace"},
        {{"run", "--slots", "0", "db", "--", "x"}, "no number from 1 to 1000000"},
        {{"run", "--slots", "two", "db", "--", "x"}, "--slots"},
        {{"run", "--label", "x", "db", "--", "x"}, "key=value"},
        {{"run", "--label", "=x", "db", "--", "x"}, "key=value"},
        {{"run", "--label", "a=1", "--label", "a=2", "db", "--", "x"}, "given twice"},
        {{"run", "--worker", "a\nb", "db", "--", "x"}, "--worker"},
        {{"run", "--frobnicate", "db", "--", "x"}, "--frobnicate"},
        {{"run", "--nowait", "db", "--", "x"}, "did you mean '--no-wait'?"},
        {{"run", "--keep", "6m", "db", "--", "x"}, "at most 5m"},
        {{"run", "--keep", "0", "db", "--", "x"}, "at least 1ms"},
        {{"run", "-E", "256", "db", "--", "x"}, "from 0 to 255"},
        {{"run", "-E", "-1", "db", "--", "x"}, "from 0 to 255"},
        {{"run", "--if-unreachable", "hope", "db", "--", "x"}, "none of fail, wait and run"},
        {{"run", "a/b", "--", "x"}, "'a/b' cannot be the name of a pool"},
        {{"acquire", ""}, "cannot be the name of a pool"},
        {{"--url", "ftp://x", "pools"}, "http://host:port"},
        {{"release"}, "HANDLE"},
        {{"release", ""}, "no handle"},
        {{"release", "1.x", "--outcome", "great"}, "ok, dropped or failed"},
        {{"demo", "--json"}, "--json"},
        {{"cancel", ""}, "REQUEST_ID"},
        {{"check", "db", "x"}, "TOKEN: 'x' is no number"},
        {{"check", "db", "0"}, "TOKEN"},
        {{"check", "db"}, "TOKEN is required"},
        {{"evict"}, "admit evict POOL TOKEN"},
        {{"evict", "db"}, "admit evict POOL TOKEN"},
        {{"evict", "db", "1", "--worker", "w"}, "admit evict POOL TOKEN"},
        {{"top", "--once", "--interval", "1ms"}, "at least 100ms"},
        {{"top", "--once", "--interval", "x"}, "no duration"},
    };
    for (const wrong_case& c : cases) {
        const early_end end = bad(c.words);
        EXPECT_EQ(end.exit_status, 64) << c.hint;
        EXPECT_NE(end.text.find(c.hint), std::string::npos) << c.hint << " in: " << end.text;
        EXPECT_EQ(end.text.substr(0, 7), "admit: ");
        EXPECT_EQ(end.text.back(), '\n');
    }
}

TEST_F(Arguments, HelpHasExamplesForEachCommand) {
    for (const command& each : commands()) {
        std::vector<std::string> words;
        const std::string name{each.name};
        const std::size_t space = name.find(' ');
        words.push_back(name.substr(0, space));
        if (space != std::string::npos) words.push_back(name.substr(space + 1));
        words.emplace_back("--help");

        const early_end end = bad(words);
        EXPECT_EQ(end.exit_status, 0) << name;
        const std::size_t examples = end.text.find("Examples:");
        ASSERT_NE(examples, std::string::npos) << name;
        EXPECT_NE(end.text.find("admit " + name, examples), std::string::npos) << name;
        EXPECT_NE(end.text.find("Usage: admit " + name), std::string::npos) << name;
    }
    EXPECT_NE(bad({"run", "--help"}).text.find("POOL -- COMMAND ARGS..."), std::string::npos);
}

TEST_F(Arguments, TheHelpOfAllNamesCommandsAndExitStatuses) {
    const std::string text = bad({"--help"}).text;
    for (const command& each : commands()) {
        if (each.name.find(' ') != std::string_view::npos) continue;
        EXPECT_NE(text.find("  " + std::string{each.name} + " "), std::string::npos) << each.name;
    }
    for (const exit_status::meaning& each : exit_status::meanings)
        EXPECT_NE(text.find(each.text), std::string::npos) << each.status;
    EXPECT_EQ(bad({"--version"}).text.substr(0, 6), "admit ");
}

}  // namespace
}  // namespace admit::client
