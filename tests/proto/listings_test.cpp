// Listings, one worker and the small answers, as clients read them: what the server writes is read
// with every field, and what is none of it is refused.
#include "proto/limits.hpp"
#include "tests/proto/members.hpp"

#include <tuple>

namespace admit {
namespace {

// Everything in a row, to be compared. A new field does not compile before it is named here.

auto fields_of(const lease_row& row) {
    const auto& [token, pool, worker, slots, state, labels, age_ms, ttl_ms] = row;
    return std::make_tuple(token, pool, worker, slots, name(state), labels, age_ms, ttl_ms);
}

auto fields_of(const waiter_row& row) {
    const auto& [ticket, pool, worker, slots, labels, age_ms, position, estimate_ms, reason,
                 attached] = row;
    return std::make_tuple(ticket, pool, worker, slots, labels, age_ms, position, estimate_ms,
                           reason, attached);
}

auto fields_of(const ended_row& row) {
    const auto& [token, pool, worker, slots, labels, how, held_ms, age_ms] = row;
    return std::make_tuple(token, pool, worker, slots, labels, how, held_ms, age_ms);
}

template <class Row>
void expect_equal(const std::vector<Row>& got, const std::vector<Row>& sent) {
    ASSERT_EQ(got.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(fields_of(got[i]), fields_of(sent[i])) << i;
    }
}

const labels some_labels{
    {"", "no name"}, {"quote\"", "\\{[,"}, {"team", "\xC3\xA4 \xF0\x9F\x98\x80"}};
const std::string some_worker = "w \"1\"\\ \xE2\x82\xAC";

std::vector<lease_row> leases_of_every_state() {
    std::vector<lease_row> rows;
    for (const auto state : {lease_state::unclaimed, lease_state::acquired, lease_state::busy}) {
        rows.push_back({17, "db", some_worker, 2, state, some_labels, 3, 4});
    }
    rows.push_back({limits::token_max, "p", "w", 1, lease_state::busy, {}, 0, 0});
    return rows;
}

std::vector<waiter_row> waiters_with_and_without_a_call() {
    return {{41, "db", some_worker, 2, some_labels, 3, 4, 5, "db is \"full\"\n", true},
            {limits::token_max, "p", "w", 1, {}, 0, 1, 0, "", false}};
}

std::vector<ended_row> every_ending() {
    std::vector<ended_row> rows;
    for (std::size_t i = 0; i < ending_count; ++i) {
        rows.push_back({17, "db", some_worker, 2, some_labels, static_cast<ending>(i), 3, 4});
    }
    return rows;
}

TEST(round_trip, leases) {
    const leases_page sent{leases_of_every_state(), limits::token_max};
    const auto got = value_of(decode_leases(encoded(answer(sent))));
    expect_equal(got.leases, sent.leases);
    EXPECT_EQ(got.next, sent.next);
    const auto none = value_of(decode_leases(encoded(answer(leases_page{}))));
    EXPECT_TRUE(none.leases.empty());
    EXPECT_EQ(none.next, 0u);
}

TEST(round_trip, waiters) {
    const waiters_page sent{waiters_with_and_without_a_call(), 41};
    const auto got = value_of(decode_waiters(encoded(answer(sent))));
    expect_equal(got.waiters, sent.waiters);
    EXPECT_EQ(got.next, sent.next);
    const auto none = value_of(decode_waiters(encoded(answer(waiters_page{}))));
    EXPECT_TRUE(none.waiters.empty());
    EXPECT_EQ(none.next, 0u);
}

TEST(round_trip, history) {
    const history_page sent{every_ending(), 17};
    const auto got = value_of(decode_history(encoded(answer(sent))));
    expect_equal(got.ended, sent.ended);
    EXPECT_EQ(got.next, sent.next);
    const auto none = value_of(decode_history(encoded(answer(history_page{}))));
    EXPECT_TRUE(none.ended.empty());
    EXPECT_EQ(none.next, 0u);
}

TEST(round_trip, a_worker_in_every_state) {
    for (const std::string state : {"idle", "acquired", "busy"}) {
        const worker_view sent{some_worker, state, leases_of_every_state(),
                               waiters_with_and_without_a_call()};
        const auto got = value_of(decode_worker(encoded(answer(sent))));
        EXPECT_EQ(got.worker, sent.worker);
        EXPECT_EQ(got.state, state);
        expect_equal(got.leases, sent.leases);
        expect_equal(got.waits, sent.waits);
    }
}

/// The longest answer there is.
TEST(round_trip, a_worker_with_all_that_an_answer_may_hold) {
    lease_row lease = leases_of_every_state().front();
    lease.labels.clear();
    for (char c = 'a'; c < 'a' + static_cast<int>(limits::labels_max); ++c) {
        lease.labels.emplace_back(std::string(1, c), "x");
    }
    waiter_row waiter = waiters_with_and_without_a_call().front();
    waiter.labels = lease.labels;
    const worker_view sent{"w", "busy", std::vector<lease_row>(limits::page_max, lease),
                           std::vector<waiter_row>(limits::page_max, waiter)};
    const auto got = value_of(decode_worker(encoded(answer(sent))));
    expect_equal(got.leases, sent.leases);
    expect_equal(got.waits, sent.waits);
}

TEST(round_trip, checked_and_evicted) {
    for (const bool live : {false, true}) {
        const auto got = value_of(
            decode_check_answer(encoded(answer(checked{"db", limits::token_max, live, 12}))));
        EXPECT_EQ(got.pool, "db");
        EXPECT_EQ(got.token, limits::token_max);
        EXPECT_EQ(got.live, live);
        EXPECT_EQ(got.floor, 12u);
    }
    for (const std::int64_t count : {0, 1, 1'000'000}) {
        EXPECT_EQ(value_of(decode_evicted(encoded(answer(evicted_count{count})))).evicted, count);
    }
}

TEST(client_codec, reads_the_version) {
    const auto got = value_of(decode_version(
        R"({"name":"admitd","version":"0.1.0","commit":"d9d8c66","api":"v1","built":["x"]})"));
    EXPECT_EQ(got.name, "admitd");
    EXPECT_EQ(got.version, "0.1.0");
    EXPECT_EQ(got.commit, "d9d8c66");
    EXPECT_EQ(got.api, "v1");
}

const members lease_members{{"token", "17"}, {"pool", "\"db\""},    {"worker", "\"w\""},
                            {"slots", "2"},  {"state", "\"busy\""}, {"labels", R"({"a":"1"})"},
                            {"age_ms", "0"}, {"ttl_ms", "30000"}};
const members waiter_members{
    {"ticket", "41"},    {"pool", "\"db\""},    {"worker", "\"w\""},
    {"slots", "2"},      {"labels", "{}"},      {"age_ms", "0"},
    {"position", "1"},   {"estimate_ms", "70"}, {"reason", "\"db is full\""},
    {"attached", "true"}};
const members ended_members{{"token", "17"},  {"pool", "\"db\""}, {"worker", "\"w\""},
                            {"slots", "2"},   {"labels", "{}"},   {"outcome", "\"ok\""},
                            {"held_ms", "0"}, {"age_ms", "1"}};

/// The one row of a message that goes on behind it.
std::function<std::string(std::string)> row_of(const std::string& list, const std::string& rest) {
    return [list, rest](const std::string& row) {
        return "{\"" + list + "\":[" + row + "]" + rest + "}";
    };
}

TEST(client_codec, checks_every_member_of_a_listing) {
    expect_each_member_checked(decode_leases, lease_members, row_of("leases", ""));
    expect_each_member_checked(decode_waiters, waiter_members, row_of("waiters", ""));
    expect_each_member_checked(decode_history, ended_members, row_of("ended", ""));
    expect_each_member_checked(decode_leases, {{"leases", "[]"}, {"next", "17", false}}, alone);
    expect_each_member_checked(decode_waiters, {{"waiters", "[]"}, {"next", "41", false}}, alone);
    expect_each_member_checked(decode_history, {{"ended", "[]"}, {"next", "17", false}}, alone);
}

TEST(client_codec, checks_every_member_of_a_worker) {
    expect_each_member_checked(decode_worker, lease_members,
                               row_of("leases", R"(,"worker":"w","state":"busy","waits":[])"));
    expect_each_member_checked(decode_worker, waiter_members,
                               row_of("waits", R"(,"worker":"w","state":"idle","leases":[])"));
    expect_each_member_checked(
        decode_worker,
        {{"worker", "\"w\""}, {"state", "\"idle\""}, {"leases", "[]"}, {"waits", "[]"}}, alone);
}

TEST(client_codec, checks_every_member_of_the_small_answers) {
    expect_each_member_checked(
        decode_check_answer,
        {{"pool", "\"db\""}, {"token", "17"}, {"live", "true"}, {"floor", "12"}}, alone);
    expect_each_member_checked(decode_evicted, {{"evicted", "0"}}, alone);
    expect_each_member_checked(
        decode_version,
        {{"name", "\"admitd\""}, {"version", "\"0.1.0\""}, {"commit", "\"\""}, {"api", "\"v1\""}},
        alone);
}

TEST(client_codec, ignores_what_a_newer_server_adds_to_a_row) {
    members more = lease_members;
    more.push_back({"priority", "-5"});
    more.push_back({"pools", R"([{"pool":"gpu","slots":1.5}])"});
    const auto page = row_of("leases", R"(,"next":17,"total":1e9)");
    const auto got = value_of(decode_leases(page(object_of(more))));
    ASSERT_EQ(got.leases.size(), 1u);
    EXPECT_EQ(got.leases[0].token, 17u);
    EXPECT_EQ(got.leases[0].labels, (labels{{"a", "1"}}));
    EXPECT_EQ(got.next, 17u);
}

TEST(client_codec, tells_of_an_ending_that_it_does_not_know_that_it_is_one) {
    const auto got = value_of(
        decode_history(R"({"ended":[{"token":17,"pool":"db","worker":"w","slots":1,"labels":{},)"
                       R"("outcome":"moved","held_ms":8,"age_ms":9},)"
                       R"({"token":18,"pool":"db","worker":"w","slots":1,"labels":{},)"
                       R"("outcome":"expired","held_ms":8,"age_ms":9}]})"));
    ASSERT_EQ(got.ended.size(), 2u);
    EXPECT_EQ(got.ended[0].how, std::nullopt);
    EXPECT_EQ(got.ended[0].token, 17u);
    EXPECT_EQ(got.ended[1].how, ending::expired);
}

TEST(client_codec, refuses_a_state_that_it_does_not_know) {
    for (const char* state : {"", "Busy", "idle", "suspended"}) {
        members row = lease_members;
        row[4].value = std::string("\"") + state + '"';
        expect_refused(decode_leases, {{row_of("leases", "")(object_of(row)), "state", "knows"}});
    }
    for (const char* state : {"", "Idle", "unclaimed", "suspended"}) {
        expect_refused(decode_worker, {{R"({"worker":"w","leases":[],"waits":[],"state":")" +
                                            std::string(state) + "\"}",
                                        "state", "knows"}});
    }
}

TEST(client_codec, refuses_what_is_no_listing) {
    const auto refuse_strangers = [](auto decode) {
        for (const char* body : {"null", "7", "\"db\"", "[]", "[{}]"}) {
            expect_refused(decode, {{body, "", "must be an object"}});
        }
        expect_refused(decode, {{"", "", "unexpected end"}, {"<html>", ""}, {"{}{}", ""}});
    };
    refuse_strangers(decode_check_answer);
    refuse_strangers(decode_leases);
    refuse_strangers(decode_waiters);
    refuse_strangers(decode_history);
    refuse_strangers(decode_worker);
    refuse_strangers(decode_evicted);
    refuse_strangers(decode_version);
    // A row that is no object has no name; one list for another is a list that is missing.
    expect_refused(decode_leases, {{R"({"leases":[7]})", "", "must be an object"},
                                   {R"({"leases":[[]]})", "", "must be an object"},
                                   {R"({"waiters":[]})", "leases", "required"}});
}

}  // namespace
}  // namespace admit
