// An ordinary header means the same whichever way it takes through the message.
#include "server/http/message.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

namespace admit::http::testing {
namespace {

void show(std::ostream& out, const char* what, const std::optional<std::string_view>& value) {
    if (value) out << ' ' << what << "=[" << *value << ']';
}

/// All that a message says of a header, or why it was refused.
std::string read(const std::string& header) {
    message read;
    std::ostringstream out;
    if (const auto wrong = read.parse_header(header)) {
        out << (wrong->fatal ? "fatal " : "") << name(wrong->what.code) << ' ' << wrong->what.detail
            << ' ' << wrong->what.field;
        if (wrong->fatal) return out.str();
    }
    request made;
    read.describe(header, made);
    out << name(made.method) << ' ' << made.target << " length=" << read.length()
        << " keeps=" << read.keeps_alive() << " chunked=" << read.chunked()
        << " body=" << read.has_body();
    show(out, "host", made.host);
    show(out, "origin", made.origin);
    show(out, "site", made.sec_fetch_site);
    show(out, "coding", made.content_encoding);
    show(out, "key", made.idempotency_key);
    show(out, "match", made.if_match);
    show(out, "none", made.if_none_match);
    return out.str();
}

TEST(PlainHeader, MeansWhatBeastSaysItMeans) {
    static const std::string_view lines[] = {"POST /v1/acquire HTTP/1.1",
                                             "GET /v1/pools?limit=1 HTTP/1.1",
                                             "PUT /x HTTP/1.1",
                                             "BREW /x HTTP/1.1",
                                             "GET  /x HTTP/1.1",
                                             "GET /x  HTTP/1.1",
                                             "GET /x HTTP/1.0",
                                             "GET /x HTTP/1.2",
                                             "get /x HTTP/1.1",
                                             "GET /\x80 HTTP/1.1",
                                             "GET HTTP/1.1",
                                             "GET http://a/b HTTP/1.1",
                                             "OPTIONS * HTTP/1.1",
                                             "GET /[ HTTP/1.1",
                                             " GET /x HTTP/1.1"};
    static const std::string_view fields[] = {"Host: localhost",
                                              "host:localhost:80",
                                              "HOST:   a  ",
                                              "Host:",
                                              "Content-Length: 5",
                                              "content-length: 0",
                                              "Content-Length: -1",
                                              "Content-Length: 5 5",
                                              "Content-Length: 99999999999999999999",
                                              "Origin: http://a",
                                              "Sec-Fetch-Site: cross-site",
                                              "Content-Encoding: gzip",
                                              "Idempotency-Key: \"a b\"",
                                              "If-Match: \"7\"",
                                              "If-None-Match: *",
                                              "User-Agent: curl/7.88.1",
                                              "Accept: */*",
                                              "Content-Type: application/x-www-form-urlencoded",
                                              "X-Empty:",
                                              "X-Space:  ",
                                              "X-Tab: a\tb",
                                              "X-High: \xC3\xA9",
                                              "X_Under: 1",
                                              "X Y: 1",
                                              "X: \x01",
                                              ": none",
                                              "nothing",
                                              "Connection: close",
                                              "Connection: keep-alive",
                                              "Expect: 100-continue",
                                              "Transfer-Encoding: chunked",
                                              "Upgrade: h2c"};
    // About connections, and means nothing here: so Beast reads the whole header.
    static const std::string aside = "TE: trailers\r\n";
    std::mt19937 random(23);
    std::size_t plain = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string header(i % 3 == 0 ? lines[random() % std::size(lines)] : lines[random() % 3]);
        header += "\r\n";
        const std::size_t usual = i % 3 == 1 ? 1 : std::size(fields);
        header.append(fields[random() % usual]).append("\r\n");
        for (std::size_t n = random() % 5; n > 0; --n)
            header.append(fields[random() % std::size(fields)]).append("\r\n");
        const std::string said = read(header + "\r\n");
        ASSERT_EQ(said, read(header + aside + "\r\n")) << header;
        plain += said.find("keeps=1") != std::string::npos ? 1 : 0;
    }
    EXPECT_GT(plain, 2'000U);
}

}  // namespace
}  // namespace admit::http::testing
