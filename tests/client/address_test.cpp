// Where the server is, as people write it.
#include "client/address.hpp"

#include <gtest/gtest.h>

namespace admit::client {
namespace {

struct good_case {
    const char* text;
    const char* url;
};

TEST(Address, Reads) {
    const good_case cases[] = {
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http://127.0.0.1:8080/", "http://127.0.0.1:8080"},
        {"http://db.example", "http://db.example:8080"},
        {"HTTP://db.example:80", "http://db.example:80"},
        {"localhost:9", "http://localhost:9"},
        {"localhost", "http://localhost:8080"},
        {"10.0.0.1", "http://10.0.0.1:8080"},
        {"[::1]:8080", "http://[::1]:8080"},
        {"http://[fe80::1]", "http://[fe80::1]:8080"},
    };
    for (const good_case& c : cases) {
        const auto read = parse_address(c.text);
        ASSERT_TRUE(read) << c.text;
        EXPECT_EQ(url(*read), c.url) << c.text;
    }
}

TEST(Address, RefusesTheRest) {
    for (const char* text : {"",
                             "http://",
                             "https://db:8080",
                             "ftp://db",
                             "db:0",
                             "db:65536",
                             "db:x",
                             "db:8080/pools",
                             "http://db/v1",
                             "http://user@db",
                             "http://db?x=1",
                             "http://db#x",
                             "a b",
                             "http://a b:1",
                             "db:80:80",
                             "::1",
                             "http://[::1",
                             "http://db\r\nX: y",
                             ":8080",
                             "%0d%0a:80"})
        EXPECT_FALSE(parse_address(text)) << text;
}

}  // namespace
}  // namespace admit::client
