// The route table, and requests that become commands.
#include "tests/http/routing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace admit::http::testing {
namespace {

using ::testing::ElementsAre;

TEST(Route, TheTableAsText) {
    const std::string text = routes_text();
    EXPECT_NE(text.find("POST /v1/acquire\n"), std::string::npos);
    EXPECT_NE(text.find("DELETE /v1/pools/{pool}/leases/{token}\n"), std::string::npos);
    EXPECT_NE(text.find("DELETE /v1/pools/{pool}/waiters/{ticket}\n"), std::string::npos);
    EXPECT_NE(text.find("GET /v1/workers/{worker}\n"), std::string::npos);
    EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')),
              routes().size());
    std::set<std::string> rows;
    for (const route_row& row : routes())
        EXPECT_TRUE(rows.insert(std::string(name(row.method)) += row.path).second) << row.path;
}

TEST(Route, EveryRowIsReached) {
    routing to;
    for (std::size_t i = 0; i < routes().size(); ++i) {
        std::string path(routes()[i].path);
        for (const auto& [from, with] :
             {std::pair{"{pool}", "db"}, {"{token}", "17"}, {"{ticket}", "4"}, {"{worker}", "w"}})
            if (const auto at = path.find(from); at != std::string::npos)
                path.replace(at, std::string_view(from).size(), with);
        EXPECT_EQ(to.ask(routes()[i].method, path).row, i) << path;
        const method other = routes()[i].method == method::get ? method::head : routes()[i].method;
        EXPECT_EQ(to.ask(other, path).row, i) << path;
    }
}

TEST(Route, UnknownPathsAreNotFound) {
    routing to;
    for (const char* path : {"/",
                             "/v1",
                             "/v1/",
                             "/v1/acquire/",
                             "/v1//acquire",
                             "/V1/acquire",
                             "/v1/acquired",
                             "/v1/pools/",
                             "/v1/pools/db/",
                             "/v1/pools/db/lease",
                             "/v1/pools//leases",
                             "/v1/pools/db/leases/",
                             "/v1/pools/db/leases/1/x",
                             "/v1/workers",
                             "/v1/workers/",
                             "/healthz/",
                             "//healthz",
                             "/v1/./pools",
                             "/v1/%61cquire",
                             "/favicon.ico",
                             "/v2/pools"})
        for (method each : {method::get, method::post, method::options, method::other}) {
            EXPECT_EQ(to.refusal(each, path), "404 not_found") << path;
            EXPECT_EQ(to.ask(each, path).row, routed::no_row);
        }
}

