// The command line, without running anything.
#include "client/cli/arguments.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

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
    static early_end bad(const std::vector<std::string>& words) {
        const auto read = parse(words);
        const auto* end = std::get_if<early_end>(&read);
        return end != nullptr ? *end : early_end{-1, "accepted"};
    }
};

TEST_F(Arguments, RunWaitsWithoutLimitUnlessTold) {
    const arguments a = good({"run", "db", "--", "./backup.sh", "-x"});

    EXPECT_EQ(a.what, verb::run);
    EXPECT_EQ(a.acquire.pool, "db");
    EXPECT_EQ(a.acquire.wait, std::nullopt);
    EXPECT_TRUE(a.acquire.start);
    EXPECT_EQ(a.grace, 5s);
    EXPECT_EQ(a.command, (std::vector<std::string>{"./backup.sh", "-x"}));
    EXPECT_EQ(a.server, server_address{});
    EXPECT_NE(a.acquire.worker.find(':'), std::string::npos);

    EXPECT_EQ(good({"run", "-n", "db", "--", "x"}).acquire.wait, 0ms);
    EXPECT_EQ(good({"run", "-w", "30s", "db", "--", "x"}).acquire.wait, 30s);
    EXPECT_EQ(good({"run", "--wait", "1h30m", "db", "--", "x"}).acquire.wait, 90min);
}

TEST_F(Arguments, AllOptionsOfRun) {
    const arguments a = good({"--url",   "db.example:99", "run",      "--slots",      "3",
                              "--ttl",   "10s",           "--worker", "w 1",          "--label",
                              "b=2",     "--label",       "a=[1,2]",  "--request-id", "mine",
                              "--grace", "250ms",         "db",       "--",           "x"});

    EXPECT_EQ(a.server, (server_address{"db.example", 99}));
    EXPECT_EQ(a.acquire.slots, 3);
    EXPECT_EQ(a.acquire.ttl, 10s);
    EXPECT_EQ(a.acquire.worker, "w 1");
    EXPECT_EQ(a.acquire.labels, (labels{{"a", "[1,2]"}, {"b", "2"}}));
    EXPECT_EQ(a.acquire.request_id, "mine");
    EXPECT_EQ(a.grace, 250ms);
}

TEST_F(Arguments, TheWordsOfTheCommandAreNobodysOptions) {
    const arguments a =
        good({"run", "db", "--", "git", "log", "--", "--help", "-n", "", "[a,b]", "run"});

    EXPECT_EQ(a.command,
              (std::vector<std::string>{"git", "log", "--", "--help", "-n", "", "[a,b]", "run"}));
}

TEST_F(Arguments, APoolMayBeCalledLikeACommand) {
    EXPECT_EQ(good({"run", "pools", "--", "x"}).acquire.pool, "pools");
    EXPECT_EQ(good({"acquire", "run"}).acquire.pool, "run");
    EXPECT_EQ(good({"acquire", "demo"}).acquire.pool, "demo");
}

TEST_F(Arguments, TheUrlMayStandAnywhereAndTheEnvironmentIsItsDefault) {
    EXPECT_EQ(good({"pools", "--url", "h:1"}).server, (server_address{"h", 1}));
    ::setenv("ADMIT_URL", "http://other:2", 1);
    EXPECT_EQ(good({"pools"}).server, (server_address{"other", 2}));
    EXPECT_EQ(good({"--url", "h:1", "pools"}).server, (server_address{"h", 1}));
    ::setenv("ADMIT_URL", "https://other", 1);
    EXPECT_EQ(bad({"pools"}).exit_status, 64);
}

TEST_F(Arguments, TheWorkerComesFromTheEnvironment) {
    ::setenv("ADMIT_WORKER", "builder 7", 1);
    EXPECT_EQ(good({"acquire", "db"}).acquire.worker, "builder 7");
    EXPECT_EQ(good({"acquire", "db", "--worker", "w"}).acquire.worker, "w");
}

TEST_F(Arguments, TheOtherCommands) {
    const arguments acquire = good({"acquire", "db", "--json"});
    EXPECT_EQ(acquire.acquire.wait, 0ms);
    EXPECT_FALSE(acquire.acquire.start);
    EXPECT_TRUE(acquire.json);
    EXPECT_EQ(good({"acquire", "db", "--wait", "30s"}).acquire.wait, 30s);

    const arguments renew = good({"renew", "17.x", "--ttl", "5m"});
    EXPECT_EQ(renew.what, verb::renew);
    EXPECT_EQ(renew.handle, "17.x");
    EXPECT_EQ(renew.ttl, 5min);

    EXPECT_EQ(good({"release", "17.x"}).outcome, outcome::ok);
    EXPECT_EQ(good({"release", "17.x", "--outcome", "failed"}).outcome, outcome::failed);
    EXPECT_EQ(good({"pools"}).what, verb::pools);
    EXPECT_EQ(good({"demo"}).what, verb::demo);
}

TEST_F(Arguments, WrongUseIs64WithAHint) {
    struct wrong_case {
        std::vector<std::string> words;
        const char* hint;
    };
    const wrong_case cases[] = {
        {{}, "the command is missing"},
        {{"rum"}, "the command is missing"},
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
        {{"run", "--slots", "0", "db", "--", "x"}, "from 1 to 1000000"},
        {{"run", "--slots", "two", "db", "--", "x"}, "--slots"},
        {{"run", "--label", "x", "db", "--", "x"}, "key=value"},
        {{"run", "--label", "=x", "db", "--", "x"}, "key=value"},
        {{"run", "--label", "a=1", "--label", "a=2", "db", "--", "x"}, "given twice"},
        {{"run", "--worker", "a\nb", "db", "--", "x"}, "--worker"},
        {{"run", "--frobnicate", "db", "--", "x"}, "--frobnicate"},
        {{"run", "a/b", "--", "x"}, "'a/b' cannot be the name of a pool"},
        {{"acquire", ""}, "cannot be the name of a pool"},
        {{"--url", "ftp://x", "pools"}, "http://host:port"},
        {{"release"}, "HANDLE"},
        {{"release", ""}, "no handle"},
        {{"release", "1.x", "--outcome", "great"}, "ok, dropped or failed"},
        {{"demo", "--json"}, "--json"},
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
    for (const char* what : {"run", "acquire", "renew", "release", "pools"}) {
        const early_end end = bad({what, "--help"});
        EXPECT_EQ(end.exit_status, 0);
        EXPECT_NE(end.text.find("Examples:"), std::string::npos) << what;
        EXPECT_NE(end.text.find(std::string{"admit "} + what), std::string::npos) << what;
    }
    EXPECT_NE(bad({"--help"}).text.find("Exit status:"), std::string::npos);
    EXPECT_NE(bad({"run", "--help"}).text.find("POOL -- COMMAND ARGS..."), std::string::npos);
    EXPECT_EQ(bad({"--version"}).text.substr(0, 6), "admit ");
}

}  // namespace
}  // namespace admit::client
