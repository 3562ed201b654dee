// So many pairs of acquire and release on a core that is so full, and nothing else: for callgrind,
// which counts instructions where the processor does not let us.
//
//   core_pairs POOLS LEASES WAITERS PAIRS
#include "bench/population.hpp"

#include <cstdio>
#include <cstdlib>

/// By its name callgrind knows what to count.
extern "C" __attribute__((noinline)) void counted_pair(admit::bench::population& crowd) {
    crowd.pair();
}

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: core_pairs POOLS LEASES WAITERS PAIRS\n", stderr);
        return 64;
    }
    const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
    admit::bench::population crowd(
        {.pools = number(1), .leases = number(2), .waiters = number(3)});
    const unsigned long long pairs = number(4);
    for (unsigned long long i = 0; i < pairs; ++i) {
        if (i > 0 && i % admit::bench::population::pairs_drawn == 0) crowd.draw();
        counted_pair(crowd);
    }
    std::printf("%llu pairs\n", pairs);
}
