// The connection as a whole: order of replies, keep-alive, 100-continue, limits, memory, the end.
#include "server/http/limits.hpp"
#include "tests/http/wire.hpp"

#include <gtest/gtest.h>

namespace admit::http::testing {
namespace {

/// Gives bytes to a connection without answering anything.
void give(connection& to, std::string_view bytes) {
    const std::span<char> space = to.prepare();
    ASSERT_GE(space.size(), bytes.size());
    bytes.copy(space.data(), bytes.size());
    to.commit(bytes.size(), instant(0));
}

void answer(connection& to, std::uint64_t serial, std::string_view text, grant given = {}) {
    to.reply(serial) += text;
    to.replied(serial, instant(0), given);
}

std::string written(connection& from) {
    std::string out;
    while (!from.output(instant(0)).empty()) {
        out += from.output(instant(0));
        from.wrote(from.output(instant(0)).size(), instant(0));
    }
    return out;
}

TEST(Connection, HearsEveryRequestOfABatchAndWritesTheirRepliesAtOnce) {
    wire wire;
    std::string batch;
    for (int i = 0; i < 10; ++i)
        batch += get("/" + std::to_string(i));
    wire.give(batch);
    EXPECT_EQ(wire.lines.size(), 10u);
    const std::size_t bytes = wire.connection.output(instant(0)).size();
    EXPECT_EQ(bytes, std::string("[GET]").size() * 10);
    EXPECT_EQ(wire.take().size(), bytes);
    EXPECT_TRUE(wire.connection.idle());
}

TEST(Connection, RepliesLeaveInTheOrderOfTheirRequests) {
    connection on(&body_limit, instant(0));
    give(on, get("/1") + get("/2") + get("/3"));
    const std::uint64_t one = on.next(instant(0))->serial;
    const std::uint64_t two = on.next(instant(0))->serial;
    const std::uint64_t three = on.next(instant(0))->serial;
    EXPECT_EQ(on.next(instant(0)), nullptr);

    answer(on, three, "[3]");
    EXPECT_EQ(written(on), "");
    answer(on, one, "[1]");
    EXPECT_EQ(written(on), "[1]");
    answer(on, two, "[2]");
    EXPECT_EQ(written(on), "[2][3]");
}

TEST(Connection, ARequestStaysReadableUntilTheNextIsAskedFor) {
    connection on(&body_limit, instant(0));
    give(on, post("/1", "{\"a\":1}", "Idempotency-Key: k\r\nIf-Match: \"7\"\r\n") + get("/2"));
    const request* one = on.next(instant(0));
    EXPECT_EQ(one->body, "{\"a\":1}");
    EXPECT_EQ(one->idempotency_key, "k");
    EXPECT_EQ(one->if_match, "\"7\"");
    EXPECT_EQ(one->host, "localhost");
    EXPECT_EQ(one->origin, std::nullopt);
    answer(on, one->serial, "x");
    EXPECT_EQ(on.next(instant(0))->target, "/2");
}

TEST(Connection, RefusesABadChunkBeforeMoreComes) {
    wire wire;
    wire.give("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    EXPECT_EQ(wire.lines, (heard{"400 bad_request", "(closed)"}));
}

TEST(Connection, AnAbsoluteTargetSaysForWhomItIs) {
    connection on(&body_limit, instant(0));
    give(on, "PUT http://a.example:1/x?y HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/z"));
    const request* const what = on.next(instant(0));
    EXPECT_EQ(what->target, "/x?y");
    EXPECT_EQ(what->host, "a.example:1");
    answer(on, what->serial, "x");
    EXPECT_EQ(on.next(instant(0))->host, "localhost");
    // As large a body as the path may have.
    EXPECT_EQ(hear("POST http://a/large HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"),
              heard{});
}

TEST(Connection, FindsEveryFieldThatSomethingActsOn) {
    connection on(&body_limit, instant(0));
    give(on, get("/x",
                 "ORIGIN: o\r\nsec-fetch-site: s\r\nContent-Encoding: c\r\nIdempotency-Key: i\r\n"
                 "If-Match: m\r\nif-none-match: n\r\nIdempotency: no\r\nX-Origin: no\r\n"));
    const request& what = *on.next(instant(0));
    EXPECT_EQ(what.host, "localhost");
    EXPECT_EQ(what.origin, "o");
    EXPECT_EQ(what.sec_fetch_site, "s");
    EXPECT_EQ(what.content_encoding, "c");
    EXPECT_EQ(what.idempotency_key, "i");
    EXPECT_EQ(what.if_match, "m");
    EXPECT_EQ(what.if_none_match, "n");
}

/// Method and target of a request that is refused with this code.
std::string refused(connection& on, errc code, instant now = instant(0)) {
    const request* const what = on.next(now);
    if (what == nullptr || !what->refused) return "not refused";
    EXPECT_EQ(what->refused->code, code) << what->refused->detail;
    return std::string(name(what->method)) + ' ' + std::string(what->target);
}

TEST(Connection, KnowsWhatItRefuses) {
    const std::string head = "HEAD /x?y HTTP/1.1\r\nHost: a\r\n";
    const std::string chunks = "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto of = [](const std::string& bytes, errc code) {
        connection on(&body_limit, instant(0));
        give(on, bytes);
        return refused(on, code);
    };
    EXPECT_EQ(of(head + "Transfer-Encoding: x\r\n\r\n", errc::not_implemented), "HEAD /x?y");
    EXPECT_EQ(of(head + "Host: b\r\n\r\n", errc::bad_request), "HEAD /x?y");
    EXPECT_EQ(of(head + "no field\r\n\r\n", errc::bad_request), "HEAD /x?y");
    EXPECT_EQ(of(head + "Content-Length: 70000\r\n\r\n", errc::payload_too_large), "HEAD /x?y");
    EXPECT_EQ(of(head + "If-Match: *\r\nIf-Match: *\r\n\r\n", errc::bad_request), "HEAD /x?y");
    EXPECT_EQ(of(chunks + "zz\r\n", errc::bad_request), "POST /y");
    EXPECT_EQ(of(chunks + "10001\r\nx", errc::payload_too_large), "POST /y");
    // What never became a header is nothing that could be named.
    EXPECT_EQ(of(head + " folded\r\n\r\n", errc::bad_request), "OTHER ");
    EXPECT_EQ(of("{}\r\n\r\n", errc::bad_request), "OTHER ");
}

TEST(Connection, KnowsWhatCameTooSlowly) {
    for (const std::string& bytes : {post("/x", "{}"), post("/x", "{\"a\":1}")}) {
        connection on(&body_limit, instant(0));
        give(on, bytes.substr(0, bytes.size() - 1));
        EXPECT_EQ(on.next(instant(0)), nullptr);
        const instant late = limits::body_time;
        ASSERT_EQ(on.overdue(late), connection::verdict::refused);
        EXPECT_EQ(refused(on, errc::request_timeout, late), "POST /x");
    }
    connection on(&body_limit, instant(0));
    give(on, "POST /x HT");
    EXPECT_EQ(on.next(instant(0)), nullptr);
    ASSERT_EQ(on.overdue(limits::header_time), connection::verdict::refused);
    EXPECT_EQ(refused(on, errc::request_timeout, limits::header_time), "OTHER ");
}

TEST(Connection, KeepsFieldsWhileABodyComesInPieces) {
    wire wire;
    const std::string body(60'000, 'b');
    const std::string bytes = post("/x", body, "Idempotency-Key: the key\r\n");
    connection& on = wire.connection;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::span<char> space = on.prepare();
        ASSERT_FALSE(space.empty());
        const std::size_t size = std::min<std::size_t>({space.size(), bytes.size() - at, 777});
        bytes.copy(space.data(), size, at);
        on.commit(size, instant(0));
        at += size;
        const request* const whole = on.next(instant(0));
        ASSERT_EQ(whole != nullptr, at == bytes.size());
        if (whole == nullptr) continue;
        EXPECT_EQ(whole->idempotency_key, "the key");
        EXPECT_EQ(whole->target, "/x");
        EXPECT_EQ(whole->body, body);
    }
}

// While a read is under way, the answer to the request before may let this one begin.
TEST(Connection, GoesOnWhileTheNextBytesAreOnTheirWay) {
    for (const bool chunked : {false, true}) {
        connection on(&body_limit, instant(0));
        const std::string body(600, 'b');
        const std::string bytes =
            chunked ? "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n258\r\n" +
                          body + "\r\n0\r\n\r\n"
                    : post("/x", body);
        const std::string_view first = std::string_view(bytes).substr(0, bytes.size() - 200);
        const std::string_view last = std::string_view(bytes).substr(first.size());
        give(on, first);
        const std::span<char> space = on.prepare();
        EXPECT_EQ(on.next(instant(0)), nullptr);
        last.copy(space.data(), last.size());
        on.commit(last.size(), instant(0));
        const request* const whole = on.next(instant(0));
        ASSERT_NE(whole, nullptr);
        EXPECT_EQ(whole->refused, std::nullopt);
        EXPECT_EQ(whole->body, body);
    }
}

TEST(Connection, TakesTheLargestBodies) {
    const std::string small(64 * 1024, 'b');
    EXPECT_EQ(hear(post("/x", small)), heard{"POST /x " + small});
    const std::string large(1024 * 1024, 'b');
    EXPECT_EQ(hear(post("/large", large)), heard{"POST /large " + large});
    std::string chunks = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 16; ++i)
        chunks += "1000\r\n" + std::string(4096, 'b') + "\r\n";
    EXPECT_EQ(hear(chunks + "0\r\n\r\n"), heard{"POST /x " + small});
    EXPECT_EQ(hear(chunks + "1\r\nb\r\n0\r\n\r\n"), (heard{"413 payload_too_large", "(closed)"}));
}

