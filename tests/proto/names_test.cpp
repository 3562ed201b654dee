// The words of the contract: tables both ways, and what a name may be.
#include "proto/answers.hpp"
#include "proto/errc.hpp"
#include "proto/limits.hpp"
#include "proto/near_miss.hpp"
#include "proto/values.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace admit {
namespace {

TEST(names, every_code_has_its_own_name_a_title_and_a_status) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < errc_count; ++i) {
        const auto code = static_cast<errc>(i);
        EXPECT_EQ(errc_of(name(code)), code);
        EXPECT_TRUE(names.insert(name(code)).second) << name(code);
        EXPECT_FALSE(title(code).empty()) << name(code);
        EXPECT_GE(status(code), 400) << name(code);
        EXPECT_LE(status(code), 505) << name(code);
    }
    EXPECT_EQ(errc_of("superseded"), std::nullopt);
    EXPECT_EQ(errc_of(""), std::nullopt);
}

TEST(names, every_refusal_is_429_and_nothing_else_is) {
    std::set<std::string_view> refusals;
    for (std::size_t i = 0; i < errc_count; ++i) {
        const auto code = static_cast<errc>(i);
        if (is_refusal(code)) { refusals.insert(name(code)); }
    }
    EXPECT_EQ(refusals, (std::set<std::string_view>{"pool_full", "wait_timeout", "queue_full",
                                                    "paused", "draining"}));
}

template <class Enum, class Of>
void round_trip(std::size_t count, Of of) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<Enum>(i);
        EXPECT_FALSE(name(value).empty());
        EXPECT_TRUE(names.insert(name(value)).second) << name(value);
        EXPECT_EQ(of(name(value)), value);
    }
    EXPECT_EQ(of("nonsense"), std::nullopt);
    EXPECT_EQ(of(""), std::nullopt);
    EXPECT_EQ(of("Open"), std::nullopt);
}

TEST(names, words_are_found_by_their_spelling) {
    round_trip<pool_mode>(3, pool_mode_of);
    round_trip<pool_source>(4, pool_source_of);
    round_trip<lease_state>(3, lease_state_of);
    round_trip<outcome>(3, outcome_of);
    round_trip<ending>(ending_count, [](std::string_view word) { return ending_of(word); });
    round_trip<lease_status>(7, lease_status_of);
    EXPECT_EQ(name(pool_source::builtin), "default");
    EXPECT_EQ(name(lease_state::unclaimed), "unclaimed");
    EXPECT_EQ(name(lease_state::acquired), "acquired");
    EXPECT_EQ(name(lease_state::busy), "busy");
}

TEST(names, endings_have_names_and_know_a_release) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < ending_count; ++i) {
        names.insert(name(static_cast<ending>(i)));
    }
    EXPECT_EQ(names,
              (std::set<std::string_view>{"ok", "dropped", "failed", "cancelled", "expired",
                                          "not_started", "evicted", "unclaimed", "abandoned"}));
    for (const outcome each : {outcome::ok, outcome::dropped, outcome::failed}) {
        EXPECT_EQ(name(ending_of(each)), name(each));
        EXPECT_TRUE(is_release(ending_of(each)));
    }
    EXPECT_FALSE(is_release(ending::expired));
    EXPECT_FALSE(is_release(ending::cancelled));
}

TEST(names, pool_names) {
    for (const char* good : {"a", "Z", "0", "db", "a.b_c-d", "0..", "default"}) {
        EXPECT_TRUE(is_pool_name(good)) << good;
    }
    EXPECT_TRUE(is_pool_name(std::string(limits::name_bytes_max, 'x')));
    EXPECT_FALSE(is_pool_name(std::string(limits::name_bytes_max + 1, 'x')));
    for (const char* bad : {"", ".", "-a", "_a", "a b", "a/b", "a:b", "\xC3\xA4", "a\n", "a%"}) {
        EXPECT_FALSE(is_pool_name(bad)) << bad;
    }
    EXPECT_FALSE(is_pool_name(std::string_view("a\0b", 3)));
}

