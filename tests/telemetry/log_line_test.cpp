// What lines of the log say, word for word.
#include "server/telemetry/log_line.hpp"

#include "tests/telemetry/events.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace admit::telemetry::test {
namespace {

using core::event_kind;

std::string text_of(const auto& what) {
    std::string out = "old";
    write_text(what, out);
    return out;
}

nlohmann::json json_of(const auto& what) {
    std::string out = "old";
    write_json(what, out);
    return nlohmann::json::parse("{" + out + "}");
}

core::event in_default(core::event e) {
    e.pool = "default";
    return e;
}

TEST(LogText, SaysThePatternsOwnSentences) {
    EXPECT_EQ(text_of(in_default(acquired("0", 1))), "Worker 0: acquired (1/2 active)");
    core::event released = in_default(ended(event_kind::released, ending::ok));
    EXPECT_EQ(text_of(released), "Worker w1: released (0/2 active)");
    core::event rejected = in_default(event(event_kind::rejected));
    rejected.active = 2;
    rejected.worker = "2";
    EXPECT_EQ(text_of(rejected), "Worker 2: rejected (2/2 active), pool_full");
}

TEST(LogText, SaysWhatElseIsWorthSaying) {
    core::event e = acquired();
    e.waited = std::chrono::milliseconds(1250);
    EXPECT_EQ(text_of(e), "Worker w1: acquired (1/2 active), pool db, waited 1250 ms");
    EXPECT_EQ(text_of(ended(event_kind::released, ending::dropped)),
              "Worker w1: released (0/2 active), pool db, dropped");
    EXPECT_EQ(text_of(ended(event_kind::expired, ending::expired)),
              "Worker w1: expired (0/2 active), pool db");
    EXPECT_EQ(text_of(ended(event_kind::expired, ending::not_started)),
              "Worker w1: expired (0/2 active), pool db, not_started");
    EXPECT_EQ(text_of(ended(event_kind::evicted, ending::evicted)),
              "Worker w1: evicted (0/2 active), pool db");
    EXPECT_EQ(text_of(ended(event_kind::taken_back, ending::abandoned)),
              "Worker w1: taken back (0/2 active), pool db, abandoned");
    core::event queued = event(event_kind::queued);
    queued.who = worker("w3");
    queued.active = 2;
    queued.waiting = 1;
    EXPECT_EQ(text_of(queued), "Worker w3: queued (2/2 active, 1 waiting), pool db");
    queued.kind = event_kind::left;
    queued.waiting = 0;
    queued.why = core::leave_reason::gone;
    EXPECT_EQ(text_of(queued), "Worker w3: left the line (2/2 active, 0 waiting), pool db, gone");
    EXPECT_EQ(text_of(event(event_kind::pool_changed)), "Pool db: changed (0/2 active, 0 waiting)");
    EXPECT_EQ(text_of(event(event_kind::pool_deleted)), "Pool db: deleted (0/2 active)");
}

TEST(LogText, NobodyCanBreakALineOrSteerATerminal) {
    EXPECT_EQ(text_of(in_default(acquired("a\nb\x1b[2J\x7f\xff {} %s \xd0\x96"))),
              "Worker a?b?[2J?? {} %s \xd0\x96: acquired (1/2 active)");
    EXPECT_EQ(text_of(in_default(acquired("a\xe2\x80\xa8" "b"))),
              "Worker a?b: acquired (1/2 active)");
    const std::string said = text_of(in_default(acquired(std::string(1000, 'x'))));
    EXPECT_EQ(said, "Worker " + std::string(256, 'x') + ": acquired (1/2 active)");
    // A character is not cut in two.
    std::string clean;
    append_clean(clean, std::string(255, 'x') + "\xd0\x96");
    EXPECT_EQ(clean, std::string(255, 'x'));
}

TEST(LogJson, HasTheWordsOfTheWire) {
    core::event e = acquired();
    e.waited = std::chrono::milliseconds(40);
    EXPECT_EQ(json_of(e), nlohmann::json::parse(R"({"event":"acquired","pool":"db","worker":"w1",
        "slots":1,"token":17,"active":1,"limit":2,"waiting":0,"unclaimed":0,"waited_ms":40})"));
    EXPECT_EQ(json_of(ended(event_kind::expired, ending::not_started)),
              nlohmann::json::parse(R"({"event":"expired","pool":"db","worker":"w1","slots":1,
        "token":17,"active":0,"limit":2,"waiting":0,"unclaimed":0,"outcome":"not_started",
        "held_ms":1500})"));
    core::event rejected = event(event_kind::rejected);
    rejected.code = errc::draining;
    rejected.worker = "w2";
    EXPECT_EQ(json_of(rejected), nlohmann::json::parse(R"({"event":"rejected","pool":"db",
        "worker":"w2",
        "active":0,"limit":2,"waiting":0,"unclaimed":0,"code":"draining"})"));
}

TEST(LogJson, EveryKindIsValidJson) {
    for (int kind = 0; kind <= static_cast<int>(event_kind::pool_deleted); ++kind) {
        core::event e = event(static_cast<event_kind>(kind));
        e.who = worker("a\"b\\c\n\xff");
        EXPECT_EQ(json_of(e).at("worker"), "a\"b\\c??") << kind;
        EXPECT_NE(json_of(e).at("event"), "?") << kind;
    }
}

TEST(LogLine, ShowsNoSecret) {
    for (int kind = 0; kind <= static_cast<int>(event_kind::pool_deleted); ++kind) {
        core::event e = event(static_cast<event_kind>(kind));
        e.who = worker("w");
        EXPECT_EQ(text_of(e).find("secret"), std::string::npos);
        EXPECT_EQ(json_of(e).dump().find("secret"), std::string::npos);
    }
}

TEST(LogLine, AccessLinesNameTheRoute) {
    const access_line line{.method = "GET",
                           .path = "/v1/pools/{pool}",
                           .status = 200,
                           .took = std::chrono::microseconds(1234),
                           .bytes = 99};
    EXPECT_EQ(text_of(line), "GET /v1/pools/{pool} 200 in 1.234 ms, 99 bytes");
    EXPECT_EQ(json_of(line), nlohmann::json::parse(R"({"event":"request","method":"GET",
        "route":"/v1/pools/{pool}","status":200,"took_us":1234,"bytes":99})"));
}

TEST(LogLine, AccessLinesNameThePathThatIsNoRoute) {
    const access_line line{.method = "GET", .path = "/v2", .is_route = false, .status = 404};
    EXPECT_EQ(text_of(line), "GET /v2 404 in 0.000 ms, 0 bytes");
    EXPECT_EQ(json_of(line).at("path"), "/v2");
    EXPECT_FALSE(json_of(line).contains("route"));
}

TEST(LogLine, AHandleInAPathIsNotShown) {
    EXPECT_EQ(without_handles("/v1/release/17.mZk3AbCdEfGhIjKlMn-_0w/x"), "/v1/release/[handle]/x");
    EXPECT_EQ(without_handles("/v1/pools/db.17.eu/leases/17"), "/v1/pools/db.17.eu/leases/17");
    EXPECT_EQ(without_handles("/17./9"), "/17./9");
    EXPECT_EQ(without_handles(""), "");
    EXPECT_EQ(text_of(access_line{.method = "GET", .path = "/%0a\n\"", .status = 404}),
              "GET /%0a?\" 404 in 0.000 ms, 0 bytes");
}

}  // namespace
}  // namespace admit::telemetry::test
