// The command line, flag by flag.
#include "server/config/options.hpp"
#include "tests/config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace admit::config {
namespace {

using testing::HasSubstr;

std::string listen_of(const char* text) {
    const auto found = endpoint_of(text);
    return found ? found->address().to_string() + " " + std::to_string(found->port()) : "none";
}

TEST(Options, Defaults) {
    const options o = options_of({});
    EXPECT_EQ(o.what, action::serve);
    EXPECT_EQ(o.listen, *endpoint_of("127.0.0.1:8080"));
    EXPECT_FALSE(o.no_auth);
    EXPECT_TRUE(o.pools.empty());
    EXPECT_EQ(o.config_file, "");
    EXPECT_EQ(o.threads, 1);
    EXPECT_EQ(o.drain.count(), 10'000);
    EXPECT_EQ(o.log.level, telemetry::log_level::info);
    EXPECT_EQ(o.log.format, telemetry::log_format::automatic);
    EXPECT_FALSE(o.log.access);
    EXPECT_FALSE(o.ephemeral);
    EXPECT_EQ(o.data, "");
    EXPECT_EQ(o.durability, journal::durability::strict);
    EXPECT_FALSE(o.accept_data_loss);
    EXPECT_EQ(o.min_free_bytes, 256U << 20);
}

TEST(Options, OfTheState) {
    const options o = options_of({"--data", "/srv/admit", "--durability", "relaxed",
                                  "--accept-data-loss", "--min-free", "3k"});
    EXPECT_EQ(o.data, "/srv/admit");
    EXPECT_EQ(o.durability, journal::durability::relaxed);
    EXPECT_TRUE(o.accept_data_loss);
    EXPECT_EQ(o.min_free_bytes, 3'072U);
    EXPECT_TRUE(options_of({"--ephemeral"}).ephemeral);
}

TEST(Options, Bytes) {
    EXPECT_EQ(bytes_of("0"), 0U);
    EXPECT_EQ(bytes_of("4096"), 4'096U);
    EXPECT_EQ(bytes_of("1k"), 1'024U);
    EXPECT_EQ(bytes_of("2M"), 2U << 20);
    EXPECT_EQ(bytes_of("17179869183G"), std::uint64_t{17'179'869'183} << 30);
    for (const char* wrong : {"", "k", "1K", "1kk", "-1", "1.5M", "1 M", "17179869184G", "M1"})
        EXPECT_FALSE(bytes_of(wrong)) << wrong;
}

TEST(Options, EveryFlag) {
    const options o = options_of({"--listen",
                                  "0.0.0.0:80",
                                  "--no-auth",
                                  "--pool",
                                  "db=8",
                                  "--pool",
                                  "gpu=0",
                                  "--limit",
                                  "2",
                                  "--config",
                                  "/etc/admit.json",
                                  "--threads",
                                  "4",
                                  "--drain-ms",
                                  "0",
                                  "--access-log",
                                  "--log-level",
                                  "debug",
                                  "--log-format",
                                  "json",
                                  "--ephemeral"});
    EXPECT_EQ(o.listen, *endpoint_of("0.0.0.0:80"));
    EXPECT_TRUE(o.no_auth);
    ASSERT_EQ(o.pools.size(), 3);
    EXPECT_EQ(o.pools[0].pool, "db");
    EXPECT_EQ(o.pools[0].limit, 8);
    EXPECT_EQ(o.pools[1].limit, 0);
    EXPECT_EQ(o.pools[2].pool, "default");
    EXPECT_EQ(o.pools[2].limit, 2);
    EXPECT_EQ(o.config_file, "/etc/admit.json");
    EXPECT_EQ(o.threads, 4);
    EXPECT_EQ(o.drain.count(), 0);
    EXPECT_TRUE(o.log.access);
    EXPECT_EQ(o.log.level, telemetry::log_level::debug);
    EXPECT_EQ(o.log.format, telemetry::log_format::json);
}

TEST(Options, Actions) {
    EXPECT_EQ(options_of({"--routes"}).what, action::print_routes);
    const options here = options_of({"--healthcheck", "--listen", "0.0.0.0:9"});
    EXPECT_EQ(here.what, action::healthcheck);
    EXPECT_EQ(here.healthcheck_url, "");
    EXPECT_EQ(options_of({"--healthcheck"}).what, action::healthcheck);
    const options there = options_of({"--healthcheck", "http://a:1"});
    EXPECT_EQ(there.what, action::healthcheck);
    EXPECT_EQ(there.healthcheck_url, "http://a:1");
}

TEST(Options, HelpAndVersionEndWell) {
    for (const char* flag : {"--help", "-h", "--version"}) {
        const auto result = parsed({flag});
        const auto* const end = std::get_if<early_end>(&result);
        ASSERT_NE(end, nullptr);
        EXPECT_EQ(end->status, status::ok);
        EXPECT_THAT(end->text, HasSubstr("admitd"));
    }
}

TEST(Options, MistakesAreToldInOneLine) {
    const std::vector<std::vector<const char*>> table{
        {"--nonsense"},
        {"nonsense"},
        {"--listen"},
        {"--listen", "127.0.0.1"},
        {"--listen", "nowhere:0"},
        {"--pool", "db"},
        {"--pool", "db=x"},
        {"--pool", "db=-1"},
        {"--pool", "db=1000001"},
        {"--pool", "=1"},
        {"--pool", "a b=1"},
        {"--pool", "db=1", "--pool", "db=2"},
        {"--pool", "default=1", "--limit", "2"},
        {"--limit", "-1"},
        {"--limit", "x"},
        {"--limit", ""},
        {"--limit", "1", "--limit", "2"},
        {"--threads", "0"},
        {"--threads", "257"},
        {"--threads", "x"},
        {"--drain-ms", "-1"},
        {"--drain-ms", "x"},
        {"--log-level", "loud"},
        {"--log-format", "xml"},
        {"--config"},
        {"--config", ""},
    };
    for (const auto& args : table) {
        const auto result = parsed(args);
        const auto* const end = std::get_if<early_end>(&result);
        ASSERT_NE(end, nullptr) << args.front();
        EXPECT_EQ(end->status, status::usage);
        EXPECT_EQ(end->text.find('\n'), std::string::npos) << end->text;
        EXPECT_TRUE(end->text.ends_with("(admitd --help tells more)")) << end->text;
    }
}

TEST(Options, OpenToTheNetworkOnlyWhereThatIsSaid) {
    for (const char* listen : {"0.0.0.0:80", "[::]:80", "10.0.0.1:80"}) {
        const auto result = parsed({"--listen", listen});
        const auto* const end = std::get_if<early_end>(&result);
        ASSERT_NE(end, nullptr) << listen;
        EXPECT_EQ(end->status, status::usage);
        EXPECT_THAT(end->text, HasSubstr("--no-auth"));
        EXPECT_TRUE(options_of({"--listen", listen, "--no-auth"}).no_auth);
    }
    for (const char* listen : {"127.0.0.1:80", "127.8.8.8:80", "[::1]:80", "localhost:80"})
        EXPECT_FALSE(options_of({"--listen", listen}).no_auth);
    // Asking is not serving.
    options_of({"--healthcheck", "--listen", "0.0.0.0:80"});
}

TEST(Options, Addresses) {
    EXPECT_EQ(listen_of("127.0.0.1:0"), "127.0.0.1 0");
    EXPECT_EQ(listen_of("[::1]:65535"), "::1 65535");
    EXPECT_EQ(listen_of("localhost:1"), "127.0.0.1 1");
    for (const char* wrong :
         {"", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1: 80", "127.0.0.1:8o", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80",
          "[localhost]:80", "example.org:80", "[]:80", "1.2.3:80"})
        EXPECT_EQ(listen_of(wrong), "none") << wrong;
}

}  // namespace
}  // namespace admit::config
