// `admit run` when the lease, the server or the wait comes to its end.
#include "tests/client/support/fake_admit.hpp"
#include "tests/client/support/process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>

namespace admit::client::testing {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

class Loss : public ::testing::Test {
protected:
    std::vector<std::string> script(const std::string& text) {
        return admit({"--url", server->url(), "run", "db", "--", "sh", "-c", text});
    }

    fake_admit pool;
    std::unique_ptr<fake_server> server = std::make_unique<fake_server>(pool.handler());
};

TEST_F(Loss, RenewsWhileTheCommandRuns) {
    pool.renew_in_ms = 60;
    process admit{script("sleep 300")};

    EXPECT_EQ(server->wait_for("/v1/renew", 5).method, "POST");
    EXPECT_EQ(member(server->wait_for("/v1/renew").body, "handle"), "17.secret");
}

TEST_F(Loss, AGoneLeaseEndsTheCommandWithTermAndExitStatus70) {
    pool.renew_in_ms = 50;
    pool.renew_status = 410;
    process admit{
        script("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.01; done")};

    EXPECT_EQ(admit.wait(), 70);
    EXPECT_TRUE(admit.says("asked"));
    EXPECT_NE(admit.errors().find("lease lost: because (lease_expired)"), std::string::npos);
}

// A server without a memory of us was started in the meantime.
TEST_F(Loss, AnUnknownLeaseIsALostOne) {
    pool.renew_in_ms = 50;
    pool.renew_code = "unknown_lease";
    pool.renew_status = 404;
    process admit{script("sleep 300")};

    EXPECT_EQ(admit.wait(), 70);
}

TEST_F(Loss, WhoIgnoresTermIsKilledWithAllDescendantsAfterTheGrace) {
    pool.renew_in_ms = 50;
    pool.renew_status = 410;
    process admit{
        testing::admit({"--url", server->url(), "run", "--grace", "200ms", "db", "--", "sh", "-c",
                        "trap '' TERM; sleep 300 & (trap '' TERM; sleep 300) & "
                        "echo ready; while :; do sleep 300; done"})};

    EXPECT_EQ(admit.wait(), 70);
    EXPECT_TRUE(admit.silent_within(5s));
}

// The main process obeys TERM, the one that it started does not.
TEST_F(Loss, ADescendantThatOutlivesTheCommandIsKilledToo) {
    pool.renew_in_ms = 50;
    pool.renew_status = 410;
    process admit{
        testing::admit({"--url", server->url(), "run", "--grace", "200ms", "db", "--", "sh", "-c",
                        "sh -c 'trap \"\" TERM; while :; do sleep 300; done' & wait"})};

    EXPECT_EQ(admit.wait(), 70);
    EXPECT_TRUE(admit.silent_within(5s));
}

/// The last whole line of digits.
std::int64_t last_number(const std::string& output) {
    const std::size_t end = output.rfind('\n');
    const std::size_t begin = output.rfind('\n', end - 1) + 1;
    return std::stoll(output.substr(begin, end - begin));
}

// The command ignores TERM, and its grace is longer than the lease. It says itself until when it
// lived: not so long that the server could have given its slot to somebody else.
TEST_F(Loss, TheCommandIsDeadBeforeTheLeaseCanEndOnTheServer) {
    pool.ttl_ms = 2'000;
    pool.renew_in_ms = 600;
    process admit{script("trap '' TERM; while :; do date +%s%N; sleep 0.01; done")};
    server->wait_for("/v1/renew");
    const std::chrono::nanoseconds lease_ends_after =
        std::chrono::system_clock::now().time_since_epoch() + 2s;
    server.reset();

    EXPECT_EQ(admit.wait(), 70);
    ASSERT_TRUE(admit.silent_within(5s));
    EXPECT_LT(last_number(admit.output()), lease_ends_after.count());
    EXPECT_GT(last_number(admit.output()), lease_ends_after.count() - 1'000'000'000);
}

TEST_F(Loss, AServerThatIsAwayForAWhileCostsNothing) {
    pool.ttl_ms = 10'000;
    pool.renew_in_ms = 200;
    const std::string file = ::testing::TempDir() + "admit-" + std::to_string(::getpid());
    process admit{script("echo ready; while [ ! -e " + file + " ]; do sleep 0.02; done")};
    ASSERT_TRUE(admit.says("ready"));
    server->wait_for("/v1/renew");
    const std::uint16_t port = server->port();
    server.reset();
    EXPECT_EQ(admit.wait(700ms), std::nullopt);

    server = std::make_unique<fake_server>(pool.handler(), port);
    server->wait_for("/v1/renew", 2);
    process touch{{"touch", file}};

    EXPECT_EQ(admit.wait(), 0);
    EXPECT_EQ(server->wait_for("/v1/release").method, "POST");
    EXPECT_EQ(admit.errors(), "");
    ::unlink(file.c_str());
}

TEST_F(Loss, WhoWasStoppedForLongerThanTheLeaseBelievesNothingAfterwards) {
    pool.ttl_ms = 1'000;
    pool.renew_in_ms = 300;
    process admit{script("echo ready; while :; do sleep 300; done")};
    ASSERT_TRUE(admit.says("ready"));
    admit.signal(SIGSTOP);
    EXPECT_EQ(admit.wait(1'200ms), std::nullopt);
    admit.signal(SIGCONT);

    EXPECT_EQ(admit.wait(), 70);
    EXPECT_TRUE(admit.silent_within(5s));
    EXPECT_NE(admit.errors().find("lease lost"), std::string::npos);
}

TEST_F(Loss, AServerInTroubleIsNotALoss) {
    pool.ttl_ms = 10'000;
    pool.renew_in_ms = 50;
    pool.renew_code = "outcome_unknown";
    pool.renew_status = 503;
    process admit{script("echo ready; sleep 0.5")};
    server->wait_for("/v1/renew", 2);
    pool.renew_status = 0;

    EXPECT_EQ(admit.wait(), 0);
}

TEST_F(Loss, ARestOfTheLeaseIsGivenBackWhenTheServerIsThereAgain) {
    pool.renew_in_ms = 50;
    pool.renew_status = 410;
    process admit{script("sleep 300")};

    EXPECT_EQ(admit.wait(), 70);
    EXPECT_EQ(member(server->wait_for("/v1/release").body, "outcome"), "failed");
}

struct leave_case {
    int signal;
    int status;
};

TEST_F(Loss, ASignalWhileWaitingLeavesTheLineAtOnce) {
    pool.full = true;
    int count = 0;
    for (const leave_case c : {leave_case{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
        process admit{script("echo never")};
        const std::string id = member(server->wait_for("/v1/acquire", ++count).body, "request_id");
        const clock::time_point asked = clock::now();
        admit.signal(c.signal);

        EXPECT_EQ(admit.wait(), c.status);
        EXPECT_LT(clock::now() - asked, 2s);
        EXPECT_EQ(member(server->wait_for("/v1/cancel", count).body, "request_id"), id);
        EXPECT_EQ(admit.output(), "");
        EXPECT_EQ(admit.errors(), "");
    }
}

TEST_F(Loss, SaysOnATerminalThatItWaits) {
    fake_server busy{[](const fake_request& r) {
        if (r.target == "/v1/cancel") return answer(200, R"({"status":"cancelled"})");
        if (r.body.find(R"("wait_ms":0)") == std::string::npos &&
            r.body.find("wait_ms") != std::string::npos)
            return silence();
        return answer(202, R"({"status":"queued","request_id":"r","ticket":4,"position":3,)"
                           R"("waiting":9,"reason":"db is full","estimate_ms":1200})");
    }};
    process admit{testing::admit({"--url", busy.url(), "run", "db", "--", "true"}),
                  {.input = {}, .environment = {}, .ignored = {}, .on_terminal = true}};

    EXPECT_TRUE(admit.says("waiting for db, 3 of 9 in line (db is full), about 1.2s"));
    busy.wait_for("/v1/acquire", 2);
    admit.type("\x03");
    EXPECT_EQ(admit.wait(), 130);
}

TEST(NotAdmitted, HasItsExitStatus) {
    std::atomic<int> status{429};
    std::atomic<const char*> code{"pool_full"};
    fake_server server{
        [&](const fake_request&) { return answer(status, problem_json(status, code.load())); }};
    struct refusal_case {
        int status;
        const char* code;
        int exit_status;
    };
    for (const refusal_case& c : {refusal_case{429, "pool_full", 75},
                                  {409, "cancelled", 75},
                                  {404, "unknown_pool", 64},
                                  {422, "slots_exceed_limit", 64},
                                  {409, "request_mismatch", 64},
                                  {403, "forbidden", 1},
                                  {405, "method_not_allowed", 1}}) {
        status = c.status;
        code = c.code;
        process admit{
            testing::admit({"--url", server.url(), "run", "-n", "db", "--", "echo", "ran"})};
        EXPECT_EQ(admit.wait(), c.exit_status) << c.code;
        EXPECT_EQ(admit.output(), "");
        EXPECT_EQ(admit.errors(), std::string{"admit: because ("} + c.code + ")\n");
    }
}

TEST(NotAdmitted, NoServerIs69) {
    std::uint16_t port = 0;
    {
        port = fake_server{[](const fake_request&) { return fake_reply{}; }}.port();
    }
    process admit{testing::admit(
        {"--url", "127.0.0.1:" + std::to_string(port), "run", "db", "--", "echo", "ran"})};

    EXPECT_EQ(admit.wait(), 69);
    EXPECT_EQ(admit.output(), "");
}

}  // namespace
}  // namespace admit::client::testing