TEST(Route, OtherMethodsAreToldWhichOnesAre) {
    routing to;
    const auto allow = [&](method what, const char* path) { return to.ask(what, path).allow; };
    EXPECT_EQ(to.refusal(method::get, "/v1/acquire"), "405 method_not_allowed");
    EXPECT_EQ(allow(method::get, "/v1/acquire"), "POST, OPTIONS");
    EXPECT_EQ(allow(method::post, "/v1/pools"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow(method::post, "/v1/pools/db"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(allow(method::other, "/healthz"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(to.refusal(method::other, "/healthz"), "405 method_not_allowed");
    EXPECT_EQ(to.refusal(method::head, "/v1/acquire"), "405 method_not_allowed");
}

TEST(Route, OptionsNamesTheMethods) {
    routing to;
    const routed pool = to.ask(method::options, "/v1/pools/db?x=1");
    EXPECT_TRUE(std::holds_alternative<allowed_methods>(pool.what));
    EXPECT_EQ(pool.allow, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    const routed all = to.ask(method::options, "*");
    EXPECT_TRUE(std::holds_alternative<allowed_methods>(all.what));
    EXPECT_EQ(all.allow, "POST, GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
}

TEST(Route, SystemCalls) {
    routing to;
    EXPECT_EQ(std::get<system_call>(to.ask(method::get, "/healthz").what), system_call::healthz);
    EXPECT_EQ(std::get<system_call>(to.ask(method::head, "/readyz").what), system_call::readyz);
    EXPECT_EQ(std::get<system_call>(to.ask(method::get, "/metrics").what), system_call::metrics);
    EXPECT_EQ(std::get<system_call>(to.ask(method::get, "/openapi.json").what),
              system_call::openapi);
    EXPECT_EQ(std::get<system_call>(to.ask(method::get, "/v1/version").what), system_call::version);
    EXPECT_EQ(to.refusal(method::get, "/healthz?x=1"), "400 bad_request x");
}

TEST(Route, Backup) {
    routing to;
    EXPECT_TRUE(std::holds_alternative<take_backup>(to.ask(method::get, "/v1/backup").what));
    EXPECT_TRUE(std::holds_alternative<take_backup>(to.ask(method::head, "/v1/backup").what));
    EXPECT_EQ(to.refusal(method::get, "/v1/backup?all=1"), "400 bad_request all");
    EXPECT_EQ(to.ask(method::post, "/v1/backup").allow, "GET, HEAD, OPTIONS");
}

TEST(Route, Acquire) {
    routing to;
    const auto full = to.command<core::acquire>(
        method::post, "/v1/acquire",
        R"({"pool":"db","slots":2,"worker":"w","wait_ms":5,"ttl_ms":6000,"request_id":"r",)"
        R"("keep_ms":7,"start":true,"labels":{"a":"b"}})");
    EXPECT_EQ(full.pool, "db");
    EXPECT_EQ(full.slots, 2);
    EXPECT_EQ(full.worker, "w");
    EXPECT_EQ(full.wait_ms, 5);
    EXPECT_EQ(full.ttl_ms, 6000);
    EXPECT_EQ(full.request_id, "r");
    EXPECT_TRUE(full.by_client);
    EXPECT_EQ(full.keep_ms, 7);
    EXPECT_TRUE(full.start);
    EXPECT_THAT(full.labels, ElementsAre(std::pair<std::string, std::string>("a", "b")));
}

TEST(Route, AnAcquireWithoutAnIdGetsOneThatNobodyCanGuess) {
    routing to;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto bare =
            to.command<core::acquire>(method::post, "/v1/acquire", R"({"worker":"w"})");
        EXPECT_FALSE(bare.by_client);
        EXPECT_EQ(bare.request_id.size(), 15u);
        EXPECT_TRUE(is_name(bare.request_id));
        EXPECT_TRUE(seen.insert(bare.request_id).second);
    }
}

TEST(Route, TheIdempotencyKeyIsARequestId) {
    routing to;
    const auto id = [&](std::string_view key) {
        to.from.idempotency_key = key;
        const auto what =
            to.command<core::acquire>(method::post, "/v1/acquire", R"({"worker":"w"})");
        EXPECT_TRUE(what.by_client);
        return what.request_id;
    };
    EXPECT_EQ(id("bare"), "bare");
    EXPECT_EQ(id("\"quoted\""), "quoted");
    EXPECT_EQ(id(R"("a \"b\" \\c")"), R"(a "b" \c)");
    EXPECT_EQ(id("a\"b"), "a\"b");
    to.from.idempotency_key = "r";
    EXPECT_EQ(to.refusal(method::post, "/v1/acquire", R"({"worker":"w","request_id":"r"})"), "");
    EXPECT_EQ(to.refusal(method::post, "/v1/acquire", R"({"worker":"w","request_id":"s"})"),
              "400 bad_request request_id");
}

TEST(Route, BadIdempotencyKeys) {
    routing to;
    for (const char* key :
         {"", "\"", "\"\"", "\"a", "\"a\"b\"", "\"a\\\"", "\"a\\b\"", "a\tb", "\xff"}) {
        to.from.idempotency_key = key;
        EXPECT_EQ(to.refusal(method::post, "/v1/acquire", R"({"worker":"w"})"),
                  "400 bad_request Idempotency-Key")
            << key;
    }
    const std::string long_one(129, 'x');
    to.from.idempotency_key = long_one;
    EXPECT_EQ(to.refusal(method::post, "/v1/acquire", R"({"worker":"w"})"),
              "400 bad_request Idempotency-Key");
}

TEST(Route, HandlesBecomeTokens) {
    routing to;
    const std::string good(to.mine.make(17));
    const auto one = to.command<core::renew>(method::post, "/v1/renew",
                                             R"({"handle":")" + good + R"(","ttl_ms":5000})");
    EXPECT_EQ(one.tokens, (std::vector<admit::token>{17u}));
    EXPECT_TRUE(one.single);
    EXPECT_EQ(one.ttl_ms, 5000);
    const auto many =
        to.command<core::release>(method::post, "/v1/release",
                                  R"({"handles":[")" + good + R"(","17.forged","nonsense",")" +
                                      std::string(to.mine.make(18)) + R"("],"outcome":"failed"})");
    EXPECT_EQ(many.tokens, (std::vector<admit::token>{17u, 0u, 0u, 18u}));
    EXPECT_FALSE(many.single);
    EXPECT_EQ(many.outcome, admit::outcome::failed);
}

TEST(Route, CancelAndCheck) {
    routing to;
    EXPECT_EQ(
        to.command<core::cancel>(method::post, "/v1/cancel", R"({"request_id":"r"})").request_id,
        "r");
    const auto check = to.command<core::check>(method::get, "/v1/check?token=17&pool=db");
    EXPECT_EQ(check.pool, "db");
    EXPECT_EQ(check.token, 17u);
}

TEST(Route, ReadingCalls) {
    routing to;
    const auto pools = to.command<core::list_pools>(method::get, "/v1/pools?limit=7&after=db");
    EXPECT_EQ(pools.limit, 7);
    EXPECT_EQ(pools.after, "db");
    EXPECT_EQ(to.command<core::list_pools>(method::get, "/v1/pools?").limit, 100);
    EXPECT_EQ(to.command<core::show_pool>(method::get, "/v1/pools/%64b").pool, "db");
    const auto leases =
        to.command<core::list_leases>(method::get, "/v1/pools/db/leases?after=9&limit=1000");
    EXPECT_EQ(leases.pool, "db");
    EXPECT_EQ(leases.after, 9u);
    EXPECT_EQ(leases.limit, 1000);
    EXPECT_EQ(to.command<core::list_waiters>(method::get, "/v1/pools/db/waiters?after=3").after,
              3u);
    EXPECT_EQ(to.command<core::list_history>(method::get, "/v1/pools/db/history").limit, 100);
    EXPECT_EQ(to.command<core::show_worker>(method::get, "/v1/workers/a%2Fb").worker, "a/b");
    EXPECT_EQ(to.command<core::show_worker>(method::get, "/v1/workers/J%C3%B6rg%207").worker,
              "J\xc3\xb6rg 7");
    EXPECT_EQ(to.command<core::show_worker>(method::get, "/v1/workers/%2541").worker, "%41");
}

TEST(Route, OperatingCalls) {
    routing to;
    const auto put = to.command<core::set_pool>(method::put, "/v1/pools/db", R"({"limit":2})");
    EXPECT_EQ(put.how, core::set_how::replace);
    EXPECT_EQ(put.source, pool_source::api);
    EXPECT_EQ(put.change.limit, 2);
    EXPECT_EQ(to.command<core::set_pool>(method::patch, "/v1/pools/db").how, core::set_how::update);
    EXPECT_FALSE(to.command<core::delete_pool>(method::del, "/v1/pools/db").force);
    EXPECT_FALSE(to.command<core::delete_pool>(method::del, "/v1/pools/db?force=false").force);
    EXPECT_TRUE(to.command<core::delete_pool>(method::del, "/v1/pools/db?force=true").force);
    const auto evict = to.command<core::evict>(method::del, "/v1/pools/db/leases/17");
    EXPECT_EQ(evict.pool, "db");
    EXPECT_EQ(evict.token, 17u);
    EXPECT_EQ(to.command<core::drop_waiter>(method::del, "/v1/pools/db/waiters/4").ticket, 4u);
    EXPECT_EQ(to.command<core::evict_worker>(method::del, "/v1/workers/w/leases").worker, "w");
}

TEST(Route, Preconditions) {
    routing to;
    const auto only_if = [&](std::string_view text) {
        to.from.if_match = text;
        return to.command<core::set_pool>(method::patch, "/v1/pools/db").only_if;
    };
    EXPECT_TRUE(only_if("*").must_exist);
    EXPECT_THAT(only_if("\"7\"").versions, ElementsAre(7u));
    EXPECT_THAT(only_if("\"7\" ,\t\"8\"").versions, ElementsAre(7u, 8u));
    // What is no version of ours, or weak, can never match, and is not nothing.
    EXPECT_THAT(only_if("\"x\", W/\"7\", \"\", \"07\", \"7x\", \"99999999999999999999\"").versions,
                ElementsAre(0u, 0u, 0u, 0u, 0u, 0u));
    to.from.if_match.reset();
    to.from.if_none_match = "*";
    EXPECT_TRUE(to.command<core::set_pool>(method::put, "/v1/pools/db", R"({"limit":1})")
                    .only_if.must_not_exist);
}

TEST(Route, BadPreconditions) {
    routing to;
    for (const char* text :
         {"", "7", "\"", "\"7", "W/", "W/7", "*,*", "\"7\",", "\"7\" \"8\"", ",\"7\""}) {
        to.from.if_match = text;
        EXPECT_EQ(to.refusal(method::patch, "/v1/pools/db"), "400 bad_request If-Match") << text;
    }
    to.from.if_match.reset();
    to.from.if_none_match = "\"7\"";
    EXPECT_EQ(to.refusal(method::put, "/v1/pools/db", R"({"limit":1})"),
              "400 bad_request If-None-Match");
}

TEST(Route, BadPathsQueriesAndBodiesNameTheCulprit) {
    routing to;
    for (const char* pool : {".a", "a%20b", "a%2fb", "%00", "%c3%a4", "%", "%4", "%zz", "a%0ab"})
        EXPECT_EQ(to.refusal(method::get, std::string("/v1/pools/") + pool), "400 bad_request pool")
            << pool;
    for (const char* worker : {"%00", "%0a", "%ff", "%", "%e2%80%a8"})
        EXPECT_EQ(to.refusal(method::get, std::string("/v1/workers/") + worker),
                  "400 bad_request worker")
            << worker;
    for (const char* token :
         {"0", "-1", "x", "1x", "01", "9007199254740992", "99999999999999999999"})
        EXPECT_EQ(to.refusal(method::del, std::string("/v1/pools/db/leases/") + token),
                  "400 bad_request token")
            << token;
    EXPECT_EQ(to.refusal(method::del, "/v1/pools/db/waiters/x"), "400 bad_request ticket");
    for (const char* limit : {"0", "1001", "-1", "x", "", "1.0", "+1"})
        EXPECT_EQ(to.refusal(method::get, std::string("/v1/pools?limit=") + limit),
                  "400 bad_request limit")
            << limit;
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?limit"), "400 bad_request limit");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?limit=1&limit=1"), "400 bad_request limit");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?after="), "400 bad_request after");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools/db/leases?after=x"), "400 bad_request after");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools/db/leases?direct=1"), "400 bad_request direct");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?direct=true"), "400 bad_request direct");
    EXPECT_EQ(to.refusal(method::del, "/v1/pools/db?force"), "400 bad_request force");
    EXPECT_EQ(to.refusal(method::del, "/v1/pools/db?force=1"), "400 bad_request force");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?l%69mit=x"), "400 bad_request limit");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools?limit=%zz"), "400 bad_request");
    EXPECT_EQ(to.refusal(method::post, "/v1/acquire?pool=db"), "400 bad_request pool");
    EXPECT_EQ(to.refusal(method::get, "/v1/check"), "400 bad_request pool");
    EXPECT_EQ(to.refusal(method::get, "/v1/check?pool=db"), "400 bad_request token");
    EXPECT_EQ(to.refusal(method::get, "/v1/check?token=1"), "400 bad_request pool");
    EXPECT_EQ(to.refusal(method::put, "/v1/pools/db", "{}"), "400 bad_request limit");
    EXPECT_EQ(to.refusal(method::post, "/v1/acquire"), "400 bad_request worker");
    EXPECT_EQ(to.refusal(method::post, "/v1/cancel"), "400 bad_request request_id");
    EXPECT_EQ(to.refusal(method::post, "/v1/renew", "{"), "400 bad_request");
}

