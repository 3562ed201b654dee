// The hash table of the core's state.
#include "server/core/table.hpp"

#include "server/core/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace admit::test {
namespace {

using core::table;

struct number {
    int is = 0;
};

TEST(Table, finds_what_was_put_in_until_it_is_erased) {
    table<std::string, number, core::string_hash> t(core::string_hash{7});
    for (int i = 0; i < 10'000; ++i)
        t[std::to_string(i)].is = i;
    t["17"].is = 18;
    EXPECT_EQ(t.size(), 10'000U);
    for (int i = 0; i < 10'000; i += 2)
        t.erase(std::to_string(i));
    t.erase("nobody");
    EXPECT_EQ(t.size(), 5'000U);
    EXPECT_EQ(t.find(std::string_view("16")), nullptr);
    EXPECT_EQ(t.at(std::string_view("17")).is, 18);
    EXPECT_EQ(t.at("9999").is, 9'999);
}

TEST(Table, erases_what_is_at_hand) {
    table<std::size_t, number, core::number_hash> t;
    for (std::size_t i = 0; i < 3'000; ++i)
        t[i].is = 1;
    for (std::size_t i = 0; i < 3'000; i += 3)
        t.erase(t.at(i));
    EXPECT_EQ(t.size(), 2'000U);
    for (std::size_t i = 0; i < 3'000; ++i)
        EXPECT_EQ(t.find(i) != nullptr, i % 3 != 0) << i;
    // Their places are taken again.
    for (std::size_t i = 0; i < 3'000; ++i)
        t[i].is += 1;
    EXPECT_EQ(t.size(), 3'000U);
    EXPECT_EQ(t.at(std::size_t{3}).is, 1);
    EXPECT_EQ(t.at(std::size_t{4}).is, 2);
}

/// Counts how often it is asked.
struct watched_hash {
    static inline std::size_t asked = 0;
    std::size_t operator()(std::size_t n) const noexcept {
        ++asked;
        return core::mix(n);
    }
};

TEST(Table, asks_for_the_hash_once) {
    table<std::size_t, number, watched_hash> t;
    for (std::size_t i = 0; i < 100'000; ++i)
        t[i].is = 1;
    EXPECT_EQ(watched_hash::asked, 100'000U);
    watched_hash::asked = 0;
    EXPECT_NE(t.find(std::size_t{17}), nullptr);
    EXPECT_EQ(watched_hash::asked, 1U);
    t.erase(t.at(std::size_t{17}));
    EXPECT_EQ(watched_hash::asked, 2U);
}

TEST(Table, leaves_values_where_they_are) {
    table<std::size_t, number, core::number_hash> t;
    const number* const first = &t[std::size_t{0}];
    for (std::size_t i = 1; i < 100'000; ++i)
        t[i].is = 1;
    EXPECT_EQ(t.find(std::size_t{0}), first);
}

}  // namespace
}  // namespace admit::test
