// Handles: made the same again, and never accepted when they are not ours.
#include "server/http/handles.hpp"

#include "proto/limits.hpp"

#include <gtest/gtest.h>

#include <set>

namespace admit::http {
namespace {

const secret_key key{1, 2, 3, 4};

TEST(Handles, AreMadeTheSameAgain) {
    const handles one(key), two(key);
    for (admit::token token : {admit::token{1}, admit::token{17}, admit::limits::token_max}) {
        const std::string handle(one.make(token));
        EXPECT_TRUE(handle.starts_with(std::to_string(token) + "."));
        EXPECT_EQ(handle.size(), std::to_string(token).size() + 23);
        EXPECT_EQ(std::string_view(two.make(token)), handle);
        EXPECT_EQ(two.check(handle), token);
    }
}

TEST(Handles, OfAnotherKeyOrNamespaceAreForeign) {
    const std::string handle(handles(key).make(17));
    secret_key other = key;
    other.back() ^= 1;
    EXPECT_EQ(handles(other).check(handle), 0u);
    EXPECT_EQ(handles(key, "tenant").check(handle), 0u);
    EXPECT_EQ(handles(key, "").check(handle), 0u);
    EXPECT_EQ(handles(key, "tenant").check(handles(key, "tenant").make(17)), 17u);
}

TEST(Handles, AnyOtherTextIsForeign) {
    const handles mine(key);
    const std::string good(mine.make(17));
    for (std::size_t i = 0; i < good.size(); ++i) {
        EXPECT_EQ(mine.check(good.substr(0, i)), 0u) << "cut at " << i;
        for (char c : {'A', 'B', 'w', '0', '9', '-', '_', '.', '=', '\0', ' '}) {
            std::string forged = good;
            if (forged[i] == c) continue;
            forged[i] = c;
            EXPECT_EQ(mine.check(forged), 0u) << forged;
        }
    }
    const std::string mac = good.substr(2);
    for (const std::string& forged :
         {good + "A", good + "=", good + ".", " " + good, "0" + good, "+" + good, "18" + mac,
          "-17" + mac, "017" + mac, "17." + good, "17" + mac.substr(1), "0" + mac, mac,
          "9007199254740992" + mac, "18446744073709551633" + mac, std::string(), std::string("."),
          std::string(100'000, '1'), std::string(100'000, '.')})
        EXPECT_EQ(mine.check(forged), 0u) << forged.substr(0, 60);
}

TEST(Handles, OneLeaseHasOneHandle) {
    // The last character carries four spare bits: only zeros are taken.
    const handles mine(key);
    const std::string good(mine.make(17));
    int accepted = 0;
    for (char c :
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
        std::string other = good;
        other.back() = c;
        accepted += mine.check(other) != 0 ? 1 : 0;
    }
    EXPECT_EQ(accepted, 1);
}

TEST(Handles, OfOtherTokensAreOthers) {
    const handles mine(key);
    std::set<std::string> macs;
    for (admit::token token = 1; token <= 1000; ++token) {
        const std::string handle(mine.make(token));
        EXPECT_TRUE(macs.insert(handle.substr(handle.find('.'))).second);
    }
}

TEST(IdMaker, NeverRepeats) {
    id_maker one, two;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(seen.insert(one.make()).second);
        EXPECT_TRUE(seen.insert(two.make()).second);
    }
}

TEST(Keys, AreFresh) { EXPECT_NE(fresh_key(), fresh_key()); }

}  // namespace
}  // namespace admit::http
