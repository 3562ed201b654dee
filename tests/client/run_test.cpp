// `admit run` with real commands: what they get, how they end, and what the server hears of it.
#include "tests/client/support/fake_admit.hpp"
#include "tests/client/support/process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace admit::client::testing {
namespace {

using namespace std::chrono_literals;

class Run : public ::testing::Test {
protected:
    std::vector<std::string> run(std::initializer_list<std::string> command) {
        std::vector<std::string> words =
            admit({"--url", server.url(), "run", "--worker", "w1", "db", "--"});
        words.insert(words.end(), command);
        return words;
    }
    std::vector<std::string> script(const std::string& text) { return run({"sh", "-c", text}); }

    std::string released_as() {
        const std::string how = member(server.wait_for("/v1/release").body, "outcome");
        return how.empty() ? "ok" : how;
    }

    fake_admit pool;
    fake_server server{pool.handler()};
};

struct ending_case {
    const char* script;
    int status;
    const char* outcome;
};

TEST_F(Run, EndsAsTheCommandDoesAndSaysSo) {
    const ending_case cases[] = {
        {"exit 0", 0, "ok"},
        {"exit 1", 1, "failed"},
        {"exit 70", 70, "failed"},
        {"exit 255", 255, "failed"},
        {"kill -TERM $$", 128 + SIGTERM, "failed"},
        {"kill -KILL $$", 128 + SIGKILL, "failed"},
        {"kill -INT $$", 128 + SIGINT, "failed"},
        {"kill -PIPE $$", 128 + SIGPIPE, "failed"},
    };
    int count = 0;
    for (const ending_case& c : cases) {
        process admit{script(c.script)};
        EXPECT_EQ(admit.wait(), c.status) << c.script;
        const fake_request release = server.wait_for("/v1/release", ++count);
        const std::string how = member(release.body, "outcome");
        EXPECT_EQ(how.empty() ? "ok" : how, c.outcome) << c.script;
        EXPECT_EQ(member(release.body, "handle"), "17.secret");
        EXPECT_EQ(admit.errors(), "") << c.script;
    }
}

TEST_F(Run, SaysLikeAShellThatACommandCannotBeStarted) {
    process missing{run({"/no/such/command"})};
    EXPECT_EQ(missing.wait(), 127);
    EXPECT_EQ(missing.errors(), "admit: /no/such/command: No such file or directory\n");
    EXPECT_EQ(released_as(), "dropped");

    process directory{run({"/"})};
    EXPECT_EQ(directory.wait(), 126);

    process unknown{run({"no-such-command-in-the-path"})};
    EXPECT_EQ(unknown.wait(), 127);
}

TEST_F(Run, PassesWordsThroughAsTheyAre) {
    process admit{run({"printf", "<%s>", "a b", "", "$HOME", "--", "-x", "*", "[1,2]"})};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(admit.output(), "<a b><><$HOME><--><-x><*><[1,2]>");
}

TEST_F(Run, TheCommandKnowsItsLease) {
    process admit{script("echo $ADMIT_HANDLE $ADMIT_TOKEN $ADMIT_POOL $ADMIT_URL $MINE"),
                  {.input = {}, .environment = {"MINE=kept", "ADMIT_TOKEN=old"}, .ignored = {}}};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(admit.output(), "17.secret 17 db " + server.url() + " kept\n");
}

TEST_F(Run, StdinStdoutAndStderrAreTheCommands) {
    process admit{script("cat; echo trouble >&2"),
                  {.input = "typed", .environment = {}, .ignored = {}}};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(admit.output(), "typed");
    EXPECT_EQ(admit.errors(), "trouble\n");
}

TEST_F(Run, TheLeaseIsBornBusyAndAskedForWithoutLimit) {
    process admit{script("true")};
    EXPECT_EQ(admit.wait(), 0);

    const std::string body = server.requests().front().body;
    EXPECT_NE(body.find(R"("start":true)"), std::string::npos);
    EXPECT_NE(body.find(R"("wait_ms":50000)"), std::string::npos);
    EXPECT_NE(body.find(R"("keep_ms":10000)"), std::string::npos);
}

TEST_F(Run, PassesSignalsOn) {
    const std::pair<int, const char*> all[] = {
        {SIGINT, "INT"},   {SIGTERM, "TERM"}, {SIGHUP, "HUP"},     {SIGQUIT, "QUIT"},
        {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}, {SIGWINCH, "WINCH"},
    };
    std::string text;
    for (const auto& [number, name] : all)
        text += std::string{"trap 'echo got "} + name + "' " + name + "; ";
    text += "trap 'exit 9' CONT; echo ready; while :; do sleep 0.01; done";
    process admit{script(text)};
    ASSERT_TRUE(admit.says("ready"));
    for (const auto& [number, name] : all) {
        admit.signal(number);
        EXPECT_TRUE(admit.says(std::string{"got "} + name)) << name;
    }
    admit.signal(SIGCONT);
    EXPECT_EQ(admit.wait(), 9);
}

TEST_F(Run, ACommandThatIsStoppedKeepsItsSlotAndGoesOn) {
    process admit{script("echo ready; kill -STOP $$; echo again")};
    ASSERT_TRUE(admit.says("ready"));
    EXPECT_EQ(admit.wait(100ms), std::nullopt);

    admit.signal(SIGCONT);

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_TRUE(admit.says("again"));
}

TEST_F(Run, WhatWasIgnoredStaysIgnored) {
    process admit{script("echo ready; kill -HUP $$; kill -INT $$; echo alive"),
                  {.input = {}, .environment = {}, .ignored = {SIGHUP, SIGINT}}};
    ASSERT_TRUE(admit.says("ready"));
    admit.signal(SIGHUP);

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_TRUE(admit.says("alive"));
}

TEST_F(Run, TheCommandHasSignalsAsTheyWere) {
    // The last process of a broken pipe dies by SIGPIPE, as it would without admit.
    process admit{run({"bash", "-c", "yes | head -1 >/dev/null; echo ${PIPESTATUS[0]}"})};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(admit.output(), "141\n");
}

TEST_F(Run, TheCommandInheritsNoneOfOurDescriptors) {
    process admit{run({"ls", "/proc/self/fd"})};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(admit.output(), "0\n1\n2\n3\n") << "3 is the directory itself";
}

TEST_F(Run, AProcessThatTheCommandLeavesBehindIsItsOwnAffair) {
    process admit{script("sleep 30 >/dev/null 2>&1 & echo $!")};

    EXPECT_EQ(admit.wait(), 0);
    const pid_t left = std::stoi(admit.output());
    EXPECT_EQ(::kill(left, 0), 0);
    ::kill(left, SIGKILL);
}

// The group of a command ends with admit even when that could not do anything about it.
TEST_F(Run, KilledWithNineTheWholeGroupGoesToo) {
    process admit{script("trap '' TERM; sleep 300 & (trap '' TERM; sleep 300) & echo ready; wait")};
    ASSERT_TRUE(admit.says("ready"));

    admit.signal(SIGKILL);

    EXPECT_EQ(admit.wait(), 128 + SIGKILL);
    EXPECT_TRUE(admit.silent_within(5s)) << "somebody of the group still has stdout";
}

TEST_F(Run, OnATerminalCtrlCGoesToTheCommandAlone) {
    process admit{
        script("trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.01; done"),
        {.input = {}, .environment = {}, .ignored = {}, .on_terminal = true}};
    ASSERT_TRUE(admit.says("ready"));

    admit.type("\x03");

    EXPECT_EQ(admit.wait(), 5);
    EXPECT_TRUE(admit.says("interrupted"));
    EXPECT_EQ(released_as(), "failed");
}

TEST_F(Run, OnATerminalTheCommandReadsWhatIsTyped) {
    process admit{script("echo ready; read line; echo \"<$line>\""),
                  {.input = {}, .environment = {}, .ignored = {}, .on_terminal = true}};
    ASSERT_TRUE(admit.says("ready"));

    admit.type("hello\n");

    EXPECT_TRUE(admit.says("<hello>"));
    EXPECT_EQ(admit.wait(), 0);
}

}  // namespace
}  // namespace admit::client::testing
