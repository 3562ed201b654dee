// The deadline heap against a sorted list.
#include "server/core/deadlines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

namespace admit::core {
namespace {

using namespace std::chrono_literals;

bool before(const deadline* a, const deadline* b) {
    return std::tie(a->at, a->kind, a->id) < std::tie(b->at, b->kind, b->id);
}

TEST(Deadlines, TheFirstIsAlwaysTheEarliest) {
    std::mt19937_64 dice(11);
    std::vector<deadline> entries(200);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].id = i;
        entries[i].kind = static_cast<due_kind>(i % 3);
    }
    deadline_heap heap;
    for (int step = 0; step < 20'000; ++step) {
        deadline& entry = entries[dice() % entries.size()];
        if (dice() % 3 == 0)
            heap.clear(entry);
        else
            heap.set(entry, instant(std::chrono::nanoseconds(dice() % 50)));  // many ties

        std::vector<const deadline*> set;
        for (const deadline& e : entries) {
            if (e.is_set())
                set.push_back(&e);
        }
        ASSERT_EQ(heap.size(), set.size());
        const auto least = std::min_element(set.begin(), set.end(), before);
        ASSERT_EQ(heap.first(), least == set.end() ? nullptr : *least) << "at step " << step;
    }
}

TEST(Deadlines, ComeInOrderHoweverTheyWereSet) {
    std::vector<deadline> entries(1'000);
    deadline_heap heap;
    std::mt19937_64 dice(3);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].id = i;
        heap.set(entries[i], instant(std::chrono::milliseconds(dice() % 100)));
    }
    const deadline* last = nullptr;
    while (heap.first() != nullptr) {
        deadline& first = entries[heap.first()->id];
        if (last != nullptr) {
            ASSERT_TRUE(before(last, &first));
        }
        heap.clear(first);
        last = &first;
    }
}

TEST(Deadlines, ClearingWhatIsNotSetDoesNothing) {
    deadline_heap heap;
    deadline entry;
    heap.clear(entry);
    heap.set(entry, instant(1s));
    heap.clear(entry);
    heap.clear(entry);
    EXPECT_EQ(heap.first(), nullptr);
}

}  // namespace
}  // namespace admit::core
