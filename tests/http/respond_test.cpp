// Answers as bytes.
#include "server/http/respond.hpp"

#include "server/http/date.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admit::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string scratch;

std::string text(const admit::answer& what, bool close = false, bool head = false) {
    const envelope how{"Sun, 06 Nov 1994 08:49:37 GMT", close, head, &scratch};
    std::string out;
    const auto handle = [](admit::token token) {
        return handle_text(std::to_string(token) + ".mac");
    };
    const int status = respond(what, handle, how, out);
    EXPECT_TRUE(out.starts_with("HTTP/1.1 " + std::to_string(status) + ' ')) << out;
    EXPECT_THAT(out, HasSubstr("\r\nCache-Control: no-store\r\n"));
    EXPECT_THAT(out, HasSubstr("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
    return out;
}

std::string first_line(const std::string& reply) { return reply.substr(0, reply.find('\r')); }

admit::problem problem(errc code, std::int64_t retry_after_ms = 0) {
    return {code, "the detail", {}, {}, retry_after_ms};
}

TEST(Respond, Acquired) {
    acquired lease;
    lease.token = 17;
    lease.request_id = "r";
    lease.worker = "w";
    lease.pool = {"db", 1, 1, 2, 12};
    const std::string reply = text(lease);
    EXPECT_EQ(first_line(reply), "HTTP/1.1 200 OK");
    EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(reply, HasSubstr("\"handle\":\"17.mac\""));
    const std::size_t end = reply.find("\r\n\r\n");
    EXPECT_THAT(reply, HasSubstr("\r\nContent-Length: " + std::to_string(reply.size() - end - 4)));
    EXPECT_THAT(reply, Not(HasSubstr("Connection:")));
    EXPECT_EQ(granted(lease), 17u);
}

TEST(Respond, Statuses) {
    EXPECT_EQ(first_line(text(queued{})), "HTTP/1.1 202 Accepted");
    EXPECT_EQ(first_line(text(done{})), "HTTP/1.1 204 No Content");
    EXPECT_EQ(first_line(text(pool_answer{{}, true})), "HTTP/1.1 201 Created");
    EXPECT_EQ(first_line(text(pool_answer{{}, false})), "HTTP/1.1 200 OK");
    EXPECT_EQ(first_line(text(pools_page{})), "HTTP/1.1 200 OK");
    EXPECT_EQ(first_line(text(cancelled{})), "HTTP/1.1 200 OK");
    EXPECT_EQ(granted(done{}), 0u);
}

TEST(Respond, NothingHasNoBody) {
    const std::string reply = text(done{});
    EXPECT_TRUE(reply.ends_with("\r\n\r\n"));
    EXPECT_THAT(reply, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(reply, Not(HasSubstr("Content-Type")));
}

TEST(Respond, HeadHasEverythingButTheBody) {
    const std::string get = text(pools_page{}), head = text(pools_page{}, false, true);
    EXPECT_EQ(head, get.substr(0, get.find("\r\n\r\n") + 4));
}

TEST(Respond, OnePoolHasAnETag) {
    pool_answer answer;
    answer.pool.version = 7;
    EXPECT_THAT(text(answer), HasSubstr("\r\nETag: \"7\"\r\n"));
    EXPECT_THAT(text(pools_page{}), Not(HasSubstr("ETag")));
}

TEST(Respond, CloseIsSaid) {
    EXPECT_THAT(text(done{}, true), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(text(problem(errc::not_found), true), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(Respond, EveryCodeHasAStatusLineAndAProblem) {
    for (std::size_t i = 0; i < errc_count; ++i) {
        const errc code = static_cast<errc>(i);
        const std::string reply = text(problem(code));
        EXPECT_TRUE(reply.starts_with("HTTP/1.1 " + std::to_string(status(code)) + ' '));
        EXPECT_NE(reply[13], '\r') << "no reason for " << name(code);
        EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: application/problem+json\r\n"));
        EXPECT_THAT(reply, HasSubstr("\"code\":\"" + std::string(name(code)) + '"'));
        const bool hinted = status(code) == 429 || status(code) == 503;
        EXPECT_EQ(reply.find("\r\nRetry-After: ") != std::string::npos, hinted) << name(code);
        EXPECT_EQ(reply.find("retry_after_ms") != std::string::npos, hinted) << name(code);
    }
}

TEST(Respond, RetryAfterIsTheHintRoundedUp) {
    for (const auto& [ms, seconds] : {std::pair<std::int64_t, std::int64_t>{0, 1},
                                      {1, 1},
                                      {999, 1},
                                      {1000, 1},
                                      {1001, 2},
                                      {30'000, 30},
                                      {59'001, 60},
                                      {60'000, 60},
                                      {1 << 30, 60}}) {
        EXPECT_EQ(retry_after_seconds(ms), seconds) << ms;
    }
    EXPECT_THAT(text(problem(errc::pool_full, 1200)), HasSubstr("\r\nRetry-After: 2\r\n"));
    EXPECT_THAT(text(problem(errc::shutting_down)), HasSubstr("\r\nRetry-After: 1\r\n"));
}

TEST(Respond, AllowIsNamed) {
    const envelope how{{}, false, false, &scratch};
    std::string out;
    EXPECT_EQ(respond(problem(errc::method_not_allowed), "GET, HEAD", how, out), 405);
    EXPECT_THAT(out, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
    out.clear();
    EXPECT_EQ(respond_allow("POST, OPTIONS", how, out), 204);
    EXPECT_EQ(out,
              "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nAllow: POST, OPTIONS\r\n\r\n");
}

errc code_of(const admit::answer& what) {
    const auto found = problem_of(what);
    return found ? found->code : errc::bad_request;
}

TEST(Respond, ASingleRenewalThatFoundItsLeaseGone) {
    const auto code = [](lease_status status) {
        return code_of(renewed{{{17, status, 0, 0, 0}}, true});
    };
    EXPECT_EQ(code(lease_status::renewed), errc::bad_request);
    EXPECT_EQ(code(lease_status::expired), errc::lease_expired);
    EXPECT_EQ(code(lease_status::evicted), errc::lease_evicted);
    EXPECT_EQ(code(lease_status::released), errc::lease_released);
    EXPECT_EQ(code(lease_status::already_released), errc::lease_released);
    EXPECT_EQ(code(lease_status::ended), errc::unknown_lease);
    EXPECT_EQ(code(lease_status::unknown), errc::unknown_lease);
    EXPECT_THAT(text(renewed{{{17, lease_status::expired, 0, 0, 0}}, true}),
                HasSubstr("token 17 expired"));
    EXPECT_EQ(code_of(renewed{{{17, lease_status::expired, 0, 0, 0}}, false}), errc::bad_request);
}

TEST(Respond, ASingleReleaseThatFoundItsLeaseGone) {
    const auto code = [](lease_status status) {
        return code_of(released{{{17, status, 0, {}}}, true});
    };
    EXPECT_EQ(code(lease_status::released), errc::bad_request);
    EXPECT_EQ(code(lease_status::already_released), errc::bad_request);
    EXPECT_EQ(code(lease_status::expired), errc::lease_expired);
    EXPECT_EQ(code(lease_status::evicted), errc::lease_evicted);
    EXPECT_EQ(code(lease_status::ended), errc::lease_ended);
    EXPECT_EQ(code(lease_status::unknown), errc::unknown_lease);
    const auto unknown = problem_of(released{{{0, lease_status::unknown, 0, {}}}, true});
    EXPECT_EQ(unknown->detail, "the handle is not one of this server's");
}

TEST(Date, IsThatOfRfc9110) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(1709210096), "Thu, 29 Feb 2024 12:34:56 GMT");
    EXPECT_EQ(http_date(4102444799), "Thu, 31 Dec 2099 23:59:59 GMT");
}

}  // namespace
}  // namespace admit::http