TEST(names, workers_and_request_ids) {
    for (const char* good :
         {"w1", " ", "host/7 (job)", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF",
          "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\xC2\xA0", "\"quoted\\"}) {
        EXPECT_TRUE(is_name(good)) << good;
    }
    EXPECT_FALSE(is_name(""));
    EXPECT_TRUE(is_name(std::string(limits::name_bytes_max, 'x')));
    EXPECT_FALSE(is_name(std::string(limits::name_bytes_max + 1, 'x')));
    EXPECT_FALSE(is_name(std::string_view("a\0b", 3)));
}

TEST(names, controls_separators_and_bad_utf8_are_no_clean_text) {
    for (const char* bad : {
             "a\n",
             "\t",
             "\x1B[31m",
             "\x7F",  // C0 and DEL
             "\xC2\x80",
             "\xC2\x85",
             "\xC2\x9F",  // C1
             "\xE2\x80\xA8",
             "\xE2\x80\xA9",  // U+2028, U+2029
             "\x80",
             "\xBF",
             "\xFF",
             "\xFE",  // never first
             "\xC3",
             "\xE2\x82",
             "\xF0\x9F\x98",  // cut short
             "\xC0\xAF",
             "\xC1\xBF",
             "\xE0\x9F\xBF",  // overlong
             "\xF0\x8F\xBF\xBF",
             "\xED\xA0\x80",  // overlong, surrogate
             "\xED\xBF\xBF",
             "\xF4\x90\x80\x80",  // surrogate, above U+10FFFF
             "\xF5\x80\x80\x80",
             "\xC3(",
             "\xE2\x28\xA1",
         }) {
        EXPECT_FALSE(is_clean_text(bad)) << bad;
    }
    EXPECT_TRUE(is_clean_text(""));
    EXPECT_TRUE(is_clean_text(std::string(100'000, 'x')));
}

TEST(names, a_near_miss_is_found_and_a_stranger_is_not) {
    const std::vector<std::string_view> known{
        "pool", "slots", "worker", "wait_ms", "ttl_ms", "request_id", "keep_ms", "start", "labels"};
    const std::pair<const char*, const char*> pairs[] = {
        {"ttlms", "ttl_ms"},
        {"ttl", "ttl_ms"},
        {"wait", "wait_ms"},
        {"waitMs", "wait_ms"},
        {"worker_id", "worker"},
        {"requestId", "request_id"},
        {"request-id", "request_id"},
        {"slot", "slots"},
        {"label", "labels"},
        {"pol", "pool"},
        {"wokrer", "worker"},
        {"opol", "pool"},
        {"keep", "keep_ms"},
        {"x", ""},
        {"", ""},
        {"timeout", ""},
        {"priority", ""},
        {"id", ""},
        {"handle", ""},
    };
    for (const auto& [wrote, meant] : pairs) {
        EXPECT_EQ(near_miss(wrote, known), meant) << wrote;
    }
    EXPECT_EQ(near_miss(std::string(100'000, 'p'), known), "");
}

TEST(names, a_change_replaces_only_what_it_names) {
    pool_settings base;
    base.limit = 3;
    base.note = "closed for the night";
    EXPECT_EQ(changed(base, {}), base);

    pool_change change;
    change.limit = 0;
    change.mode = pool_mode::paused;
    change.labels = labels{{"team", "db"}};
    const pool_settings after = changed(base, change);
    EXPECT_EQ(after.limit, 0);
    EXPECT_EQ(after.mode, pool_mode::paused);
    EXPECT_EQ(after.note, base.note);
    EXPECT_EQ(after.labels, *change.labels);

    pool_change all;
    all.limit = 1;
    all.mode = pool_mode::draining;
    all.note = "n";
    all.default_ttl_ms = 2;
    all.max_ttl_ms = 3;
    all.max_waiters = 4;
    all.max_wait_ms = 5;
    all.claim_ms = 6;
    all.start_within_ms = 7;
    all.labels = labels{};
    const pool_settings expected{1, pool_mode::draining, "n", 2, 3, 4, 5, 6, 7, {}};
    EXPECT_EQ(changed(base, all), expected);
}

}  // namespace
}  // namespace admit
