// Sessions over real sockets, against a real engine.
#include "tests/http/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admit::http::testing {
namespace {

using ::testing::HasSubstr;

TEST(Session, DoesTheWholeJobOnOneConnection) {
    live world;
    world.limit("db", 1);
    visitor client(world.port());
    client.send(acquire_text("w"));
    const reply got = world.answer(client);
    EXPECT_EQ(got.status, 200);
    const std::size_t at = got.body.find("\"handle\":\"") + 10;
    const std::string handle = got.body.substr(at, got.body.find('"', at) - at);
    const std::string body = R"({"handle":")" + handle + R"("})";
    EXPECT_EQ(world.call(client, "POST", "/v1/renew", body).status, 200);
    EXPECT_EQ(world.call(client, "POST", "/v1/release", body).status, 200);
    EXPECT_THAT(world.call(client, "POST", "/v1/release", body).body,
                HasSubstr("already_released"));
    EXPECT_EQ(world.call(client, "POST", "/v1/renew", body).status, 410);
    EXPECT_EQ(world.counts().leases, 0u);
    EXPECT_EQ(world.server->connections(), 1u);
}

TEST(Session, AnswersTheSystemsCalls) {
    live world;
    visitor client(world.port());
    EXPECT_EQ(world.call(client, "GET", "/healthz").body, R"({"status":"ok"})");
    EXPECT_EQ(world.call(client, "GET", "/readyz").body, R"({"status":"ready"})");
    EXPECT_EQ(world.call(client, "GET", "/metrics").body, "some 1\n");
    EXPECT_EQ(world.call(client, "GET", "/v1/version").body,
              R"({"name":"admitd","version":"1.2.3","commit":"c0ffee","api":"v1"})");
    EXPECT_THAT(world.call(client, "GET", "/openapi.json").body, HasSubstr("\"/v1/acquire\""));
    const reply options = world.call(client, "OPTIONS", "/healthz");
    EXPECT_EQ(options.status, 204);
    EXPECT_THAT(options.head, HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(options.head, HasSubstr("\r\nDate: "));
    world.engine->drain();
    EXPECT_EQ(world.call(client, "GET", "/readyz").status, 503);
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
}

TEST(Session, ReadsAQueryToItsEndAndNoFurther) {
    live world;
    world.limit("db", 1);
    visitor client(world.port());
    const reply page = world.call(client, "GET", "/v1/pools?limit=1");
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("\"next\":\"db\""));
    EXPECT_EQ(world.call(client, "DELETE", "/v1/pools/db?force=true").status, 204);
}

TEST(Session, KeepsWebPagesOut) {
    live world;
    visitor client(world.port());
    for (const char* field :
         {"Sec-Fetch-Site: cross-site\r\n", "Origin: http://evil.example\r\n"}) {
        const reply refused = world.call(client, "POST", "/v1/acquire", "{}", field);
        EXPECT_EQ(refused.status, 403);
        EXPECT_THAT(refused.body, HasSubstr("cross_origin"));
    }
}

TEST(Session, AnswersABatchInItsOrder) {
    live world;
    visitor client(world.port());
    std::string batch;
    for (int i = 0; i < 200; ++i)
        batch += request_text("GET", i % 3 == 0 ? "/nothing" : "/v1/pools/default");
    client.send(batch);
    for (int i = 0; i < 200; ++i)
        ASSERT_EQ(world.answer(client).status, i % 3 == 0 ? 404 : 200) << i;
}

TEST(Session, DecidesNothingBehindACallThatWaits) {
    live world;
    world.limit("db", 1);
    const admit::token held = world.hold();
    visitor client(world.port());
    client.send(acquire_text("w", 60'000) + request_text("PUT", "/v1/pools/db", R"({"limit":7})"));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
    world.turn();
    EXPECT_TRUE(client.silent());
    EXPECT_EQ(std::get<pool_answer>(world.ask(core::show_pool{"db"})).pool.settings.limit, 1);

    world.let_go(held);
    EXPECT_THAT(world.answer(client).body, HasSubstr("\"acquired\""));
    EXPECT_THAT(world.answer(client).body, HasSubstr("\"limit\":7"));
}

TEST(Session, ReadsARequestThatBeganBehindACallThatWaits) {
    live world;
    world.limit("db", 1);
    const admit::token held = world.hold();
    visitor client(world.port());
    const std::string next = request_text("PUT", "/v1/pools/db", R"({"limit":7})");
    client.send(acquire_text("w", 60'000) + next.substr(0, next.size() - 4));
    ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
    world.turn();

    world.let_go(held);
    EXPECT_THAT(world.answer(client).body, HasSubstr("\"acquired\""));
    client.send(next.substr(next.size() - 4));
    EXPECT_THAT(world.answer(client).body, HasSubstr("\"limit\":7"));
}

TEST(Session, AParkedCallWakesAndItsConnectionGoesOn) {
    live world;
    world.limit("db", 1);
    visitor client(world.port());
    for (int i = 0; i < 3; ++i) {
        const admit::token held = world.hold();
        client.send(acquire_text("w" + std::to_string(i), 60'000));
        ASSERT_TRUE(world.until([&] { return world.counts().waiters == 1; }));
        world.let_go(held);
        const reply got = world.answer(client);
        EXPECT_EQ(got.status, 200);
        const admit::answer all = world.ask(core::list_leases{"db", 10, 0});
        world.let_go(std::get<leases_page>(all).leases.at(0).token);
    }
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
}

TEST(Session, AnIdleConnectionGoesOnAfterItWasParked) {
    live world;
    visitor client(world.port());
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
    const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(2500);
    ASSERT_TRUE(world.until([&] { return std::chrono::steady_clock::now() > later; }));
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
    EXPECT_EQ(world.call(client, "GET", "/healthz").status, 200);
}

TEST(Session, TakesTheLargestRenewal) {
    live world;
    visitor client(world.port());
    std::string body = R"({"handles":[)";
    for (int i = 0; i < 1000; ++i)
        body += (i == 0 ? "\"17." : ",\"17.") + std::string(22, 'A') + '"';
    const reply got = world.call(client, "POST", "/v1/renew", body + "]}");
    EXPECT_EQ(got.status, 200);
    EXPECT_THAT(got.body, HasSubstr("\"unknown\""));
}

TEST(Session, InvitesABody) {
    live world;
    visitor client(world.port());
    client.send(
        "POST /v1/cancel HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
        "18\r\n"
        "\r\n");
    EXPECT_EQ(world.answer(client).status, 100);
    client.send(R"({"request_id":"r"})");
    EXPECT_EQ(world.answer(client).status, 200);
}

TEST(Session, EndsWhenTheClientWantsIt) {
    live world;
    visitor client(world.port());
    const reply last = world.call(client, "GET", "/healthz", {}, "Connection: close\r\n");
    EXPECT_TRUE(last.closes());
    EXPECT_TRUE(world.until([&] { return client.ended() && world.empty(); }));
}

TEST(Session, LetsTheClientReadWhyItWasRefused) {
    live world;
    visitor client(world.port());
    // More than is read: without listening on, the rest would reset the connection.
    client.send("nonsense\r\n\r\n" + std::string(100'000, 'x'));
    const reply refused = world.answer(client);
    EXPECT_EQ(refused.status, 400);
    EXPECT_TRUE(refused.closes());
    EXPECT_TRUE(world.until([&] { return client.ended(); }));
    client.close();
    EXPECT_TRUE(world.until([&] { return world.empty(); }));
}

TEST(Session, TellsTheObserver) {
    live world;
    visitor client(world.port());
    world.call(client, "GET", "/v1/pools/default");
    world.call(client, "GET", "/nothing?x=y");
    client.send(request_text("HEAD", "/v1/workers/secret"));
    ASSERT_TRUE(world.until([&] { return world.exchanges.size() == 3; }));
    EXPECT_EQ(world.exchanges[0].method, "GET");
    EXPECT_EQ(world.exchanges[0].path, "/v1/pools/{pool}");
    EXPECT_EQ(world.exchanges[0].status, 200);
    EXPECT_GT(world.exchanges[0].bytes, 100u);
    EXPECT_EQ(routes()[world.exchanges[0].row].path, "/v1/pools/{pool}");
    EXPECT_EQ(world.exchanges[1].row, routed::no_row);
    EXPECT_EQ(world.exchanges[1].status, 404);
    EXPECT_EQ(world.exchanges[2].method, "HEAD");
    EXPECT_EQ(world.exchanges[2].path, "/v1/workers/{worker}");
}

TEST(Session, TellsTheObserverWhatWasRefused) {
    live world;
    const auto refused = [&](std::string_view method, std::string_view target,
                             std::string_view fields) {
        visitor client(world.port());
        world.exchanges.clear();
        client.send(request_text(method, target, {}, fields));
        EXPECT_TRUE(world.until([&] { return world.exchanges.size() == 1; }));
        const exchange& seen = world.exchanges.at(0);
        return std::to_string(seen.status) + ' ' + std::string(seen.method) + ' ' +
               (seen.row == routed::no_row ? "no route" : std::string(routes()[seen.row].path));
    };
    const char* const large = "Content-Length: 99999999\r\n";
    const char* const strange = "Transfer-Encoding: x\r\n";
    EXPECT_EQ(refused("POST", "/v1/acquire", large), "413 POST /v1/acquire");
    EXPECT_EQ(refused("PUT", "/v1/pools/x", strange), "501 PUT /v1/pools/{pool}");
    EXPECT_EQ(refused("HEAD", "/v1/pools?limit=1", strange), "501 HEAD /v1/pools");
    EXPECT_EQ(refused("POST", "/nothing", large), "413 POST no route");
    EXPECT_EQ(refused("GET", "/healthz", "Expect: x\r\n"), "417 GET /healthz");
}

TEST(Session, AHeadThatIsRefusedGetsNoBody) {
    live world;
    for (const char* wrong : {"Transfer-Encoding: x\r\n", "Content-Length: 99999999\r\n",
                              "Host: b\r\n", "not a field\r\n", "Expect: x\r\n"}) {
        visitor client(world.port());
        client.send(request_text("HEAD", "/v1/pools", {}, wrong));
        client.half_close();
        std::string got;
        EXPECT_TRUE(world.until([&] {
            got += client.bytes();
            return client.ended();
        }));
        EXPECT_TRUE(got.ends_with("\r\n\r\n")) << wrong << got;
        EXPECT_THAT(got, HasSubstr("\r\nContent-Length: "));
    }
}

}  // namespace
}  // namespace admit::http::testing