TEST(Connection, ClosesWhereTheClientOrItsVersionWantsIt) {
    const std::string more = get("/more");
    const auto lines = [&](const std::string& bytes) { return hear(bytes + more).size(); };
    EXPECT_EQ(lines(get("/x", "Connection: close\r\n")), 2u);
    EXPECT_EQ(lines(get("/x", "Connection: foo, CLOSE\r\n")), 2u);
    EXPECT_EQ(hear("GET /x HTTP/1.0\r\n\r\n" + more), (heard{"GET /x", "(closed)"}));
    EXPECT_EQ(hear("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + more),
              (heard{"GET /x", "(closed)"}));
    EXPECT_EQ(hear(get("/x", "Connection: keep-alive\r\n") + more), (heard{"GET /x", "GET /more"}));
}

TEST(Connection, OnlyTheLastReplySaysClose) {
    connection on(&body_limit, instant(0));
    give(on, get("/1") + get("/2", "Connection: close\r\n"));
    const std::uint64_t one = on.next(instant(0))->serial;
    const std::uint64_t two = on.next(instant(0))->serial;
    EXPECT_FALSE(on.closes(one));
    EXPECT_TRUE(on.closes(two));
    answer(on, two, "[2]");
    EXPECT_FALSE(on.ended());
    answer(on, one, "[1]");
    EXPECT_FALSE(on.ended());
    EXPECT_EQ(written(on), "[1][2]");
    EXPECT_TRUE(on.ended());
    EXPECT_FALSE(on.must_linger());
}

TEST(Connection, LingersWhereTheClientMayStillTalk) {
    wire refused;
    refused.give("nonsense\r\n\r\n");
    refused.take();
    EXPECT_TRUE(refused.connection.ended());
    EXPECT_TRUE(refused.connection.must_linger());

    wire pipelined;
    pipelined.give(get("/x", "Connection: close\r\n") + get("/y"));
    pipelined.take();
    EXPECT_TRUE(pipelined.connection.ended());
    EXPECT_TRUE(pipelined.connection.must_linger());
}

TEST(Connection, DrainingClosesWithTheLastReply) {
    connection on(&body_limit, instant(0));
    give(on, get("/1") + get("/2"));
    const std::uint64_t one = on.next(instant(0))->serial;
    const std::uint64_t two = on.next(instant(0))->serial;
    on.drain();
    EXPECT_FALSE(on.closes(one));
    EXPECT_TRUE(on.closes(two));
    answer(on, one, "[1]");
    answer(on, two, "[2]");
    written(on);
    EXPECT_TRUE(on.ended());
}

TEST(Connection, DrainingHearsARequestThatHasBegun) {
    wire wire;
    const std::string bytes = post("/x", "{}");
    wire.give(bytes.substr(0, bytes.size() - 1));
    wire.connection.drain();
    EXPECT_FALSE(wire.connection.idle());
    EXPECT_FALSE(wire.connection.ended());
    wire.give("}");
    EXPECT_EQ(wire.lines, (heard{"POST /x {}", "(closed)"}));
}

TEST(Connection, InvitesABodyOnce) {
    const std::string head =
        "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    wire wire;
    wire.give(head);
    EXPECT_EQ(wire.take(), "HTTP/1.1 100 Continue\r\n\r\n");
    wire.give("{");
    wire.give("}");
    EXPECT_EQ(wire.take(), "[POS]");

    // Not where the body is there, began to come, or is not wanted.
    wire.give(head + "{}");
    EXPECT_EQ(wire.take(), "[POS]");
    wire.give(head + "{");
    wire.give("}");
    EXPECT_EQ(wire.take(), "[POS]");
    wire.give(
        "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n");
    EXPECT_EQ(wire.take(), "[413 close]");
}

TEST(Connection, InvitesABodyBehindTheRepliesBefore) {
    connection on(&body_limit, instant(0));
    give(on,
         get("/1") +
             "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const std::uint64_t one = on.next(instant(0))->serial;
    EXPECT_EQ(on.next(instant(0)), nullptr);
    EXPECT_EQ(written(on), "");
    answer(on, one, "[1]");
    EXPECT_EQ(written(on), "[1]HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(Connection, ReadsAheadSixteenKibibytesAndNoMore) {
    connection on(&body_limit, instant(0));
    give(on, get("/waits"));
    ASSERT_NE(on.next(instant(0)), nullptr);
    // Whoever waits is not asked for the next request.
    std::size_t ahead = 0;
    for (std::span<char> space = on.prepare(); !space.empty(); space = on.prepare()) {
        std::fill(space.begin(), space.end(), 'x');
        on.commit(space.size(), instant(0));
        ahead += space.size();
    }
    EXPECT_EQ(ahead, 16u * 1024);
}

TEST(Connection, GivesItsMemoryBack) {
    connection on(&body_limit, instant(0));
    EXPECT_FALSE(on.holds_input_memory());
    give(on, get("/x"));
    EXPECT_TRUE(on.holds_input_memory());
    const std::uint64_t one = on.next(instant(0))->serial;
    EXPECT_TRUE(on.input_empty());
    on.release_input();
    EXPECT_FALSE(on.holds_input_memory());
    answer(on, one, "[1]");
    give(on, get("/y"));
    EXPECT_EQ(on.next(instant(0))->target, "/y");
}

TEST(Connection, DecidesNothingMoreWhileTooMuchIsToBeWritten) {
    connection on(&body_limit, instant(0));
    give(on, get("/1") + get("/2"));
    answer(on, on.next(instant(0))->serial, std::string(limits::output_bytes_max + 1, 'x'));
    EXPECT_EQ(on.next(instant(0)), nullptr);
    written(on);
    EXPECT_NE(on.next(instant(0)), nullptr);
}

TEST(Connection, DecidesNothingMoreWhileTooManyRepliesArePending) {
    connection on(&body_limit, instant(0));
    std::vector<std::uint64_t> serials;
    for (std::size_t i = 0; i < limits::replies_pending_max; ++i) {
        give(on, get("/"));
        serials.push_back(on.next(instant(0))->serial);
    }
    give(on, get("/"));
    EXPECT_EQ(on.next(instant(0)), nullptr);
    answer(on, serials.back(), "[ready, not leaving]");
    EXPECT_EQ(on.next(instant(0)), nullptr);
    answer(on, serials.front(), "[leaving]");
    EXPECT_NE(on.next(instant(0)), nullptr);
}

TEST(Connection, HearsNothingAfterItsEnd) {
    connection on(&body_limit, instant(0));
    give(on, get("/1"));
    const std::uint64_t one = on.next(instant(0))->serial;
    give(on, get("/2"));
    on.end_input();
    EXPECT_EQ(on.next(instant(0)), nullptr);
    answer(on, one, "[1]");
    EXPECT_EQ(written(on), "[1]");
    EXPECT_TRUE(on.ended());
}

}  // namespace
}  // namespace admit::http::testing