TEST(Route, ListingsMayLeaveDescendantsOut) {
    // No pool has any yet.
    routing to;
    for (const char* flag : {"direct=true", "direct=false"})
        for (const char* list : {"leases", "waiters", "history"}) {
            const std::string target = std::string("/v1/pools/db/") + list + '?' + flag;
            EXPECT_EQ(to.refusal(method::get, target), "") << target;
        }
}

TEST(Route, SaysWhatALaterVersionOffers) {
    routing to;
    const routed later = to.ask(method::del, "/v1/pools/db/leases/1?now=true");
    const auto& why = std::get<admit::problem>(later.what);
    EXPECT_EQ(why.code, errc::bad_request);
    EXPECT_EQ(why.field, "now");
    EXPECT_EQ(why.detail, "'now' is not offered by this version yet");
}

TEST(Route, ABodyWhereNoneIsTakenIsIgnored) {
    routing to;
    EXPECT_EQ(to.refusal(method::get, "/v1/pools", "nonsense"), "");
    EXPECT_EQ(to.refusal(method::del, "/v1/pools/db", "nonsense"), "");
}

TEST(Route, EncodedBodiesAreNotTaken) {
    routing to;
    to.from.content_encoding = "gzip";
    EXPECT_EQ(to.refusal(method::post, "/v1/cancel", R"({"request_id":"r"})"),
              "415 unsupported_media_type Content-Encoding");
    EXPECT_EQ(to.refusal(method::get, "/v1/pools"), "");
    to.from.content_encoding = "Identity";
    EXPECT_EQ(to.refusal(method::post, "/v1/cancel", R"({"request_id":"r"})"), "");
}

TEST(Route, CallsWithHandlesMayBeLarge) {
    EXPECT_EQ(body_bytes_max(method::post, "/v1/renew"), 1024u * 1024);
    EXPECT_EQ(body_bytes_max(method::post, "/v1/release?x"), 1024u * 1024);
    EXPECT_EQ(body_bytes_max(method::put, "/v1/renew"), 64u * 1024);
    EXPECT_EQ(body_bytes_max(method::post, "/v1/acquire"), 64u * 1024);
}

}  // namespace
}  // namespace admit::http::testing
