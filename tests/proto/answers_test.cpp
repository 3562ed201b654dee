// What is written by one side is read by the other, with everything that travels.
#include "proto/limits.hpp"
#include "tests/proto/support.hpp"

namespace admit {
namespace {

TEST(round_trip, acquire_request) {
    acquire_request sent;
    sent.worker = "w \"1\" \xE2\x82\xAC";
    auto got = value_of(decode_acquire(encode(sent), ""));
    EXPECT_EQ(got.pool, "default");
    EXPECT_EQ(got.worker, sent.worker);
    EXPECT_EQ(got.ttl_ms, std::nullopt);
    EXPECT_EQ(got.request_id, std::nullopt);

    sent = {"db", 3, "w", 5'000, 60'000, "r-1", 7'000, true, {{"a", "1"}, {"b", "\\"}}};
    got = value_of(decode_acquire(encode(sent), "r-1"));
    EXPECT_EQ(got.pool, sent.pool);
    EXPECT_EQ(got.slots, sent.slots);
    EXPECT_EQ(got.wait_ms, sent.wait_ms);
    EXPECT_EQ(got.ttl_ms, sent.ttl_ms);
    EXPECT_EQ(got.request_id, sent.request_id);
    EXPECT_EQ(got.keep_ms, sent.keep_ms);
    EXPECT_EQ(got.start, sent.start);
    EXPECT_EQ(got.labels, sent.labels);
}

TEST(round_trip, other_requests) {
    const auto one = value_of(decode_renew(encode(renew_request<std::string>{{"17.m"}, true, {}})));
    EXPECT_TRUE(one.single);
    EXPECT_EQ(one.handles, std::vector<std::string>{"17.m"});
    EXPECT_EQ(one.ttl_ms, std::nullopt);
    const renew_request<std::string> two{{"a", "b"}, false, 5'000};
    const auto many = value_of(decode_renew(encode(two)));
    EXPECT_FALSE(many.single);
    EXPECT_EQ(many.handles, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(many.ttl_ms, 5'000);
    for (const outcome how : {outcome::ok, outcome::dropped, outcome::failed}) {
        const release_request<std::string> asked{{"a"}, false, how};
        const auto end = value_of(decode_release(encode(asked)));
        EXPECT_FALSE(end.single);
        EXPECT_EQ(end.outcome, how);
    }
    EXPECT_EQ(value_of(decode_cancel(encode(cancel_request{"r-1"}))).request_id, "r-1");
}

TEST(round_trip, acquired_and_queued) {
    const acquired lease{limits::token_max, "r", "w", {"db", 2, 3, 4, 12}, 30'000, 10'000, 55};
    const auto got = value_of(decode_acquire_answer(encoded(answer(lease))));
    const auto* own = std::get_if<admitted>(&got);
    ASSERT_NE(own, nullptr);
    EXPECT_EQ(own->handle, "9007199254740991.mac");
    EXPECT_EQ(own->lease.token, limits::token_max);
    EXPECT_EQ(own->lease.request_id, "r");
    EXPECT_EQ(own->lease.worker, "w");
    EXPECT_EQ(own->lease.pool.pool, "db");
    EXPECT_EQ(own->lease.pool.slots, 2);
    EXPECT_EQ(own->lease.pool.active, 3);
    EXPECT_EQ(own->lease.pool.limit, 4);
    EXPECT_EQ(own->lease.pool.floor, 12u);
    EXPECT_EQ(own->lease.ttl_ms, 30'000);
    EXPECT_EQ(own->lease.renew_in_ms, 10'000);
    EXPECT_EQ(own->lease.waited_ms, 55);

    const auto place = value_of(
        decode_acquire_answer(encoded(answer(queued{"r", 41, 3, 9, "db is full", 1'200}))));
    const auto* line = std::get_if<queued>(&place);
    ASSERT_NE(line, nullptr);
    EXPECT_EQ(line->request_id, "r");
    EXPECT_EQ(line->ticket, 41u);
    EXPECT_EQ(line->position, 3);
    EXPECT_EQ(line->waiting, 9);
    EXPECT_EQ(line->reason, "db is full");
    EXPECT_EQ(line->estimate_ms, 1'200);
}

TEST(round_trip, renewed_released_cancelled) {
    renewed some;
    some.leases = {{17, lease_status::renewed, 30'000, 10'000, 12}};
    auto again = value_of(decode_renew_answer(encoded(answer(some))));
    EXPECT_TRUE(again.single);
    ASSERT_EQ(again.leases.size(), 1u);
    EXPECT_EQ(again.leases[0].ttl_ms, 30'000);
    EXPECT_EQ(again.leases[0].floor, 12u);
    some.single = false;
    for (const auto gone : {lease_status::released, lease_status::expired, lease_status::evicted,
                            lease_status::ended, lease_status::unknown}) {
        some.leases.push_back({9, gone, 0, 0, 0});
    }
    again = value_of(decode_renew_answer(encoded(answer(some))));
    EXPECT_FALSE(again.single);
    ASSERT_EQ(again.leases.size(), some.leases.size());
    for (std::size_t i = 0; i < some.leases.size(); ++i) {
        EXPECT_EQ(again.leases[i].status, some.leases[i].status);
    }

    released ends;
    ends.leases = {{17, lease_status::released, 1'234, {"db", 0, 1, 2, 0}}};
    const auto end = value_of(decode_release_answer(encoded(answer(ends))));
    ASSERT_EQ(end.leases.size(), 1u);
    EXPECT_EQ(end.leases[0].token, 17u);
    EXPECT_EQ(end.leases[0].held_ms, 1'234);
    EXPECT_EQ(end.leases[0].pool.active, 1);

    EXPECT_EQ(value_of(decode_cancel_answer(encoded(answer(cancelled{17})))).token, 17u);
    EXPECT_EQ(value_of(decode_cancel_answer(encoded(answer(cancelled{})))).token, 0u);
}

TEST(client_codec, ignores_what_a_newer_server_adds) {
    const auto got = value_of(decode_acquire_answer(
        R"({"new":{"a":[1.5,null]},"status":"acquired","handle":"1.m","token":1,"request_id":"r",)"
        R"("worker":"w","pools":[{"pool":"db","active":1,"limit":2,"rate":0.5},{"pool":"gpu"}],)"
        R"("ttl_ms":9000,"renew_in_ms":3000,"waited_ms":0,"deep":[[[[[[[[[[[]]]]]]]]]]]})"));
    const auto* own = std::get_if<admitted>(&got);
    ASSERT_NE(own, nullptr);
    EXPECT_EQ(own->lease.pool.pool, "db");
    EXPECT_EQ(own->lease.ttl_ms, 9'000);
}

TEST(client_codec, refuses_answers_that_lack_what_it_needs) {
    expect_refused(decode_acquire_answer,
                   {
                       {"", "", "unexpected end"},
                       {"<html>", ""},
                       {"{}", "status"},
                       {R"({"status":7})", "status"},
                       {R"({"status":"superb"})", "status"},
                       {R"({"status":"acquired"})", "handle", "required"},
                       {R"({"status":"acquired","token":"1"})", "token"},
                       {R"({"status":"acquired","pools":[]})", "pools"},
                       {R"({"status":"acquired","pools":[7]})", ""},
                       {R"({"status":"queued","request_id":"r"})", "ticket", "required"},
                   });
    expect_refused(decode_renew_answer, {
                                            {"{}", "status", "required"},
                                            {R"({"status":"renewed"})", "ttl_ms", "required"},
                                            {R"({"status":"reborn"})", "status"},
                                            {R"({"leases":7})", "leases"},
                                            {R"({"leases":[7]})", ""},
                                        });
    expect_refused(decode_release_answer, {{R"({"leases":[{}]})", "status", "required"}});
    expect_refused(decode_cancel_answer, {{"{}", "status"}, {R"({"status":"x"})", "status"}});
}

TEST(client_codec, reads_every_problem_back) {
    for (std::size_t i = 0; i < errc_count; ++i) {
        const problem sent{.code = static_cast<errc>(i),
                           .detail = "why",
                           .field = "f",
                           .pools = {{"db", 0, 2, 2, 0}},
                           .retry_after_ms = 1'500};
        std::string body;
        encode(sent, body);
        const problem got = decode_problem(status(sent.code), body);
        EXPECT_EQ(got.code, sent.code);
        EXPECT_EQ(got.detail, "why");
        EXPECT_EQ(got.field, "f");
        ASSERT_EQ(got.pools.size(), 1u);
        EXPECT_EQ(got.pools[0].active, 2);
        EXPECT_EQ(got.retry_after_ms, 1'500);
    }
}

TEST(client_codec, takes_an_unknown_code_for_one_of_its_status) {
    const std::string body = R"({"code":"rate_limited","detail":"slow down","retry_after_ms":70})";
    const problem got = decode_problem(429, body);
    EXPECT_EQ(got.code, errc::pool_full);
    EXPECT_EQ(got.detail, "slow down");
    EXPECT_EQ(got.retry_after_ms, 70);
    // For every status that we use there is a code of that status.
    for (std::size_t i = 0; i < errc_count; ++i) {
        const int used = status(static_cast<errc>(i));
        EXPECT_EQ(status(decode_problem(used, body).code), used);
    }
    EXPECT_EQ(decode_problem(418, body).code, errc::bad_request);
    EXPECT_EQ(decode_problem(599, body).code, errc::internal);
}

TEST(client_codec, makes_a_problem_of_what_is_none) {
    for (const std::string body : {"", "<html>Bad gateway</html>", "[]", "{}", "{\"code\":7}"}) {
        const problem got = decode_problem(502, body);
        EXPECT_EQ(got.code, errc::outcome_unknown);
        EXPECT_NE(got.detail.find("502"), std::string::npos);
    }
    EXPECT_EQ(decode_problem(302, "").code, errc::internal);
}

TEST(client_codec, says_what_a_single_handle_found) {
    const auto renewal = [](lease_status status) {
        renewed what;
        what.leases = {{17, status, 0, 0, 0}};
        const auto wrong = problem_of(what);
        return wrong ? std::optional(wrong->code) : std::nullopt;
    };
    EXPECT_EQ(renewal(lease_status::renewed), std::nullopt);
    EXPECT_EQ(renewal(lease_status::released), errc::lease_released);
    EXPECT_EQ(renewal(lease_status::already_released), errc::lease_released);
    EXPECT_EQ(renewal(lease_status::expired), errc::lease_expired);
    EXPECT_EQ(renewal(lease_status::evicted), errc::lease_evicted);
    EXPECT_EQ(renewal(lease_status::ended), errc::lease_ended);
    EXPECT_EQ(renewal(lease_status::unknown), errc::unknown_lease);
    released ends;
    ends.leases = {{17, lease_status::already_released, 0, {}}};
    EXPECT_FALSE(problem_of(ends));
    ends.leases[0].status = lease_status::expired;
    EXPECT_EQ(problem_of(ends)->code, errc::lease_expired);
    ends.single = false;
    EXPECT_FALSE(problem_of(ends));
}

}  // namespace
}  // namespace admit
