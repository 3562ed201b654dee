// Random numbers that are the same on every machine and with every library; and with every
// compiler, where each is drawn in a statement of its own: arguments are evaluated in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace admit::test {

class dice {
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}

    /// 0 to n − 1.
    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    std::int64_t between(std::int64_t from, std::int64_t to) {
        return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from + 1)));
    }
    bool percent(std::uint64_t share) { return below(100) < share; }
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values[below(values.size())];
    }
    /// An index, each as often as its weight says.
    std::size_t weighted(const std::vector<int>& weights) {
        int all = 0;
        for (const int weight : weights)
            all += weight;
        auto left = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(all)));
        std::size_t i = 0;
        while (left >= weights[i])
            left -= weights[i++];
        return i;
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace admit::test
