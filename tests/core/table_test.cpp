// The hash table of the core's state.
#include "server/core/table.hpp"

#include "server/core/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace admit::test {
namespace {

using core::table;

TEST(Table, finds_what_was_put_in_until_it_is_erased) {
    table<std::string, int, core::string_hash> t(core::string_hash{7});
    for (int i = 0; i < 10'000; ++i)
        t[std::to_string(i)] = i;
    t["17"] = 18;
    EXPECT_EQ(t.size(), 10'000U);
    for (int i = 0; i < 10'000; i += 2)
        t.erase(std::to_string(i));
    t.erase("nobody");
    EXPECT_EQ(t.size(), 5'000U);
    EXPECT_EQ(t.find(std::string_view("16")), nullptr);
    EXPECT_EQ(t.at(std::string_view("17")), 18);
    EXPECT_EQ(t.at("9999"), 9'999);
}

/// Counts how often it is asked; noexcept, so that tables do not keep what it said.
struct counting_hash {
    static inline std::size_t asked = 0;
    std::size_t operator()(std::size_t n) const noexcept {
        ++asked;
        return core::mix(n);
    }
};

TEST(Table, does_not_grow_all_at_once) {
    constexpr std::size_t many = 300'000;
    table<std::size_t, int, counting_hash> t;
    std::size_t most = 0;
    for (std::size_t i = 0; i < many; ++i) {
        counting_hash::asked = 0;
        t[i] = 1;
        most = std::max(most, counting_hash::asked);
    }
    EXPECT_LT(most, many / 100);
}

TEST(Table, leaves_values_where_they_are) {
    table<std::size_t, int, core::number_hash> t;
    const int* const first = &t[0];
    for (std::size_t i = 1; i < 100'000; ++i)
        t[i] = 1;
    EXPECT_EQ(t.find(std::size_t{0}), first);
}

}  // namespace
}  // namespace admit::test
