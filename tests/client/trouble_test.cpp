// The library when answers are lost, late, strange or cut at any byte.
#include "tests/client/support/ordinary.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

/// Acquires once from a server whose first reply ends after `cut` bytes.
void lose_answer_at(const std::string& whole, std::size_t cut) {
    bool first = true;
    fake_server server{[&](const fake_request&) {
        fake_reply reply{whole};
        if (std::exchange(first, false)) reply.cut_at = cut;
        return reply;
    }};
    blocking_client c{only(server)};

    const result<lease> got = c.acquire(wanted());

    ASSERT_TRUE(got) << "cut at " << cut << ": " << message(got.error());
    const std::vector<fake_request> seen = server.requests();
    ASSERT_EQ(seen.size(), 2U) << "cut at " << cut;
    EXPECT_EQ(seen[0].body, seen[1].body);
    EXPECT_EQ(member(seen[0].body, "request_id").size(), 32U);
}

// The repeat has the same id, so a real server finds the same lease. Side by side, for each one
// spends most of its time in the back-off.
TEST(Client, AnAnswerLostAtAnyByteIsAskedForAgainWithTheSameId) {
    const std::string whole = http_answer(200, granted_json(30'000, 10'000));
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i)
        threads.emplace_back([&] {
            for (std::size_t cut = next++; cut < whole.size(); cut = next++)
                lose_answer_at(whole, cut);
        });
    for (std::thread& t : threads)
        t.join();
}

TEST(Client, AConnectionThatWasClosedMeanwhileIsReplacedWithoutDelay) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        reply.close = true;
        return reply;
    }};
    blocking_client c{only(server)};
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(c.call(calls::release{"17.secret"}));

    EXPECT_EQ(server.connections(), 10);
    EXPECT_EQ(server.requests().size(), 10U);
}

TEST(Client, BytesBehindAnAnswerAreNotTakenForTheNextOne) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        if (r.number == 1) reply.bytes += http_answer(200, R"({"evil":true})");
        return reply;
    }};
    blocking_client c{only(server)};

    ASSERT_TRUE(c.call(calls::release{"17.secret"}));
    ASSERT_TRUE(c.call(calls::renew{"17.secret", {}}));
    EXPECT_EQ(server.connections(), 2);
}

struct strange_case {
    const char* what;
    std::string bytes;
    cause expected;
};

TEST(Client, StrangeAnswersAreFailuresAndNotMore) {
    const std::string deep = std::string(50'000, '[');
    const strange_case cases[] = {
        {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", cause::garbled},
        {"no JSON", http_answer(200, "<html>hello</html>"), cause::garbled},
        {"another JSON", http_answer(200, R"({"hello":1})"), cause::garbled},
        {"a number that is none", http_answer(200, R"({"token":1e999,"status":"renewed"})"),
         cause::garbled},
        {"deep JSON", http_answer(200, deep), cause::garbled},
        {"a redirect", http_answer(302, "", "Location: http://example.org/\r\n"), cause::garbled},
        {"a huge body announced", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
         cause::garbled},
        {"an endless header", "HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x'), cause::garbled},
        {"a refusal without a body", http_answer(404, ""), cause::refused},
        {"a proxy's refusal", http_answer(403, "<html>no</html>"), cause::refused},
    };
    for (const strange_case& c : cases) {
        fake_server server{[&](const fake_request&) {
            fake_reply reply{c.bytes};
            reply.close = true;
            return reply;
        }};
        blocking_client one{only(server, 300ms)};

        const result<renewed_lease> got = one.call(calls::renew{"17.secret", {}});

        ASSERT_FALSE(got) << c.what;
        EXPECT_EQ(got.error().why, c.expected) << c.what << ": " << message(got.error());
        EXPECT_FALSE(message(got.error()).empty());
    }
}

TEST(Client, PatienceBoundsASilentServer) {
    fake_server server{[](const fake_request&) { return silence(); }};
    blocking_client c{only(server, 300ms)};
    const auto begin = std::chrono::steady_clock::now();

    const result<renewed_lease> got = c.call(calls::renew{"17.secret", {}});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::lost);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(Client, NobodyThereIsUnreachableAndSaysWhere) {
    std::uint16_t port = 0;
    { port = fake_server{&ordinary}.port(); }
    blocking_client c{{.servers = {{"127.0.0.1", port}}, .patience = 200ms}};

    const result<pools_page> got = c.call(calls::list_pools{});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::unreachable);
    EXPECT_NE(message(got.error()).find(std::to_string(port)), std::string::npos);
}

TEST(Client, ANameThatDoesNotExistIsUnreachable) {
    blocking_client c{{.servers = {{"no-such-host.invalid", 8080}}, .patience = 200ms}};

    const result<pools_page> got = c.call(calls::list_pools{});

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::unreachable);
}

TEST(Client, AServerInTroubleIsAskedAgain) {
    fake_server server{[](const fake_request& r) {
        return r.number < 4 ? answer(503, problem_json(503, "overloaded")) : ordinary(r);
    }};
    blocking_client c{only(server)};

    EXPECT_TRUE(c.call(calls::release{"17.secret"}));
    EXPECT_EQ(server.requests().size(), 4U);
}

}  // namespace
}  // namespace admit::client
