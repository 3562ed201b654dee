// Web pages must not drive a server on loopback.
#include "tests/http/routing.hpp"

#include <gtest/gtest.h>

namespace admit::http::testing {
namespace {

struct visit {
    std::optional<std::string_view> host = "localhost:8080";
    std::optional<std::string_view> origin{};
    std::optional<std::string_view> site{};
};

bool passes(const visit& by, bool loopback = true) {
    routing to;
    to.loopback = loopback;
    to.from.host = by.host;
    to.from.origin = by.origin;
    to.from.sec_fetch_site = by.site;
    const std::string refusal = to.refusal(method::get, "/v1/pools");
    EXPECT_TRUE(refusal.empty() || refusal.starts_with("403 cross_origin")) << refusal;
    return refusal.empty();
}

TEST(Origin, LoopbackHostsPass) {
    for (const char* host : {"localhost", "LocalHost", "localhost:1", "127.0.0.1", "127.0.0.1:8080",
                             "127.3.2.1", "[::1]", "[::1]:8080"})
        EXPECT_TRUE(passes({.host = host})) << host;
    // HTTP/1.0 without a Host comes from no browser.
    EXPECT_TRUE(passes({.host = std::nullopt}));
}

TEST(Origin, OtherHostsDoNot) {
    for (const char* host :
         {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
          "127.0.0.1evil", "localhost..", "10.0.0.1", "0.0.0.0", "[::2]", "[::ffff:127.0.0.1]",
          "128.0.0.1", "127.1", "2130706433", "0x7f000001"})
        EXPECT_FALSE(passes({.host = host})) << host;
}

TEST(Origin, OnlyTheServersOwnOriginPasses) {
    EXPECT_TRUE(passes({.origin = "http://localhost:8080"}));
    EXPECT_TRUE(passes({.origin = "http://LOCALHOST:8080"}));
    EXPECT_TRUE(passes({.host = "[::1]:1", .origin = "http://[::1]:1"}));
    for (const char* origin :
         {"http://localhost", "http://localhost:8081", "https://localhost:8080", "null", "",
          "http://127.0.0.1:8080", "http://evil.example", "file://", "http://localhost:8080/"})
        EXPECT_FALSE(passes({.origin = origin})) << origin;
    EXPECT_FALSE(passes({.host = std::nullopt, .origin = "http://localhost"}));
}

TEST(Origin, CrossSiteRequestsDoNot) {
    EXPECT_FALSE(passes({.site = "cross-site"}));
    EXPECT_FALSE(passes({.site = "Cross-Site"}));
    for (const char* site : {"same-origin", "same-site", "none"})
        EXPECT_TRUE(passes({.site = site})) << site;
}

TEST(Origin, ElsewhereNamesAreNotOursToKnow) {
    EXPECT_TRUE(
        passes({.host = "admit.example", .origin = "http://x", .site = "cross-site"}, false));
}

TEST(Origin, ComesBeforeEverythingElse) {
    routing to;
    to.loopback = true;
    to.from.sec_fetch_site = "cross-site";
    EXPECT_EQ(to.refusal(method::get, "/nothing"), "403 cross_origin Sec-Fetch-Site");
    EXPECT_EQ(to.refusal(method::options, "/v1/pools"), "403 cross_origin Sec-Fetch-Site");
    EXPECT_EQ(to.refusal(method::get, "/metrics"), "403 cross_origin Sec-Fetch-Site");
}

}  // namespace
}  // namespace admit::http::testing
