#include "bench/load/histogram.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace admit::bench {
namespace {

TEST(Histogram, HasNothingToSayWithoutSamples) {
    const histogram empty;
    EXPECT_EQ(empty.total(), 0);
    EXPECT_EQ(empty.at(0.5), 0);
    EXPECT_EQ(empty.at(1), 0);
}

TEST(Histogram, IsExactForSmallValues) {
    histogram h;
    for (std::uint64_t value = 1; value <= 100; ++value)
        h.record(value);
    EXPECT_EQ(h.total(), 100);
    EXPECT_EQ(h.at(0), 1);
    EXPECT_EQ(h.at(0.5), 50);
    EXPECT_EQ(h.at(0.99), 99);
    EXPECT_EQ(h.at(0.999), 100);
    EXPECT_EQ(h.at(1), 100);
}

TEST(Histogram, CountsAValueAsOftenAsItIsTold) {
    histogram h;
    h.record(3, 999);
    h.record(90);
    EXPECT_EQ(h.total(), 1000);
    EXPECT_EQ(h.at(0.999), 3);
    EXPECT_EQ(h.at(1), 90);
}

/// Around every power of two, where one width of buckets ends and the next begins.
TEST(Histogram, NeverTellsLessNorMuchMoreThanTheSample) {
    for (unsigned digit = 0; digit < 64; ++digit) {
        for (const int beside : {-1, 0, 1}) {
            const std::uint64_t value =
                (std::uint64_t{1} << digit) + static_cast<std::uint64_t>(beside);
            histogram h;
            h.record(value);
            EXPECT_GE(h.at(1), value);
            EXPECT_LE(h.at(1) - value, value / 128) << value;
        }
    }
}

TEST(Histogram, HoldsTheLargestValue) {
    histogram h;
    h.record(std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(h.at(0.5), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace admit::bench
