// The bodies of workers' requests: what is accepted, and for the rest the field that is named.
#include "proto/limits.hpp"
#include "tests/proto/support.hpp"

namespace admit {
namespace {

auto acquire(const std::string& body) { return decode_acquire(body, ""); }

std::string with_handles(std::size_t count, const std::string& handle) {
    std::string body = "{\"handles\":[";
    for (std::size_t i = 0; i < count; ++i) {
        body += (i > 0 ? ",\"" : "\"") + handle + '"';
    }
    return body + "]}";
}

TEST(requests, acquire_with_the_defaults) {
    const auto got = value_of(acquire(R"({"worker":"w1"})"));
    EXPECT_EQ(got.pool, "default");
    EXPECT_EQ(got.slots, 1);
    EXPECT_EQ(got.worker, "w1");
    EXPECT_EQ(got.wait_ms, 0);
    EXPECT_EQ(got.ttl_ms, std::nullopt);
    EXPECT_EQ(got.request_id, std::nullopt);
    EXPECT_EQ(got.keep_ms, 0);
    EXPECT_FALSE(got.start);
    EXPECT_TRUE(got.labels.empty());
}

TEST(requests, acquire_with_everything) {
    const auto got = value_of(acquire(R"({"labels":{"z":"","a":"1"},"start":true,"keep_ms":300000,
        "request_id":"r \u20ac","ttl_ms":1000,"wait_ms":2147483648,"worker":"w","slots":1000000,
        "pool":"db.1"})"));
    EXPECT_EQ(got.pool, "db.1");
    EXPECT_EQ(got.slots, 1'000'000);
    EXPECT_EQ(got.wait_ms, limits::duration_ms_max);
    EXPECT_EQ(got.ttl_ms, 1'000);
    EXPECT_EQ(got.request_id, "r \xE2\x82\xAC");
    EXPECT_EQ(got.keep_ms, 300'000);
    EXPECT_TRUE(got.start);
    EXPECT_EQ(got.labels, (labels{{"a", "1"}, {"z", ""}}));
}

TEST(requests, acquire_refuses_and_names_the_field) {
    const std::string key_65(65, 'k');
    const std::string long_257(257, 'v');
    std::string labels_17;
    for (char c = 'a'; c <= 'q'; ++c) {
        labels_17 += (labels_17.empty() ? "\"" : ",\"") + std::string(1, c) + "\":\"\"";
    }
    expect_refused(
        acquire,
        {
            {"", "worker", "required"},
            {"{}", "worker", "required"},
            {"null", "", "must be an object"},
            {"[]", "", "must be an object"},
            {"\"w\"", "", "must be an object"},
            {"7", "", "must be an object"},
            {"{\"worker\":\"w\"", "", "at byte 13"},
            {R"({"worker":null})", "worker"},
            {R"({"worker":7})", "worker"},
            {R"({"worker":""})", "worker"},
            {R"({"worker":"a\nb"})", "worker"},
            {R"({"worker":"\u0000"})", "worker"},
            {R"({"worker":"\u2028"})", "worker"},
            {R"({"worker":")" + std::string(129, 'w') + "\"}", "worker", "1 to 128"},
            {R"({"worker":"w","pool":""})", "pool"},
            {R"({"worker":"w","pool":"a/b"})", "pool"},
            {R"({"worker":"w","pool":7})", "pool"},
            {R"({"worker":"w","slots":0})", "slots", "from 1 to 1000000"},
            {R"({"worker":"w","slots":-1})", "slots"},
            {R"({"worker":"w","slots":1000001})", "slots"},
            {R"({"worker":"w","slots":1.0})", "slots", "must be an integer"},
            {R"({"worker":"w","slots":1e3})", "slots", "must be an integer"},
            {R"({"worker":"w","slots":"1"})", "slots", "must be an integer"},
            {R"({"worker":"w","slots":true})", "slots"},
            {R"({"worker":"w","slots":[1]})", "slots"},
            {R"({"worker":"w","slots":99999999999999999999999999})", "slots", "must be an integer"},
            {R"({"worker":"w","slots":1e999})", "slots"},
            {R"({"worker":"w","wait_ms":-1})", "wait_ms"},
            {R"({"worker":"w","wait_ms":2147483649})", "wait_ms", "from 0 to 2147483648"},
            {R"({"worker":"w","ttl_ms":999})", "ttl_ms", "from 1000 to"},
            {R"({"worker":"w","ttl_ms":null})", "ttl_ms"},
            {R"({"worker":"w","ttl_ms":2147483649})", "ttl_ms"},
            {R"({"worker":"w","request_id":""})", "request_id"},
            {R"({"worker":"w","keep_ms":1})", "keep_ms", "request_id"},
            {R"({"worker":"w","request_id":"r","keep_ms":300001})", "keep_ms"},
            {R"({"worker":"w","start":1})", "start", "true or false"},
            {R"({"worker":"w","start":"true"})", "start"},
            {R"({"worker":"w","labels":[]})", "labels"},
            {R"({"worker":"w","labels":{"a":1}})", "labels.a"},
            {R"({"worker":"w","labels":{"":"x"}})", "labels."},
            {R"({"worker":"w","labels":{"a":"\t"}})", "labels.a"},
            {R"({"worker":"w","labels":{"a\u0007":"x"}})", "labels.a\\x07"},
            {R"({"worker":"w","labels":{")" + key_65 + R"(":"x"}})",
             "labels." + std::string(64, 'k') + "..."},
            {R"({"worker":"w","labels":{"a":")" + long_257 + R"("}})", "labels.a"},
            {R"({"worker":"w","labels":{)" + labels_17 + "}}", "labels", "at most 16"},
            {R"({"worker":"w","worker":"w"})", "worker", "duplicate"},
            {R"({"worker":"w","labels":{"a":"1","a":"2"}})", "labels.a", "duplicate"},
        });
}

TEST(requests, an_unknown_field_is_refused_with_a_guess) {
    expect_refused(acquire,
                   {
                       {R"({"worker":"w","ttlms":1000})", "ttlms",
                        "unknown field 'ttlms'; did you mean 'ttl_ms'?"},
                       {R"({"worker_id":"w"})", "worker_id", "did you mean 'worker'?"},
                       {R"({"worker":"w","Pool":"x"})", "Pool", "did you mean 'pool'?"},
                       {R"({"worker":"w","x":1})", "x", "unknown field 'x'"},
                       {R"({"worker":"w","":1})", "", "unknown field ''"},
                       {R"({"worker":"w","a\u001bb":1})", "a\\x1bb", "unknown field 'a\\x1bb'"},
                   });
    const std::string huge(60'000, 'x');
    const problem wrong = problem_in(acquire("{\"" + huge + "\":1}"), "a huge name");
    EXPECT_LT(wrong.detail.size(), 200u);
    EXPECT_LT(wrong.field.size(), 100u);
}

TEST(requests, fields_of_later_versions_are_refused_not_ignored) {
    expect_refused(
        acquire,
        {
            {R"({"worker":"w","pools":[{"pool":"db"}]})", "pools",
             "not offered by this version yet"},
            {R"({"worker":"w","priority":0})", "priority", "not offered by this version yet"},
            {R"({"worker":"w","key":""})", "key", "not offered by this version yet"},
        });
}

TEST(requests, the_request_id_may_come_as_a_header) {
    const std::string plain = R"({"worker":"w"})";
    const std::string named = R"({"worker":"w","request_id":"r1","keep_ms":5})";
    EXPECT_EQ(value_of(decode_acquire(plain, "r1")).request_id, "r1");
    EXPECT_EQ(value_of(decode_acquire(named, "r1")).request_id, "r1");
    EXPECT_EQ(value_of(decode_acquire(named, "")).request_id, "r1");
    EXPECT_EQ(value_of(decode_acquire(R"({"worker":"w","keep_ms":5})", "r1")).keep_ms, 5);
    EXPECT_EQ(problem_in(decode_acquire(named, "r2"), named).field, "request_id");
    const std::vector<std::string> bad_keys{"a\tb", "\xFF", std::string(129, 'r')};
    for (const std::string& bad : bad_keys) {
        EXPECT_EQ(problem_in(decode_acquire(plain, bad), bad).field, "Idempotency-Key");
    }
}

TEST(requests, renew) {
    const auto one = value_of(decode_renew(R"({"handle":"17.mac"})"));
    EXPECT_TRUE(one.single);
    EXPECT_EQ(one.handles, std::vector<std::string>{"17.mac"});
    EXPECT_EQ(one.ttl_ms, std::nullopt);

    const auto many =
        value_of(decode_renew(R"({"state":"busy","ttl_ms":60000,"handles":["a","","a"]})"));
    EXPECT_FALSE(many.single);
    EXPECT_EQ(many.handles, (std::vector<std::string>{"a", "", "a"}));
    EXPECT_EQ(many.ttl_ms, 60'000);

    EXPECT_FALSE(value_of(decode_renew(R"({"handles":["a"]})")).single);
    EXPECT_EQ(value_of(decode_renew(R"({"handle":""})")).handles.size(), 1u);
    EXPECT_EQ(value_of(decode_renew(with_handles(1'000, std::string(128, 'h')))).handles.size(),
              1'000u);
}

TEST(requests, renew_refuses_and_names_the_field) {
    const std::string long_129(129, 'h');
    expect_refused(decode_renew,
                   {
                       {"", "handle", "required"},
                       {R"({"ttl_ms":1000})", "handle", "required"},
                       {R"({"handle":"a","handles":["b"]})", "handles", "not both"},
                       {R"({"handles":["b"],"handle":"a"})", "handle", "not both"},
                       {R"({"handles":[]})", "handles", "1 to 1000"},
                       {R"({"handles":"a"})", "handles"},
                       {R"({"handles":{"a":"b"}})", "handles"},
                       {R"({"handles":["a",7]})", "handles[1]"},
                       {R"({"handle":null})", "handle"},
                       {R"({"handle":17})", "handle"},
                       {"{\"handle\":\"" + long_129 + "\"}", "handle", "128"},
                       {with_handles(3, long_129), "handles[0]"},
                       {with_handles(1'001, "h"), "handles", "1 to 1000"},
                       {with_handles(100'000, "h"), "", "more than 4096 values"},
                       {R"({"handle":"a","state":"idle"})", "state", "\"busy\""},
                       {R"({"handle":"a","state":true})", "state"},
                       {R"({"handle":"a","ttl_ms":999})", "ttl_ms"},
                       {R"({"handle":"a","outcome":"ok"})", "outcome", "unknown field"},
                       {R"({"hande":"a"})", "hande", "did you mean 'handle'?"},
                   });
}

TEST(requests, release) {
    const auto one = value_of(decode_release(R"({"handle":"17.mac"})"));
    EXPECT_TRUE(one.single);
    EXPECT_EQ(one.outcome, outcome::ok);
    const auto many = value_of(decode_release(R"({"handles":["a","b"],"outcome":"failed"})"));
    EXPECT_FALSE(many.single);
    EXPECT_EQ(many.outcome, outcome::failed);
    EXPECT_EQ(value_of(decode_release(R"({"handle":"a","outcome":"dropped"})")).outcome,
              outcome::dropped);
    expect_refused(
        decode_release,
        {
            {"", "handle", "required"},
            {R"({"handle":"a","outcome":"OK"})", "outcome", "\"ok\", \"dropped\" or \"failed\""},
            {R"({"handle":"a","outcome":1})", "outcome"},
            {R"({"handle":"a","state":"busy"})", "state", "unknown field"},
            {R"({"handle":"a","handle":"a"})", "handle", "duplicate"},
        });
}

TEST(requests, cancel) {
    EXPECT_EQ(value_of(decode_cancel(R"({"request_id":"r"})")).request_id, "r");
    expect_refused(decode_cancel, {
                                      {"", "request_id", "required"},
                                      {R"({"request_id":""})", "request_id"},
                                      {R"({"request_id":7})", "request_id"},
                                      {R"({"request_id":"r","worker":"w"})", "worker"},
                                      {R"({"id":"r"})", "id"},
                                  });
}

}  // namespace
}  // namespace admit
