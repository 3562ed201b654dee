// Bytes that nobody honest sends: the codec refuses them in bounded time and never falls over. What
// is refused is refused with a problem that itself is good JSON.
#include "proto/json.hpp"
#include "proto/limits.hpp"
#include "tests/proto/support.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <random>

namespace admit {
namespace {

/// A decoder, its result reduced to whether it accepted.
struct decoder {
    const char* name;
    std::function<std::optional<problem>(std::string_view)> refuses;
};

template <class T>
std::optional<problem> refusal(decoded<T> result) {
    if (auto* wrong = std::get_if<problem>(&result)) { return std::move(*wrong); }
    return std::nullopt;
}

const std::vector<decoder>& decoders() {
    static const std::vector<decoder> all{
        {"acquire", [](auto body) { return refusal(decode_acquire(body, "")); }},
        {"renew", [](auto body) { return refusal(decode_renew(body)); }},
        {"release", [](auto body) { return refusal(decode_release(body)); }},
        {"cancel", [](auto body) { return refusal(decode_cancel(body)); }},
        {"pool", [](auto body) { return refusal(decode_pool_change(body)); }},
        {"config", [](auto body) { return refusal(decode_config(body)); }},
        {"acquire answer", [](auto body) { return refusal(decode_acquire_answer(body)); }},
        {"renew answer", [](auto body) { return refusal(decode_renew_answer(body)); }},
        {"release answer", [](auto body) { return refusal(decode_release_answer(body)); }},
        {"cancel answer", [](auto body) { return refusal(decode_cancel_answer(body)); }},
        {"pools answer", [](auto body) { return refusal(decode_pools(body)); }},
        {"pool answer", [](auto body) { return refusal(decode_pool(body)); }},
        {"check answer", [](auto body) { return refusal(decode_check_answer(body)); }},
        {"leases", [](auto body) { return refusal(decode_leases(body)); }},
        {"waiters", [](auto body) { return refusal(decode_waiters(body)); }},
        {"history", [](auto body) { return refusal(decode_history(body)); }},
        {"worker", [](auto body) { return refusal(decode_worker(body)); }},
        {"evicted", [](auto body) { return refusal(decode_evicted(body)); }},
        {"version", [](auto body) { return refusal(decode_version(body)); }},
    };
    return all;
}

/// One good message for each decoder, in their order.
const std::vector<std::string>& good_messages() {
    static const std::vector<std::string> all{
        R"({"pool":"db","slots":2,"worker":"w\u00e4","wait_ms":5,"ttl_ms":1000,"request_id":"r",)"
        R"("keep_ms":9,"start":true,"labels":{"a":"1","b":"2"}})",
        R"({"handles":["1.a","2.b"],"ttl_ms":1000,"state":"busy"})",
        R"({"handle":"1.a","outcome":"failed"})",
        R"({"request_id":"r"})",
        R"({"limit":2,"mode":"open","note":"x","max_waiters":5,"labels":{"a":"1"}})",
        R"({"pools":[{"pool":"db","limit":2},/* c */{"pool":"gpu","labels":{"a":"1"}}]})",
        R"({"status":"acquired","handle":"1.m","token":1,"request_id":"r","worker":"w",)"
        R"("pools":[{"pool":"db","active":1,"limit":2}],"ttl_ms":9,"renew_in_ms":3,"waited_ms":0})",
        R"({"leases":[{"token":1,"status":"renewed","ttl_ms":9,"renew_in_ms":3,"floor":1}]})",
        R"({"status":"released","token":1,"held_ms":5,"pools":[{"pool":"d","active":0}]})",
        R"({"status":"released","token":17})",
        R"({"pools":[{"pool":"db","limit":1,"active":0,"stats":{"granted":1}}],"next":"db"})",
        R"({"pool":"db","limit":1,"active":0,"mode":"open","labels":{"a":"1"},"stats":{}})",
        R"({"pool":"db","token":17,"live":true,"floor":12})",
        R"({"leases":[{"token":17,"pool":"db","worker":"w","slots":2,"state":"busy",)"
        R"("labels":{"a":"1"},"age_ms":5,"ttl_ms":6}],"next":17})",
        R"({"waiters":[{"ticket":41,"pool":"db","worker":"w","slots":2,"labels":{},"age_ms":5,)"
        R"("position":1,"estimate_ms":700,"reason":"db is full","attached":true}],"next":41})",
        R"({"ended":[{"token":17,"pool":"db","worker":"w","slots":2,"labels":{},)"
        R"("outcome":"not_started","held_ms":8,"age_ms":9}],"next":17})",
        R"({"worker":"w","state":"acquired","leases":[],"waits":[]})",
        R"({"evicted":3})",
        R"({"name":"admitd","version":"0.1.0","commit":"d9d8c66","api":"v1"})",
    };
    return all;
}

/// A refusal must be sendable: its own JSON is read back.
void expect_sendable(const problem& wrong) {
    std::string body;
    encode(wrong, body);
    EXPECT_LT(body.size(), 1'000u);
    json::document read;
    EXPECT_FALSE(read.parse(body)) << body;
}

TEST(hostile, no_part_of_a_message_is_a_message) {
    for (std::size_t i = 0; i < decoders().size(); ++i) {
        const std::string& whole = good_messages()[i];
        EXPECT_FALSE(decoders()[i].refuses(whole)) << decoders()[i].name;
        for (std::size_t length = 1; length < whole.size(); ++length) {
            const auto wrong = decoders()[i].refuses(std::string_view(whole).substr(0, length));
            ASSERT_TRUE(wrong) << decoders()[i].name << ": " << whole.substr(0, length);
            EXPECT_EQ(wrong->code, errc::bad_request);
            EXPECT_EQ(wrong->field, "");
            expect_sendable(*wrong);
        }
    }
}

TEST(hostile, depth_is_refused_without_a_deep_stack) {
    const std::string arrays(1'000'000, '[');
    std::string objects;
    for (int i = 0; i < 100'000; ++i) {
        objects += "{\"a\":";
    }
    const std::string closed = std::string(100'000, '[') + std::string(100'000, ']');
    for (const decoder& each : decoders()) {
        for (const std::string& bomb : {arrays, objects, closed, "{\"x\":" + closed + "}"}) {
            const auto wrong = each.refuses(bomb);
            ASSERT_TRUE(wrong) << each.name;
            EXPECT_NE(wrong->detail.find("nested deeper"), std::string::npos) << wrong->detail;
        }
    }
}

TEST(hostile, size_costs_no_more_than_reading_it) {
    const std::size_t megabyte = limits::handles_body_bytes_max;
    std::string names = "{";
    for (int i = 0; names.size() < megabyte; ++i) {
        names += "\"k" + std::to_string(i) + "\":1,";
    }
    std::string colliding = "{";  // fewer than the reader keeps, each as long as the others
    for (int i = 0; i < 4'000; ++i) {
        colliding += "\"" + std::to_string(100'000 + i) + "\":1,";
    }
    colliding += "\"worker\":\"w\"}";
    const std::string bodies[] = {
        "{\"worker\":\"" + std::string(megabyte, 'w') + "\"}",
        "{\"" + std::string(megabyte, 'w') + "\":1}",
        "{\"slots\":" + std::string(megabyte, '9') + "}",
        "{\"slots\":0." + std::string(megabyte, '0') + "1}",
        "{\"slots\":1e" + std::string(megabyte, '9') + "}",
        "{\"worker\":\"" + std::string(megabyte, '\x01') + "\"}",
        std::string(megabyte, ' '),
        std::string(megabyte, 'x'),
        std::string(megabyte, '"'),
        std::string(megabyte, '\0'),
        std::string(megabyte, '\xFF'),
        names,
        colliding,
    };
    const auto start = std::chrono::steady_clock::now();
    for (const decoder& each : decoders()) {
        for (const std::string& body : bodies) {
            const auto wrong = each.refuses(body);
            ASSERT_TRUE(wrong) << each.name << ": " << body.substr(0, 40);
            expect_sendable(*wrong);
        }
    }
    // Generous, for slow machines under sanitizers; a quadratic reader would take hours.
    const auto most = std::chrono::seconds(5) * decoders().size();
    EXPECT_LT(std::chrono::steady_clock::now() - start, most);
}

TEST(hostile, a_full_renewal_is_legal) {
    std::string body = "{\"handles\":[";
    for (std::size_t i = 0; i < limits::handles_max; ++i) {
        body += (i > 0 ? ",\n   \"" : "\"") + std::string(limits::name_bytes_max, 'h') + "\"";
    }
    body += std::string(limits::handles_body_bytes_max - body.size() - 2, ' ') + "]}";
    EXPECT_EQ(body.size(), limits::handles_body_bytes_max);
    EXPECT_EQ(value_of(decode_renew(body)).handles.size(), limits::handles_max);
    EXPECT_EQ(value_of(decode_release(body)).handles.size(), limits::handles_max);
}

/// Changes a few places of `text`: bytes flipped, set to something telling, removed or repeated.
std::string mutated(std::string text, std::mt19937& random) {
    constexpr std::string_view telling = "{}[]\",:\\0-9eE.+/*tfn \n\x01\x80\xC3\xED\xFF";
    const auto below = [&](std::size_t end) {
        return static_cast<std::size_t>(random() % static_cast<std::uint32_t>(end));
    };
    for (std::size_t i = 0, changes = 1 + below(4); i < changes && !text.empty(); ++i) {
        const std::size_t at = below(text.size());
        switch (below(5)) {
            case 0:
                text[at] = static_cast<char>(random() & 0xFFU);
                break;
            case 1:
                text[at] = telling[below(telling.size())];
                break;
            case 2:
                text.erase(at, 1 + below(4));
                break;
            case 3:
                text.insert(at, text.substr(at, 1 + below(8)));
                break;
            default:
                text.insert(at, 1, '\0');
                break;
        }
    }
    return text;
}

TEST(hostile, mutations_are_read_or_refused) {
    constexpr std::uint32_t seed = 20'250'101;
    std::mt19937 random(seed);
    int accepted = 0;
    for (int round = 0; round < 3'000; ++round) {
        for (std::size_t i = 0; i < decoders().size(); ++i) {
            const std::string body = mutated(good_messages()[i], random);
            const auto wrong = decoders()[i].refuses(body);
            if (!wrong) { ++accepted; }
            if (wrong) { expect_sendable(*wrong); }
            decode_problem(400, body);
        }
    }
    // Some changes leave a message good; if none did, the mutations would be too crude.
    EXPECT_GT(accepted, 100);
}

TEST(hostile, what_is_accepted_is_within_the_contract) {
    std::mt19937 random(7);
    for (int round = 0; round < 30'000; ++round) {
        const auto result = decode_acquire(mutated(good_messages()[0], random), "");
        const auto* request = std::get_if<acquire_request>(&result);
        if (request == nullptr) { continue; }
        EXPECT_TRUE(is_name(request->worker));
        EXPECT_TRUE(is_pool_name(request->pool));
        EXPECT_GE(request->slots, 1);
        EXPECT_LE(request->slots, limits::slots_max);
        EXPECT_LE(request->labels.size(), limits::labels_max);
        const auto again = value_of(decode_acquire(encode(*request), ""));
        EXPECT_EQ(encode(again), encode(*request));
    }
}

}  // namespace
}  // namespace admit
