// The library over real sockets: answers that are lost, late, strange or cut at any byte.
#include "client/client.hpp"

#include "tests/client/support/fake_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <utility>

namespace admit::client {
namespace {

using namespace std::chrono_literals;
using namespace testing;

acquire_options wanted(std::optional<std::chrono::milliseconds> wait = 0ms) {
    acquire_options o;
    o.pool = "db";
    o.worker = "w1";
    o.wait = wait;
    return o;
}

const std::string renewed_json =
    R"({"token":17,"status":"renewed","ttl_ms":30000,"renew_in_ms":10000,"floor":17})";
const std::string released_json =
    R"({"status":"released","token":17,"held_ms":5,"pools":[{"pool":"db","active":0,"limit":2}]})";

fake_reply ordinary(const fake_request& r) {
    if (r.target == "/v1/acquire") return answer(200, granted_json(30'000, 10'000));
    if (r.target == "/v1/renew") return answer(200, renewed_json);
    if (r.target == "/v1/release") return answer(200, released_json);
    if (r.target == "/v1/cancel") return answer(200, R"({"status":"cancelled"})");
    if (r.method == "DELETE") return {"HTTP/1.1 204 No Content\r\n\r\n"};
    return answer(200, R"({"pools":[]})");
}

TEST(Client, KeepsOneConnectionForManyCalls) {
    fake_server server{&ordinary};
    client c{server.address()};

    const result<admitted> got = c.acquire(wanted());
    ASSERT_TRUE(got) << message(got.error());
    EXPECT_EQ(got->handle, "17.secret");
    EXPECT_EQ(got->lease.pool.limit, 2);
    const result<renewed_lease> renewed = c.renew(got->handle);
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->ttl_ms, 30'000);
    EXPECT_TRUE(c.release(got->handle));
    EXPECT_TRUE(c.cancel("id"));
    EXPECT_TRUE(c.pools());
    EXPECT_TRUE(c.set_pool("p", 2));
    EXPECT_TRUE(c.delete_pool("p"));

    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.requests().size(), 7U);
}

TEST(Client, SaysWhatTheContractWantsToHear) {
    fake_server server{&ordinary};
    client c{server.address()};
    acquire_options o = wanted();
    o.slots = 2;
    o.ttl = 60s;
    o.start = true;
    o.labels = {{"job", "nightly"}};
    o.request_id = "mine";

    ASSERT_TRUE(c.acquire(o));

    const fake_request r = server.requests().front();
    EXPECT_EQ(r.method, "POST");
    EXPECT_NE(r.head.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"),
              std::string::npos);
    for (const char* part :
         {R"("pool":"db")", R"("slots":2)", R"("worker":"w1")", R"("ttl_ms":60000)",
          R"("start":true)", R"("job":"nightly")", R"("request_id":"mine")"})
        EXPECT_NE(r.body.find(part), std::string::npos) << part << " in " << r.body;
}

/// Acquires once from a server whose first reply ends after `cut` bytes.
void lose_answer_at(const std::string& whole, std::size_t cut) {
    bool first = true;
    fake_server server{[&](const fake_request&) {
        fake_reply reply{whole};
        if (std::exchange(first, false)) reply.cut_at = cut;
        return reply;
    }};
    client c{server.address()};

    const result<admitted> got = c.acquire(wanted());

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

TEST(Client, TwoAdmissionsHaveTwoIds) {
    fake_server server{&ordinary};
    client c{server.address()};
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(c.acquire(wanted()));
    for (const fake_request& r : server.requests())
        ids.insert(member(r.body, "request_id"));

    EXPECT_EQ(ids.size(), 20U);
}

TEST(Client, AConnectionThatWasClosedMeanwhileIsReplacedWithoutDelay) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        reply.close = true;
        return reply;
    }};
    client c{server.address()};
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(c.release("17.secret"));

    EXPECT_EQ(server.connections(), 10);
    EXPECT_EQ(server.requests().size(), 10U);
}

