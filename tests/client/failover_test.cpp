// Several addresses of one service, some of which are dead.
#include "tests/client/support/many_leases.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <vector>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using clock = std::chrono::steady_clock;

/// A port on which nobody answers, not even the kernel: its backlog is full.
class black_hole {
public:
    black_hole() {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        where_.sin_family = AF_INET;
        where_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where_;
        if (::bind(listener_, address(), size) != 0 || ::listen(listener_, 0) != 0 ||
            ::getsockname(listener_, address(), &size) != 0)
            throw std::runtime_error("no port");
        for (int i = 0; i < 4; ++i) {
            fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            ::connect(fillers_.back(), address(), size);
        }
    }
    ~black_hole() {
        for (const int fd : fillers_)
            ::close(fd);
        ::close(listener_);
    }
    black_hole(const black_hole&) = delete;
    black_hole& operator=(const black_hole&) = delete;

    server_address where() const { return {"127.0.0.1", ntohs(where_.sin_port)}; }

private:
    sockaddr* address() { return reinterpret_cast<sockaddr*>(&where_); }

    int listener_ = -1;
    sockaddr_in where_{};
    std::vector<int> fillers_;
};

server_address nobody() {
    const fake_server gone{&ordinary};
    return gone.address();
}

client_options these(std::vector<server_address> servers, std::chrono::milliseconds patience = 5s) {
    client_options o;
    o.servers = std::move(servers);
    o.patience = patience;
    return o;
}

TEST(Failover, TheSecondIsUsedAtOnceWhenNobodyIsAtTheFirst) {
    fake_server second{&ordinary};
    blocking_client c{these({nobody(), second.address()})};
    const auto begin = clock::now();

    const result<lease> got = c.acquire(wanted());

    ASSERT_TRUE(got) << message(got.error());
    EXPECT_LT(clock::now() - begin, 2s);
    EXPECT_EQ(second.requests().size(), 1U);
}

TEST(Failover, TheFirstIsAskedFirst) {
    fake_server first{&ordinary};
    fake_server second{&ordinary};
    blocking_client c{these({first.address(), second.address()})};
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(c.call(calls::list_pools{}));

    EXPECT_EQ(first.requests().size(), 3U);
    EXPECT_EQ(second.connections(), 0);
}

TEST(Failover, OneThatSwallowsConnectionsCostsItsShareOnlyOnce) {
    black_hole first;
    fake_server second{&ordinary};
    blocking_client c{these({first.where(), second.address()}, 2s)};
    const auto begin = clock::now();
    for (int i = 0; i < 5; ++i) {
        const result<pools_page> got = c.call(calls::list_pools{});
        ASSERT_TRUE(got) << message(got.error());
    }
    EXPECT_LT(clock::now() - begin, 2s);
}

// Such as one whose process is stopped: the kernel takes the connection, nobody answers.
TEST(Failover, OneThatAnswersNothingLeavesTimeForTheSecond) {
    fake_server first{[](const fake_request&) { return silence(); }};
    fake_server second{&ordinary};
    blocking_client c{these({first.address(), second.address()}, 4s)};

    const result<pools_page> got = c.call(calls::list_pools{});

    ASSERT_TRUE(got) << message(got.error());
    EXPECT_EQ(first.requests().size(), 1U);
    EXPECT_EQ(second.requests().size(), 1U);
}

TEST(Failover, OneThatDiesInTheMiddleIsReplaced) {
    many_leases all{3'000, 100};
    std::optional<fake_server> first{std::in_place, std::ref(all)};
    fake_server second{std::ref(all)};
    blocking_client c{these({first->address(), second.address()})};
    const result<lease> held = c.acquire(wanted());
    ASSERT_TRUE(held) << message(held.error());
    first->wait_for("/v1/renew", 2);
    first.reset();
    second.wait_for("/v1/renew", 3);

    EXPECT_TRUE(c.call(calls::list_pools{}));
    EXPECT_FALSE(held->is_lost());
}

TEST(Failover, OneThatSays503IsLeftAtOnceWhateverItsHint) {
    fake_server first{[](const fake_request&) {
        return fake_reply{
            http_answer(503, problem_json(503, "shutting_down"), "Retry-After: 60\r\n")};
    }};
    fake_server second{&ordinary};
    blocking_client c{these({first.address(), second.address()})};
    const auto begin = clock::now();

    const result<lease> got = c.acquire(wanted());

    ASSERT_TRUE(got) << message(got.error());
    EXPECT_LT(clock::now() - begin, 4s);
    EXPECT_EQ(member(first.requests().at(0).body, "request_id"),
              member(second.requests().at(0).body, "request_id"));
    EXPECT_TRUE(c.call(calls::list_pools{}));
    EXPECT_EQ(first.requests().size(), 1U) << "the second is kept";
}

TEST(Failover, AServerInTroubleIsToldOfRatherThanOneThatIsNotThere) {
    fake_server first{
        [](const fake_request&) { return answer(503, problem_json(503, "not_ready")); }};
    blocking_client c{these({first.address(), nobody()}, 300ms)};

    const result<pools_page> got = c.call(calls::list_pools{});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().answer.code, errc::not_ready) << message(got.error());
}

TEST(Failover, AllDeadIsUnreachableAndSaysWhere) {
    const server_address first = nobody();
    const server_address second = nobody();
    blocking_client c{these({first, second}, 300ms)};

    const result<pools_page> got = c.call(calls::list_pools{});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::unreachable);
    const std::string text = message(got.error());
    EXPECT_TRUE(text.find(url(first)) != std::string::npos ||
                text.find(url(second)) != std::string::npos)
        << text;
}

}  // namespace
}  // namespace admit::client
