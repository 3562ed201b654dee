// Every answer's JSON to the letter: the shapes are the contract.
#include "tests/proto/support.hpp"

#include <limits>

namespace admit {
namespace {

std::string encoded(const problem& what) {
    std::string out;
    encode(what, out);
    return out;
}

pool_share share(std::int64_t slots, token floor) {
    return {.pool = "db", .slots = slots, .active = 1, .limit = 2, .floor = floor};
}

TEST(encode, appends_and_leaves_what_was_there) {
    std::string out = "HTTP/1.1 200 OK\r\n\r\n";
    encode(answer(evicted_count{3}), handle_of, out);
    EXPECT_EQ(out, "HTTP/1.1 200 OK\r\n\r\n{\"evicted\":3}");
    out = "x";
    encode(problem{.code = errc::not_found, .detail = "d"}, out);
    EXPECT_EQ(out.substr(0, 3), "x{\"");
}

TEST(encode, nothing_for_answers_without_a_body) {
    EXPECT_EQ(encoded(answer(done{})), "");
    EXPECT_EQ(encoded(answer(nobody{})), "");
}

TEST(encode, acquired_and_queued) {
    acquired lease;
    lease.token = 17;
    lease.request_id = "r\"1";
    lease.worker = "w1";
    lease.pool = share(1, 12);
    lease.ttl_ms = 30'000;
    lease.renew_in_ms = 10'000;
    EXPECT_EQ(encoded(answer(lease)),
              R"({"status":"acquired","handle":"17.mac","token":17,"request_id":"r\"1",)"
              R"("worker":"w1","pools":[{"pool":"db","slots":1,"active":1,"limit":2,"floor":12}],)"
              R"("ttl_ms":30000,"renew_in_ms":10000,"waited_ms":0})");
    EXPECT_EQ(encoded(answer(queued{"r1", 41, 3, 9, "db is full", 1200})),
              R"({"status":"queued","request_id":"r1","ticket":41,"position":3,"waiting":9,)"
              R"("reason":"db is full","estimate_ms":1200})");
}

TEST(encode, renewed) {
    renewed one;
    one.leases = {{17, lease_status::renewed, 30'000, 10'000, 12}};
    const std::string row =
        R"({"token":17,"status":"renewed","ttl_ms":30000,"renew_in_ms":10000,"floor":12})";
    EXPECT_EQ(encoded(answer(one)), row);
    one.single = false;
    EXPECT_EQ(encoded(answer(one)), "{\"leases\":[" + row + "]}");
    one.leases.push_back({9, lease_status::expired, 0, 0, 0});
    one.leases.push_back({0, lease_status::unknown, 0, 0, 0});
    EXPECT_EQ(encoded(answer(one)),
              "{\"leases\":[" + row + R"(,{"token":9,"status":"expired"},{"status":"unknown"}]})");
}

TEST(encode, released) {
    released some;
    some.leases = {{17, lease_status::released, 1234, share(0, 0)}};
    const std::string row = R"({"status":"released","token":17,"held_ms":1234,)"
                            R"("pools":[{"pool":"db","active":1,"limit":2}]})";
    EXPECT_EQ(encoded(answer(some)), row);
    some.single = false;
    EXPECT_EQ(encoded(answer(some)), R"({"leases":[{"status":"released","token":17}]})");
    some.single = true;
    some.leases.front().status = lease_status::already_released;
    EXPECT_EQ(encoded(answer(some)), R"({"status":"already_released","token":17})");
    some.single = false;
    some.leases.push_back({0, lease_status::unknown, 0, {}});
    EXPECT_EQ(encoded(answer(some)),
              R"({"leases":[{"status":"already_released","token":17},{"status":"unknown"}]})");
}

TEST(encode, cancelled_checked_and_evicted) {
    EXPECT_EQ(encoded(answer(cancelled{})), R"({"status":"cancelled"})");
    EXPECT_EQ(encoded(answer(cancelled{17})), R"({"status":"released","token":17})");
    EXPECT_EQ(encoded(answer(checked{"db", 17, true, 12})),
              R"({"pool":"db","token":17,"live":true,"floor":12})");
    EXPECT_EQ(encoded(answer(evicted_count{})), R"({"evicted":0})");
}

TEST(encode, pools) {
    pool_view pool;
    pool.pool = "db";
    pool.version = 7;
    pool.source = pool_source::api;
    pool.settings.limit = 4;
    pool.settings.mode = pool_mode::paused;
    pool.settings.note = "tab\there";
    pool.settings.labels = {{"a", "1"}, {"b", ""}};
    pool.active = 2;
    pool.waiting = 3;
    pool.stats = {1, 2, 3, 4, 5, 6, 7};
    const std::string object =
        R"({"pool":"db","version":7,"source":"api","limit":4,"active":2,"waiting":3,)"
        R"("unclaimed":0,"delayed":0,"mode":"paused","over_limit_by":0,"note":"tab\there",)"
        R"("default_ttl_ms":30000,"max_ttl_ms":3600000,"max_waiters":10000,)"
        R"("max_wait_ms":3600000,"claim_ms":10000,"start_within_ms":0,)"
        R"("labels":{"a":"1","b":""},"stats":{"granted":1,"rejected":2,"released":3,)"
        R"("expired":4,"evicted":5,"avg_held_ms":6,"oldest_wait_ms":7}})";
    EXPECT_EQ(encoded(answer(pool_answer{pool, true})), object);
    EXPECT_EQ(encoded(answer(pools_page{{pool, pool}, ""})),
              "{\"pools\":[" + object + "," + object + "]}");
    EXPECT_EQ(encoded(answer(pools_page{{}, "db"})), R"({"pools":[],"next":"db"})");
}

TEST(encode, listings) {
    const lease_row lease{17, "db", "w", 2, lease_state::busy, {{"a", "1"}}, 5, 6};
    const std::string lease_object = R"({"token":17,"pool":"db","worker":"w","slots":2,)"
                                     R"("state":"busy","labels":{"a":"1"},"age_ms":5,"ttl_ms":6})";
    EXPECT_EQ(encoded(answer(leases_page{{lease}, 17})),
              "{\"leases\":[" + lease_object + "],\"next\":17}");
    EXPECT_EQ(encoded(answer(leases_page{})), R"({"leases":[]})");

    const waiter_row waiter{41, "db", "w", 2, {}, 5, 1, 700, "db is full", true};
    const std::string waiter_object =
        R"({"ticket":41,"pool":"db","worker":"w","slots":2,"labels":{},"age_ms":5,)"
        R"("position":1,"estimate_ms":700,"reason":"db is full","attached":true})";
    EXPECT_EQ(encoded(answer(waiters_page{{waiter}, 0})), "{\"waiters\":[" + waiter_object + "]}");

    const ended_row ended{17, "db", "w", 2, {}, ending::not_started, 8, 9};
    EXPECT_EQ(encoded(answer(history_page{{ended}, 17})),
              R"({"ended":[{"token":17,"pool":"db","worker":"w","slots":2,"labels":{},)"
              R"("outcome":"not_started","held_ms":8,"age_ms":9}],"next":17})");

    EXPECT_EQ(encoded(answer(worker_view{"w", "busy", {lease}, {waiter}})),
              "{\"worker\":\"w\",\"state\":\"busy\",\"leases\":[" + lease_object + "],\"waits\":[" +
                  waiter_object + "]}");
}

TEST(encode, problems) {
    EXPECT_EQ(encoded(problem{.code = errc::pool_full,
                              .detail = "db: 2 of 2 slots are held",
                              .pools = {share(0, 0)},
                              .retry_after_ms = 1'000}),
              R"({"type":"about:blank","title":"Pool is full","status":429,)"
              R"("detail":"db: 2 of 2 slots are held","code":"pool_full",)"
              R"("pools":[{"pool":"db","active":1,"limit":2}],"retry_after_ms":1000})");
    EXPECT_EQ(encoded(problem{.code = errc::bad_request, .detail = "d", .field = "ttl_ms"}),
              R"({"type":"about:blank","title":"Request is malformed","status":400,"detail":"d",)"
              R"("code":"bad_request","field":"ttl_ms"})");
    // A detail is never missing.
    EXPECT_EQ(encoded(problem{.code = errc::internal}),
              R"({"type":"about:blank","title":"Internal error","status":500,)"
              R"("detail":"Internal error","code":"internal"})");
}

TEST(encode, strings) {
    const std::pair<std::string, std::string> pairs[] = {
        {"", R"("")"},
        {"plain [ ] { } ,", R"("plain [ ] { } ,")"},
        {"\"\\/", R"("\"\\/")"},
        {"\n\r\t\b\f\x01\x1F\x7F", "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7F\""},
        {std::string("a\0b", 3), R"("a\u0000b")"},
        {"\xC3\xA4\xF0\x9F\x98\x80", "\"\xC3\xA4\xF0\x9F\x98\x80\""},
        {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
        {"\xC3", "\"\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (const auto& [text, expected] : pairs) {
        std::string out = "x";
        append_json_string(out, text);
        EXPECT_EQ(out, "x" + expected);
    }
}

TEST(encode, brackets_in_strings_do_not_confuse_the_commas) {
    queued place{"{", 1, 1, 1, "[", 0};
    EXPECT_EQ(encoded(answer(place)),
              R"({"status":"queued","request_id":"{","ticket":1,"position":1,"waiting":1,)"
              R"("reason":"[","estimate_ms":0})");
}

TEST(encode, the_largest_numbers_survive) {
    EXPECT_EQ(encoded(answer(checked{"db", ~token{0}, false, 1})),
              R"({"pool":"db","token":18446744073709551615,"live":false,"floor":1})");
    EXPECT_EQ(encoded(answer(evicted_count{std::numeric_limits<std::int64_t>::min()})),
              R"({"evicted":-9223372036854775808})");
}

}  // namespace
}  // namespace admit
