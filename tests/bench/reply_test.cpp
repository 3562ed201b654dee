#include "bench/load/reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace admit::bench {
namespace {

const std::string whole =
    "HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Length: 7\r\n\r\n{\"a\":1}";

TEST(ReadReply, FindsStatusAndBody) {
    const std::string more = whole + "HTTP/1.1 404";
    const auto found = read_reply(more);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, "200 OK");
    EXPECT_EQ(found->body, "{\"a\":1}");
    EXPECT_EQ(found->size, whole.size());
}

TEST(ReadReply, WantsMoreUntilTheLastByte) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto found = read_reply(std::string_view(whole).substr(0, size));
        ASSERT_TRUE(found) << size;
        EXPECT_EQ(found->size, 0) << size;
    }
}

TEST(ReadReply, RefusesWhatItCannotFrame) {
    for (const char* bytes : {"HTTP/1.0 200 OK\r\n", "<html>", "HTTP/1.1 200 OK\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n"})
        EXPECT_FALSE(read_reply(bytes)) << bytes;
    EXPECT_FALSE(read_reply("HTTP/1.1 200 OK\r\n" + std::string(5'000, 'a')));
}

TEST(ReadAcquired, FindsHandleTokenAndPool) {
    const std::string body =
        R"({"status":"acquired","handle":"17.mZk3","token":17,"request_id":"r","worker":"w",)"
        R"("pools":[{"pool":"db","slots":1,"active":3,"limit":8,"floor":12}],"ttl_ms":30000})";
    const auto found = read_acquired(body);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->handle, "17.mZk3");
    EXPECT_EQ(found->token, 17);
    EXPECT_EQ(found->pool.active, 3);
    EXPECT_EQ(found->pool.limit, 8);
}

TEST(ReadAcquired, RefusesWhatLacksAnything) {
    for (const char* body :
         {"", R"({"status":"queued","ticket":41})",
          R"({"status":"acquired","token":17,"pools":[{"active":3,"limit":8}]})",
          R"({"status":"acquired","handle":"17.m","pools":[{"active":3,"limit":8}]})",
          R"({"status":"acquired","handle":"17.m","token":17,"pools":[{"limit":8}]})",
          R"({"status":"acquired","handle":"17.m","token":17,"pools":[{"active":3}]})"})
        EXPECT_FALSE(read_acquired(body)) << body;
}

TEST(ReadReleased, FindsTokenAndPool) {
    const auto found = read_released(
        R"({"status":"released","token":17,"held_ms":4,"pools":[{"active":0,"limit":2}]})");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->token, 17);
    EXPECT_EQ(found->pool.active, 0);
    EXPECT_EQ(found->pool.limit, 2);
}

TEST(ReadReleased, RefusesALeaseThatWasReleasedBefore) {
    EXPECT_FALSE(read_released(
        R"({"status":"already_released","token":17,"pools":[{"active":0,"limit":2}]})"));
}

TEST(TokenOf, IsTheNumberBeforeThePoint) {
    EXPECT_EQ(token_of("9007199254740991.abc"), 9007199254740991U);
    EXPECT_EQ(token_of("abc"), 0);
    EXPECT_EQ(token_of(""), 0);
}

}  // namespace
}  // namespace admit::bench