TEST(Client, BytesBehindAnAnswerAreNotTakenForTheNextOne) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        if (r.number == 1) reply.bytes += http_answer(200, R"({"evil":true})");
        return reply;
    }};
    client c{server.address()};

    ASSERT_TRUE(c.release("17.secret"));
    ASSERT_TRUE(c.renew("17.secret"));
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
        client one{server.address(), 300ms};

        const result<renewed_lease> got = one.renew("17.secret");

        ASSERT_FALSE(got) << c.what;
        EXPECT_EQ(got.error().why, c.expected) << c.what << ": " << message(got.error());
        EXPECT_FALSE(message(got.error()).empty());
    }
}

TEST(Client, PatienceBoundsASilentServer) {
    fake_server server{[](const fake_request&) { return silence(); }};
    client c{server.address(), 300ms};
    const auto begin = std::chrono::steady_clock::now();

    const result<renewed_lease> got = c.renew("17.secret");

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::lost);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(Client, NobodyThereIsUnreachableAndSaysWhere) {
    std::uint16_t port = 0;
    { port = fake_server{&ordinary}.port(); }
    client c{{"127.0.0.1", port}, 200ms};

    const result<std::vector<pool_view>> got = c.pools();

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::unreachable);
    EXPECT_NE(message(got.error()).find(std::to_string(port)), std::string::npos);
}

TEST(Client, FindsTheServerByName) {
    fake_server server{&ordinary};
    client c{{"localhost", server.port()}};

    EXPECT_TRUE(c.pools());
}

TEST(Client, ANameThatDoesNotExistIsUnreachable) {
    client c{{"no-such-host.invalid", 8080}, 200ms};

    const result<std::vector<pool_view>> got = c.pools();

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().why, cause::unreachable);
}

TEST(Client, AServerInTroubleIsAskedAgain) {
    fake_server server{[](const fake_request& r) {
        return r.number < 4 ? answer(503, problem_json(503, "overloaded")) : ordinary(r);
    }};
    client c{server.address()};

    EXPECT_TRUE(c.release("17.secret"));
    EXPECT_EQ(server.requests().size(), 4U);
}

TEST(Client, ALateAnswerOfASliceIsWaitedFor) {
    fake_server server{[](const fake_request& r) {
        fake_reply reply = ordinary(r);
        reply.delay = 300ms;
        return reply;
    }};
    client c{server.address()};

    EXPECT_TRUE(c.acquire(wanted(1s)));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Client, AWaitThatIsOverLeavesTheLine) {
    fake_server server{[](const fake_request& r) {
        if (r.target != "/v1/acquire") return ordinary(r);
        fake_reply reply = answer(202, R"({"status":"queued","request_id":"r","ticket":4,)"
                                       R"("position":3,"waiting":9,"reason":"db is full",)"
                                       R"("estimate_ms":1200})");
        reply.delay = 200ms;
        return reply;
    }};
    client c{server.address()};

    const result<admitted> got = c.acquire(wanted(200ms));

    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().answer.code, errc::wait_timeout);
    const fake_request cancel = server.wait_for("/v1/cancel");
    EXPECT_EQ(member(cancel.body, "request_id"),
              member(server.requests().front().body, "request_id"));
}

TEST(Client, ReadsAllPagesOfPools) {
    fake_server server{[](const fake_request& r) {
        const bool first = r.target == "/v1/pools";
        const std::string pool = R"({"pool":")" + std::string{first ? "a" : "b"} +
                                 R"(","version":1,"source":"api","limit":4,"active":2,"waiting":0,)"
                                 R"("unclaimed":0,"mode":"open","over_limit_by":0,"stats":{}})";
        return answer(200, "{\"pools\":[" + pool + "]" + (first ? R"(,"next":"a")" : "") + "}");
    }};
    client c{server.address()};

    const result<std::vector<pool_view>> got = c.pools();

    ASSERT_TRUE(got) << message(got.error());
    ASSERT_EQ(got->size(), 2U);
    EXPECT_EQ((*got)[1].pool, "b");
    EXPECT_EQ(server.requests().back().target, "/v1/pools?after=a");
}

TEST(Client, CanBeMovedAndOutlivesNothing) {
    fake_server server{&ordinary};
    client first{server.address()};
    ASSERT_TRUE(first.pools());

    client second{std::move(first)};

    EXPECT_TRUE(second.pools());
    EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace admit::client
