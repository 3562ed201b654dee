// The commands besides serving: their command lines, and the parts of them that are pure.
#include "server/config/fetch.hpp"
#include "server/config/options.hpp"
#include "server/config/record_fields.hpp"
#include "tests/config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace admit::config {
namespace {

using testing::HasSubstr;

TEST(Commands, Backup) {
    options o = options_of({"backup", "a file"});
    EXPECT_EQ(o.what, action::backup);
    EXPECT_EQ(o.file, "a file");
    EXPECT_EQ(o.server_url, "");
    EXPECT_EQ(o.listen, *endpoint_of("127.0.0.1:8080"));
    EXPECT_FALSE(o.overwrite);
    // Its own flags and the server's, before and after it.
    o = options_of({"--listen", "[::1]:1", "backup", "-", "--overwrite"});
    EXPECT_EQ(o.file, "-");
    EXPECT_TRUE(o.overwrite);
    EXPECT_EQ(o.listen, *endpoint_of("[::1]:1"));
    EXPECT_EQ(options_of({"backup", "--server", "http://h", "x"}).server_url, "http://h");
    // Asking is not serving.
    options_of({"backup", "x", "--listen", "0.0.0.0:80"});
}

TEST(Commands, Restore) {
    options o = options_of({"restore", "x"});
    EXPECT_EQ(o.what, action::restore);
    EXPECT_EQ(o.token_above, 0U);
    EXPECT_EQ(o.longest_ttl_ms, 0);
    o = options_of({"restore", "x", "--data", "d", "--token-above", "9007199254740991",
                    "--longest-ttl-ms", "2147483648"});
    EXPECT_EQ(o.data, "d");
    EXPECT_EQ(o.token_above, 9007199254740991U);
    EXPECT_EQ(o.longest_ttl_ms, 2147483648);
}

TEST(Commands, Inspect) {
    EXPECT_EQ(options_of({"inspect", "d"}).what, action::inspect);
    EXPECT_FALSE(options_of({"inspect", "d"}).json);
    EXPECT_TRUE(options_of({"inspect", "d", "--json"}).json);
}

TEST(Commands, WrongUseIsOneLine) {
    const std::vector<std::vector<const char*>> table{
        {"backup"},
        {"backup", ""},
        {"backup", "a", "b"},
        {"backup", "a", "--data", "d"},
        {"backup", "a", "--token-above", "1"},
        {"backup", "a", "--healthcheck"},
        {"restore"},
        {"restore", "a", "--token-above", "-1"},
        {"restore", "a", "--token-above", "9007199254740992"},
        {"restore", "a", "--longest-ttl-ms", "2147483649"},
        {"restore", "a", "--listen", "127.0.0.1:1"},
        {"--ephemeral", "restore", "a"},
        {"inspect"},
        {"inspect", "a", "--data", "d"},
        {"inspect", "a", "--overwrite"},
        {"inspect", "a", "backup", "b"},
        {"copy", "a"},
    };
    for (const auto& args : table) {
        const auto result = parsed(args);
        const auto* const end = std::get_if<early_end>(&result);
        ASSERT_NE(end, nullptr) << args.front();
        EXPECT_EQ(end->status, status::usage);
        EXPECT_EQ(end->text.find('\n'), std::string::npos) << end->text;
    }
    const auto result = parsed({"inspect", "a", "--pool", "db=1"});
    EXPECT_THAT(std::get<early_end>(result).text, HasSubstr("--pool means nothing to 'inspect'"));
}

TEST(Commands, EachHasItsHelp) {
    for (const char* command : {"backup", "restore", "inspect"}) {
        const auto result = parsed({command, "--help"});
        const auto& end = std::get<early_end>(result);
        EXPECT_EQ(end.status, status::ok);
        EXPECT_THAT(end.text, HasSubstr(std::string("admitd ") + command));
    }
}

TEST(Fetch, TheHeadOfAnAnswer) {
    const auto good = head_of("HTTP/1.1 200 OK\r\nDate: x\r\ncontent-length:\t17 \r\n\r\n");
    EXPECT_EQ(good.status, 200);
    EXPECT_TRUE(good.has_length);
    EXPECT_EQ(good.length, 17U);
    EXPECT_EQ(head_of("HTTP/1.0 503 \r\n\r\n").status, 503);
    EXPECT_FALSE(head_of("HTTP/1.1 200 OK\r\n\r\n").has_length);
    for (const char* length : {"", "x", "1x", "-1", "99999999999999999999", "1, 1"}) {
        const std::string header =
            std::string("HTTP/1.1 200 OK\r\nContent-Length: ") + length + "\r\n\r\n";
        EXPECT_FALSE(head_of(header).has_length) << length;
    }
    for (const char* wrong : {"", "\r\n\r\n", "220 smtp\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                              "HTTP/1.1 20\r\n\r\n", "HTTP/2 200\r\n\r\n"})
        EXPECT_EQ(head_of(wrong).status, 0) << wrong;
}

/// A record as one line.
std::string shown(const core::record& r) {
    std::string out(name(r));
    for (const record_field& f : fields_of(r)) {
        out += " " + std::string(f.name) + "=";
        const auto* const n = std::get_if<std::int64_t>(&f.value);
        out += n != nullptr ? std::to_string(*n) : std::get<std::string>(f.value);
    }
    return out;
}

TEST(RecordFields, TellAllButTheSecrets) {
    auto who = std::make_shared<core::admission>();
    who->pool = "db";
    who->slots = 2;
    who->worker = "w 1";
    who->request_id = "a secret";
    who->ttl_ms = 5'000;
    EXPECT_EQ(shown(core::queued{3, who, 7'000, true}),
              "queued ticket=3 pool=db worker=w 1 slots=2 ttl_ms=5000 keep_ms=7000");
    EXPECT_EQ(shown(core::left{3, core::leave_reason::cancelled, true}),
              "left ticket=3 reason=" + std::string(name(core::leave_reason::cancelled)));
    EXPECT_EQ(shown(core::granted{
                  .token = 9, .ticket = 3, .who = who, .keep_ms = 0, .calls = 0, .take_back = {}}),
              "granted token=9 ticket=3 pool=db worker=w 1 slots=2 ttl_ms=5000 state=unclaimed");
    EXPECT_EQ(shown(core::confirmed{9, 6'000}), "confirmed token=9 ttl_ms=6000");
    EXPECT_EQ(shown(core::ended{9, ending::evicted}), "ended token=9 outcome=evicted");
    EXPECT_EQ(shown(core::id_cancelled{"a secret"}), "id_cancelled");
    EXPECT_EQ(shown(core::pool_deleted{"db"}), "pool_deleted pool=db");
    EXPECT_EQ(shown(core::raised{17, 4}), "raised next_token=17 next_ticket=4");
    core::pool_set set;
    set.pool = "db";
    set.settings.limit = 4;
    set.settings.note = "mind the gap";
    set.version = 2;
    EXPECT_THAT(shown(set), HasSubstr("pool=db version=2 source=api limit=4 mode=open "
                                      "note=mind the gap default_ttl_ms=30000"));
}

}  // namespace
}  // namespace admit::config
