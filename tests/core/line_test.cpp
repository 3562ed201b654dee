// The counted line against a sorted vector.
#include "server/core/line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace admit::core {
namespace {

/// A line beside the obvious one, kept equal.
class twin_lines {
public:
    void insert(std::uint64_t rank, std::int64_t slots) {
        auto place = std::make_unique<line_place>();
        place->rank = rank;
        place->slots = slots;
        line.insert(*place);
        const auto at = std::lower_bound(plain.begin(), plain.end(), rank, below);
        plain.insert(at, std::move(place));
    }

    void erase(std::size_t index) {
        line.erase(*plain[index]);
        plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(index));
    }

    void expect_equal(std::int64_t slots, std::uint64_t rank) const {
        ASSERT_EQ(line.size(), plain.size());
        ASSERT_EQ(line.front(), plain.empty() ? nullptr : plain.front().get());
        for (std::size_t i = 0; i < plain.size(); ++i)
            ASSERT_EQ(waiting_line::position(*plain[i]), i + 1);
        const auto big = std::find_if(plain.begin(), plain.end(),
                                      [&](const auto& p) { return p->slots > slots; });
        ASSERT_EQ(line.first_above(slots), big == plain.end() ? nullptr : big->get());
        const auto next = std::find_if(plain.begin(), plain.end(),
                                       [&](const auto& p) { return p->rank > rank; });
        ASSERT_EQ(line.after(rank), next == plain.end() ? nullptr : next->get());
    }

    waiting_line line;
    std::vector<std::unique_ptr<line_place>> plain;

private:
    static bool below(const std::unique_ptr<line_place>& p, std::uint64_t rank) {
        return p->rank < rank;
    }
};

TEST(Line, AgreesWithASortedVector) {
    std::mt19937_64 dice(7);
    twin_lines twins;
    std::uint64_t newest = 0;
    for (int step = 0; step < 4'000; ++step) {
        // Mostly newcomers at the end, sometimes an older rank, as a replay may bring.
        if (twins.plain.size() < 60 && dice() % 2 == 0) {
            newest += 2;
            const bool late = dice() % 8 == 0 && newest > 200;
            const std::uint64_t rank = late ? newest - 2 * (dice() % 90) - 1 : newest;
            if (twins.line.after(rank - 1) == nullptr || twins.line.after(rank - 1)->rank != rank)
                twins.insert(rank, 1 + static_cast<std::int64_t>(dice() % 9));
        } else if (!twins.plain.empty()) {
            twins.erase(dice() % twins.plain.size());
        }
        const std::uint64_t rank = dice() % (newest + 2);
        twins.expect_equal(static_cast<std::int64_t>(dice() % 10), rank);
        if (HasFatalFailure())
            FAIL() << "at step " << step;
    }
}

/// The depth of the deepest place under `p`.
std::size_t depth(const line_place* p) {
    return p == nullptr ? 0 : 1 + std::max(depth(p->left), depth(p->right));
}

TEST(Line, StaysShallowWhenRanksOnlyRise) {
    twin_lines twins;
    for (std::uint64_t rank = 1; rank <= 100'000; ++rank) {
        twins.plain.push_back(std::make_unique<line_place>());
        twins.plain.back()->rank = rank;
        twins.line.insert(*twins.plain.back());
    }
    const line_place* root = twins.plain.front().get();
    while (root->up != nullptr)
        root = root->up;
    // Expected about 2 ln n = 23 for the average place, some 45 for the deepest.
    EXPECT_LT(depth(root), 80U);
}

}  // namespace
}  // namespace admit::core
