// Configuration files: the API's objects in a list, with comments.
#include "tests/proto/support.hpp"

namespace admit {
namespace {

TEST(config_codec, pools_in_the_order_of_the_file) {
    const auto pools = value_of(decode_config(R"(// The pools of the night shift.
{
    "pools": [
        {"pool": "db", "limit": 2, "note": "ask // first"},  /* the small one */
        {"limit": 8, "labels": {"team": "ml"}, "pool": "gpu"},
        {"pool": "default"}
    ]
}
)"));
    ASSERT_EQ(pools.size(), 3u);
    EXPECT_EQ(pools[0].pool, "db");
    EXPECT_EQ(pools[0].change.limit, 2);
    EXPECT_EQ(pools[0].change.note, "ask // first");
    EXPECT_EQ(pools[1].pool, "gpu");
    EXPECT_EQ(pools[1].change.labels, (labels{{"team", "ml"}}));
    EXPECT_EQ(pools[2].pool, "default");
    EXPECT_EQ(pools[2].change, pool_change{});
}

TEST(config_codec, no_pools_is_a_file_too) {
    EXPECT_TRUE(value_of(decode_config("{}")).empty());
    EXPECT_TRUE(value_of(decode_config("{\"pools\":[]} // none")).empty());
}

TEST(config_codec, faults_are_named_by_their_path) {
    expect_refused(decode_config,
                   {
                       {"", "", "line 1, column 1: unexpected end of input"},
                       {"[]", "", "must hold an object"},
                       {"{\n  \"pools\": [}\n}", "", "line 2, column 13: "},
                       {"{} {}", "", "line 1, column 4"},
                       {"# no\n{}", "", "line 1, column 1"},
                       {"{} /* open", "", "comment"},
                       {R"({"pool":[]})", "pool", "did you mean 'pools'?"},
                       {R"({"listen":"x"})", "listen", "unknown field"},
                       {R"({"pools":{}})", "pools", "must be an array"},
                       {R"({"pools":[7]})", "pools[0]", "must be an object"},
                       {R"({"pools":[{"limit":1}]})", "pools[0].pool", "required"},
                       {R"({"pools":[{"pool":"a b"}]})", "pools[0].pool"},
                       {R"({"pools":[{"pool":"a"},{"pool":"b","limit":-1}]})", "pools[1].limit",
                        "'pools[1].limit' must be an integer from 0 to 1000000"},
                       {R"({"pools":[{"pool":"a"},{"pool":"b","limits":1}]})", "pools[1].limits",
                        "unknown field 'pools[1].limits'; did you mean 'limit'?"},
                       {R"({"pools":[{"pool":"a","rate":{}}]})", "pools[0].rate", "not offered"},
                       {R"({"pools":[{"pool":"a","labels":{"x":1}}]})", "pools[0].labels.x"},
                       {R"({"pools":[{"pool":"a"},{"pool":"b"},{"pool":"a"}]})", "pools[2].pool",
                        "second time"},
                       {R"({"pools":[{"pool":"a"},{"pool":"b","limit":1,"limit":2}]})",
                        "pools[1].limit", "duplicate"},
                       {R"({"pools":[],"pools":[]})", "pools", "duplicate"},
                   });
}

TEST(config_codec, is_not_held_to_the_size_of_a_request) {
    std::string text = "{\"pools\":[";
    for (int i = 0; i < 10'000; ++i) {
        text += (i > 0 ? "," : "") + std::string("{\"pool\":\"p") + std::to_string(i) +
                "\",\"limit\":1}";
    }
    EXPECT_EQ(value_of(decode_config(text + "]}")).size(), 10'000u);
}

}  // namespace
}  // namespace admit
