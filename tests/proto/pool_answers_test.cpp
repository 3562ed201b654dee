// Pools as clients read and change them: what the server writes is read with every setting and
// number, and what is no pool is refused.
#include "proto/limits.hpp"
#include "tests/proto/members.hpp"

#include <tuple>
#include <type_traits>

namespace admit {
namespace {

/// Everything in it, to be compared. A new field does not compile before it is named here.
auto fields_of(const pool_stats& stats) {
    const auto& [granted, rejected, released, expired, evicted, avg_held_ms, oldest_wait_ms] =
        stats;
    return std::make_tuple(granted, rejected, released, expired, evicted, avg_held_ms,
                           oldest_wait_ms);
}

void expect_equal(const pool_view& got, const pool_view& sent) {
    const auto fields = [](const pool_view& view) {
        const auto& [pool, version, source, settings, active, waiting, unclaimed, over_limit_by,
                     stats] = view;
        return std::make_tuple(pool, version, source, active, waiting, unclaimed, over_limit_by,
                               fields_of(stats));
    };
    EXPECT_EQ(fields(got), fields(sent));
    EXPECT_EQ(got.settings, sent.settings);
}

/// No two numbers are the same, and none is a default.
pool_view busy_pool() {
    pool_view pool;
    pool.pool = "db";
    pool.version = limits::token_max;
    pool.source = pool_source::flag;
    pool.settings = {10,
                     pool_mode::draining,
                     "closed \"for\" the\\ night \xE2\x82\xAC \xF0\x9F\x98\x80",
                     1'011,
                     1'012,
                     13,
                     14,
                     15,
                     16,
                     {{"quote\"", "\\"}, {"team", "\xC3\xA4"}, {"x", ""}}};
    pool.active = 21;
    pool.waiting = 22;
    pool.unclaimed = 23;
    pool.over_limit_by = 24;
    pool.stats = {31, 32, 33, 34, 35, 36, 37};
    return pool;
}

TEST(round_trip, a_pool_with_all_its_settings_and_numbers) {
    const pool_view sent = busy_pool();
    expect_equal(value_of(decode_pool(encoded(answer(pool_answer{sent, false})))), sent);
    expect_equal(value_of(decode_pool(encoded(answer(pool_answer{sent, true})))), sent);
    pool_view plain;
    plain.pool = "p";
    expect_equal(value_of(decode_pool(encoded(answer(pool_answer{plain, false})))), plain);
}

TEST(round_trip, every_mode_and_source_of_a_pool) {
    pool_view sent = busy_pool();
    for (const auto mode : {pool_mode::open, pool_mode::paused, pool_mode::draining}) {
        for (const auto source :
             {pool_source::builtin, pool_source::file, pool_source::flag, pool_source::api}) {
            sent.settings.mode = mode;
            sent.source = source;
            expect_equal(value_of(decode_pool(encoded(answer(pool_answer{sent, false})))), sent);
        }
    }
}

TEST(round_trip, a_full_page_of_pools) {
    pool_view pool = busy_pool();
    pool.pool = std::string(limits::name_bytes_max, 'p');
    pool.settings.labels.clear();
    for (char c = 'a'; c < 'a' + static_cast<int>(limits::labels_max); ++c) {
        pool.settings.labels.emplace_back(std::string(1, c), "x");
    }
    const pools_page page{std::vector<pool_view>(limits::page_max, pool), pool.pool};
    const auto got = value_of(decode_pools(encoded(answer(page))));
    EXPECT_EQ(got.next, page.next);
    ASSERT_EQ(got.pools.size(), page.pools.size());
    for (const pool_view& each : got.pools) {
        expect_equal(each, pool);
    }
    EXPECT_TRUE(value_of(decode_pools(encoded(answer(pools_page{})))).pools.empty());
}

template <class T>
pool_change naming(std::optional<T> pool_change::*setting, std::type_identity_t<T> value) {
    pool_change change;
    change.*setting = std::move(value);
    return change;
}

TEST(round_trip, a_change_of_one_setting_names_that_setting) {
    const std::pair<const char*, pool_change> changes[] = {
        {"{}", {}},
        {R"({"limit":0})", naming(&pool_change::limit, 0)},
        {R"({"mode":"paused"})", naming(&pool_change::mode, pool_mode::paused)},
        {R"({"note":""})", naming(&pool_change::note, "")},
        {R"({"default_ttl_ms":1000})", naming(&pool_change::default_ttl_ms, 1'000)},
        {R"({"max_ttl_ms":1000})", naming(&pool_change::max_ttl_ms, 1'000)},
        {R"({"max_waiters":0})", naming(&pool_change::max_waiters, 0)},
        {R"({"max_wait_ms":0})", naming(&pool_change::max_wait_ms, 0)},
        {R"({"claim_ms":0})", naming(&pool_change::claim_ms, 0)},
        {R"({"start_within_ms":0})", naming(&pool_change::start_within_ms, 0)},
        {R"({"labels":{}})", naming(&pool_change::labels, labels{})},
    };
    for (const auto& [body, change] : changes) {
        EXPECT_EQ(encode(change), body);
        EXPECT_EQ(value_of(decode_pool_change(body)), change);
    }
}

TEST(round_trip, a_change_of_all_settings) {
    const pool_settings all = busy_pool().settings;
    for (const auto mode : {pool_mode::open, pool_mode::paused, pool_mode::draining}) {
        const pool_change change{all.limit,          mode,           all.note,
                                 all.default_ttl_ms, all.max_ttl_ms, all.max_waiters,
                                 all.max_wait_ms,    all.claim_ms,   all.start_within_ms,
                                 all.labels};
        EXPECT_EQ(value_of(decode_pool_change(encode(change))), change);
    }
}

/// Of the settings and the numbers a client does without what an older server does not send.
members pool_members() {
    return {{"pool", "\"db\""},
            {"version", "7", false},
            {"source", "\"api\"", false},
            {"limit", "4"},
            {"active", "2"},
            {"waiting", "3", false},
            {"unclaimed", "0", false},
            {"mode", "\"open\"", false},
            {"over_limit_by", "0", false},
            {"note", "\"\"", false},
            {"default_ttl_ms", "30000", false},
            {"max_ttl_ms", "3600000", false},
            {"max_waiters", "10000", false},
            {"max_wait_ms", "3600000", false},
            {"claim_ms", "10000", false},
            {"start_within_ms", "0", false},
            {"labels", "{}", false},
            {"stats", "{}", false}};
}

members stats_members() {
    return {{"granted", "1", false},       {"rejected", "2", false}, {"released", "3", false},
            {"expired", "4", false},       {"evicted", "5", false},  {"avg_held_ms", "6", false},
            {"oldest_wait_ms", "7", false}};
}

TEST(client_codec, checks_every_member_of_a_pool) {
    expect_each_member_checked(decode_pool, pool_members(), alone);
    expect_each_member_checked(decode_pool, stats_members(), [](const std::string& stats) {
        return R"({"pool":"db","limit":4,"active":2,"stats":)" + stats + "}";
    });
    expect_each_member_checked(decode_pools, pool_members(), [](const std::string& pool) {
        return "{\"pools\":[" + pool + "]}";
    });
    expect_each_member_checked(decode_pools, {{"pools", "[]"}, {"next", "\"db\"", false}}, alone);
}

TEST(client_codec, gives_settings_that_are_not_sent_their_defaults) {
    const auto got = value_of(decode_pool(R"({"pool":"db","limit":4,"active":2})"));
    pool_settings expected;
    expected.limit = 4;
    EXPECT_EQ(got.settings, expected);
}

TEST(client_codec, ignores_what_a_newer_server_adds_to_a_pool) {
    const auto got = value_of(decode_pool(
        R"({"pool":"db","limit":4,"active":2,"delayed":1,"order":"fair","rate":{"per_second":0.5},)"
        R"("parent":null,"stats":{"granted":9,"dropped":[1]},"labels":{"a":"b","c":{"d":1}}})"));
    EXPECT_EQ(got.active, 2);
    EXPECT_EQ(got.stats.granted, 9);
    EXPECT_EQ(got.settings.labels, (labels{{"a", "b"}}));
}

TEST(client_codec, refuses_what_is_no_pool) {
    const std::vector<bad_message> bodies{
        {"", "", "unexpected end"},
        {"<html>", ""},
        {"null", "", "must be an object"},
        {"[]", "", "must be an object"},
        {"\"db\"", "", "must be an object"},
        {"{}", "pool"},
        {R"({"pool":"a","pool":"b"})", "pool", "duplicate"},
        {R"({"mode":"ajar"})", "mode", "this client knows"},
        {R"({"source":"rumour"})", "source", "this client knows"},
    };
    expect_refused(decode_pool, bodies);
    expect_refused(decode_pools, {{"{}", "pools", "required"},
                                  {R"({"pools":[{}]})", "pool", "required"},
                                  {R"({"pools":[7]})", "", "must be an object"},
                                  {R"({"pools":{"pool":"db"}})", "pools", "must be an array"}});
}

}  // namespace
}  // namespace admit
