// The core alone, measured with Google Benchmark: what a pair of acquire and release costs however
// full the core is, and that a crowd of leases that is due at once holds nobody up.
#include "bench/population.hpp"
#include "server/config/process.hpp"

#include <benchmark/benchmark.h>

#include <chrono>

namespace admit::bench {
namespace {

void measure_pairs(benchmark::State& state, const fullness& full) {
    population crowd(full);
    std::size_t drawn = population::pairs_drawn;
    for (auto _ : state) {
        if (drawn-- == 0) {
            state.PauseTiming();
            crowd.draw();
            drawn = population::pairs_drawn - 1;
            state.ResumeTiming();
        }
        crowd.pair();
    }
}

void pair_by_leases(benchmark::State& state) {
    measure_pairs(state, {.leases = static_cast<std::size_t>(state.range(0))});
}
BENCHMARK(pair_by_leases)->RangeMultiplier(10)->Range(1, 1'000'000);

void pair_by_pools(benchmark::State& state) {
    measure_pairs(state, {.pools = static_cast<std::size_t>(state.range(0)), .leases = 100'000});
}
BENCHMARK(pair_by_pools)->Arg(1)->Arg(1'000)->Arg(100'000);

void pair_by_waiters(benchmark::State& state) {
    measure_pairs(state, {.pools = 1, .leases = 1'000,
                          .waiters = static_cast<std::size_t>(state.range(0))});
}
BENCHMARK(pair_by_waiters)->Arg(1)->Arg(1'000)->Arg(100'000);

/// The longest step while all leases expire in the same instant, and while they are forgotten.
void mass_expiry(benchmark::State& state) {
    using namespace std::chrono_literals;
    for (auto _ : state) {
        population crowd({.leases = static_cast<std::size_t>(state.range(0))});
        const double expiry = static_cast<double>(crowd.pass(30s));
        const double forgetting = static_cast<double>(crowd.pass(600s));
        state.counters["expiry_longest_ms"] = expiry / 1e6;
        state.counters["forgetting_longest_ms"] = forgetting / 1e6;
        if (crowd.count().leases + crowd.count().ended != 0)
            state.SkipWithError("something is left");
    }
}
BENCHMARK(mass_expiry)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace admit::bench

int main(int argc, char** argv) {
    admit::config::prepare_process();  // as the server does: it is about memory, too
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
}
