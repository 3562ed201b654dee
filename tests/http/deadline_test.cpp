// Deadlines by virtual time: what is too slow, what is merely idle, and what may take for ever.
#include "server/http/limits.hpp"
#include "tests/http/wire.hpp"

#include <gtest/gtest.h>

namespace admit::http::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using verdict = connection::verdict;

/// A wire whose time passes.
struct clocked : wire {
    void pass(std::chrono::nanoseconds time) { now += time; }
    verdict sweep() {
        const verdict out = connection.overdue(now);
        // Refusals are heard like requests.
        if (out == verdict::refused) give_nothing();
        return out;
    }
    void give_nothing() {
        const request* what = connection.next(now);
        refused = what->refused->code;
        connection.replied(what->serial, now);
    }
    errc refused = errc::internal;
};

TEST(Deadline, AHeaderHasTenSecondsFromTheAccept) {
    clocked wire;
    wire.pass(seconds(5));
    wire.give("GET / HT");
    wire.pass(milliseconds(4999));
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.pass(milliseconds(1));
    EXPECT_EQ(wire.sweep(), verdict::refused);
    EXPECT_EQ(wire.refused, errc::request_timeout);
    EXPECT_TRUE(wire.connection.ended());
    EXPECT_TRUE(wire.connection.must_linger());
}

TEST(Deadline, WhoNeverSaysAWordIsClosedWithoutOne) {
    clocked wire;
    wire.pass(seconds(10));
    EXPECT_EQ(wire.sweep(), verdict::close);
}

TEST(Deadline, AByteNowAndThenDoesNotBuyTime) {
    clocked wire;
    wire.give("GET / HTTP/1.1\r\nX: ");
    for (int i = 0; i < 99; ++i) {
        wire.pass(milliseconds(100));
        wire.give("x");
        EXPECT_EQ(wire.sweep(), verdict::fine);
    }
    wire.pass(milliseconds(100));
    EXPECT_EQ(wire.sweep(), verdict::refused);
}

TEST(Deadline, ABodyHasTenSecondsFromItsHeader) {
    clocked wire;
    const std::string bytes = post("/x", "{}");
    wire.pass(seconds(9));
    wire.give(bytes.substr(0, bytes.size() - 2));
    wire.pass(seconds(9));
    wire.give("{");
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.pass(seconds(1));
    EXPECT_EQ(wire.sweep(), verdict::refused);
}

TEST(Deadline, ALaterHeaderCountsFromItsFirstByte) {
    clocked wire;
    wire.give(get("/x"));
    wire.take();
    wire.pass(seconds(70));
    wire.give("G");
    wire.pass(milliseconds(9999));
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.pass(milliseconds(1));
    EXPECT_EQ(wire.sweep(), verdict::refused);
}

TEST(Deadline, AnIdleConnectionHasSeventyFiveSeconds) {
    clocked wire;
    wire.give(get("/x"));
    wire.take();
    wire.pass(milliseconds(74'999));
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.give(get("/x"));
    wire.take();
    wire.pass(milliseconds(74'999));
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.pass(milliseconds(1));
    EXPECT_EQ(wire.sweep(), verdict::close);
}

TEST(Deadline, ACallMayWaitForEverAndSoMayWhatIsBehindIt) {
    connection on(&body_limit, instant(0));
    const std::string bytes = get("/waits") + "GET /half";
    const std::span<char> space = on.prepare();
    bytes.copy(space.data(), bytes.size());
    on.commit(bytes.size(), instant(0));
    const std::uint64_t serial = on.next(instant(0))->serial;
    EXPECT_EQ(on.deadline(), std::nullopt);
    EXPECT_EQ(on.overdue(instant(std::chrono::hours(1))), verdict::fine);

    // The half behind it has its ten seconds when it is its turn.
    const instant later = std::chrono::hours(1);
    on.replied(serial, later);
    EXPECT_EQ(on.next(later), nullptr);
    EXPECT_EQ(on.deadline(), later + limits::header_time);
    EXPECT_EQ(on.overdue(later + seconds(10)), verdict::refused);
}

TEST(Deadline, WhoDoesNotReadItsRepliesIsClosed) {
    clocked wire;
    wire.give(get("/x") + get("/x"));
    EXPECT_EQ(wire.connection.output(wire.now), "[GET][GET]");
    wire.pass(seconds(9));
    wire.connection.wrote(3, wire.now);
    wire.pass(seconds(9));
    EXPECT_EQ(wire.sweep(), verdict::fine);
    wire.pass(seconds(1));
    EXPECT_EQ(wire.sweep(), verdict::close);
}

TEST(Deadline, NobodyIsBlamedForWhatWeDoNotRead) {
    // The rest of a request stays in the socket while too many replies are pending.
    connection on(&body_limit, instant(0));
    std::vector<std::uint64_t> serials;
    std::string bytes;
    for (std::size_t i = 0; i < limits::replies_pending_max; ++i)
        bytes += get("/");
    bytes += "GET /h";
    while (!bytes.empty()) {
        const std::span<char> space = on.prepare();
        const std::size_t size = std::min(space.size(), bytes.size());
        bytes.copy(space.data(), size);
        on.commit(size, instant(0));
        bytes.erase(0, size);
        while (const request* what = on.next(instant(0)))
            serials.push_back(what->serial);
    }
    ASSERT_EQ(serials.size(), limits::replies_pending_max);
    EXPECT_EQ(on.overdue(seconds(60)), verdict::fine);
    on.replied(serials.front(), seconds(60));
    EXPECT_EQ(on.next(seconds(60)), nullptr);
    EXPECT_EQ(on.overdue(seconds(69)), verdict::fine);
    EXPECT_EQ(on.overdue(seconds(70)), verdict::refused);
}

TEST(Deadline, AnEmptyLineAloneIsNoRequest) {
    clocked wire;
    wire.give(get("/x"));
    wire.take();
    wire.give("\r");
    wire.give("\n");
    wire.pass(seconds(60));
    EXPECT_EQ(wire.sweep(), verdict::fine);
}

}  // namespace
}  // namespace admit::http::testing
