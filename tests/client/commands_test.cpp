// `admit acquire`, `renew`, `release`, `pools`: what scripts see of them.
#include "tests/client/support/fake_admit.hpp"
#include "tests/client/support/process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace admit::client::testing {
namespace {

using namespace std::chrono_literals;

class Commands : public ::testing::Test {
protected:
    process_options here(bool output_closed = false) {
        process_options o;
        o.environment = {"ADMIT_URL=" + server.url()};
        o.output_closed = output_closed;
        return o;
    }

    fake_admit pool;
    fake_server server{pool.handler()};
};

TEST_F(Commands, AcquirePrintsTheHandleAndNothingElse) {
    process one{admit({"acquire", "db"}), here()};

    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(one.output(), "17.secret\n");
    EXPECT_EQ(one.errors(), "");
}

TEST_F(Commands, JsonIsTheWholeAnswer) {
    process one{admit({"acquire", "db", "--json"}), here()};
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(one.output(), granted_json(30'000, 10'000) + "\n");

    process two{admit({"release", "17.secret", "--json"}), here()};
    EXPECT_EQ(two.wait(), 0);
    EXPECT_EQ(two.output(),
              "{\"status\":\"released\",\"token\":17,\"held_ms\":5,\"pools\":"
              "[{\"pool\":\"db\",\"active\":0,\"limit\":2}]}\n");
}

TEST_F(Commands, RenewAndReleaseSayWhatTheyDid) {
    process renew{admit({"renew", "17.secret"}), here()};
    EXPECT_EQ(renew.wait(), 0);
    EXPECT_EQ(renew.output(), "renewed for 30s, next in 10s\n");

    process release{admit({"release", "17.secret", "--outcome", "dropped"}), here()};
    EXPECT_EQ(release.wait(), 0);
    EXPECT_EQ(release.output(), "released after 5ms\n");
    EXPECT_EQ(member(server.requests().back().body, "outcome"), "dropped");
}

TEST_F(Commands, AGoneLeaseIs70) {
    pool.renew_status = 410;
    process one{admit({"renew", "17.secret"}), here()};

    EXPECT_EQ(one.wait(), 70);
    EXPECT_EQ(one.output(), "");
    EXPECT_EQ(one.errors(), "admit: because (lease_expired)\n");
}

// Nobody has read the handle, so nobody could ever release it.
TEST_F(Commands, ALeaseWhoseHandleCannotBeWrittenIsGivenBack) {
    process one{admit({"acquire", "db"}), here(true)};

    EXPECT_EQ(one.wait(), 1);
    EXPECT_EQ(member(server.wait_for("/v1/release").body, "outcome"), "dropped");
}

TEST_F(Commands, CtrlCInLineCancels) {
    pool.full = true;
    process one{admit({"acquire", "db", "--wait", "5m"}), here()};
    const std::string id = member(server.wait_for("/v1/acquire").body, "request_id");
    one.signal(SIGINT);

    EXPECT_EQ(one.wait(), 130);
    EXPECT_EQ(member(server.wait_for("/v1/cancel").body, "request_id"), id);
}

TEST_F(Commands, AClosedPipeIsAnError) {
    process one{admit({"release", "17.secret"}), here(true)};

    EXPECT_EQ(one.wait(), 1);
}

}  // namespace
}  // namespace admit::client::testing
