// The bodies of PUT and PATCH of a pool.
#include "proto/limits.hpp"
#include "tests/proto/support.hpp"

namespace admit {
namespace {

TEST(settings, only_what_is_named_changes) {
    EXPECT_EQ(value_of(decode_pool_change("")), pool_change{});
    EXPECT_EQ(value_of(decode_pool_change("{}")), pool_change{});
    pool_change limit;
    limit.limit = 0;
    EXPECT_EQ(value_of(decode_pool_change(R"({"limit":0})")), limit);
    pool_change none;
    none.labels = labels{};
    none.note = "";
    EXPECT_EQ(value_of(decode_pool_change(R"({"labels":{},"note":""})")), none);
}

TEST(settings, every_setting_is_read) {
    const pool_change got = value_of(decode_pool_change(R"({"limit":1000000,"mode":"draining",
        "note":"moving \u00e4way","default_ttl_ms":1000,"max_ttl_ms":2147483648,
        "max_waiters":1000000,"max_wait_ms":2147483648,"claim_ms":0,"start_within_ms":2147483648,
        "labels":{"b":"2","a":"1"}})"));
    pool_change expected;
    expected.limit = limits::slots_max;
    expected.mode = pool_mode::draining;
    expected.note = "moving \xC3\xA4way";
    expected.default_ttl_ms = limits::ttl_ms_min;
    expected.max_ttl_ms = limits::duration_ms_max;
    expected.max_waiters = limits::waiters_max;
    expected.max_wait_ms = limits::duration_ms_max;
    expected.claim_ms = 0;
    expected.start_within_ms = limits::duration_ms_max;
    expected.labels = labels{{"a", "1"}, {"b", "2"}};
    EXPECT_EQ(got, expected);
}

TEST(settings, bad_ones_are_refused_and_named) {
    expect_refused(decode_pool_change,
                   {
                       {"null", "", "must be an object"},
                       {"[1]", "", "must be an object"},
                       {R"({"limit":-1})", "limit", "from 0 to 1000000"},
                       {R"({"limit":1000001})", "limit"},
                       {R"({"limit":2.5})", "limit", "must be an integer"},
                       {R"({"limit":"2"})", "limit"},
                       {R"({"limit":null})", "limit", "not offered by this version yet"},
                       {R"({"mode":"closed"})", "mode", "\"open\", \"paused\" or \"draining\""},
                       {R"({"mode":0})", "mode"},
                       {R"({"note":"a\nb"})", "note"},
                       {"{\"note\":\"" + std::string(257, 'n') + "\"}", "note", "at most 256"},
                       {R"({"default_ttl_ms":999})", "default_ttl_ms"},
                       {R"({"max_ttl_ms":0})", "max_ttl_ms"},
                       {R"({"max_ttl_ms":2147483649})", "max_ttl_ms"},
                       {R"({"max_waiters":-1})", "max_waiters"},
                       {R"({"max_waiters":1000001})", "max_waiters"},
                       {R"({"max_wait_ms":2147483649})", "max_wait_ms"},
                       {R"({"claim_ms":2147483649})", "claim_ms"},
                       {R"({"start_within_ms":-1})", "start_within_ms"},
                       {R"({"labels":{"a":null}})", "labels.a"},
                       {R"({"limits":2})", "limits", "did you mean 'limit'?"},
                       {R"({"max_waiter":2})", "max_waiter", "did you mean 'max_waiters'?"},
                       {R"({"pool":"db","limit":2})", "pool", "unknown field"},
                       {R"({"limit":2,"limit":3})", "limit", "duplicate"},
                   });
}

TEST(settings, those_of_later_versions_are_refused_not_ignored) {
    for (const std::string name :
         {"lock_delay_ms", "order", "per_key_limit", "per_key_max_waiters", "overtake", "age_ms",
          "overflow", "parent", "rate", "adaptive"}) {
        for (const char* value : {"0", "\"fifo\"", "{}", "null"}) {
            const std::string body = "{\"limit\":1,\"" + name + "\":" + value + '}';
            const problem wrong = problem_in(decode_pool_change(body), body);
            EXPECT_EQ(wrong.field, name);
            EXPECT_EQ(wrong.detail, "'" + name + "' is not offered by this version yet");
        }
    }
}

}  // namespace
}  // namespace admit
