// A core full of leases and waiters that stays as full as it is, for the benchmarks of the core.
#pragma once

#include "server/core/core.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace admit::bench {

/// How full. Leases and waiters are spread over the pools by chance.
struct fullness {
    std::size_t pools = 1'000;
    std::size_t leases = 1'000;
    std::size_t waiters = 0;  ///< in the line of the one pool that there is then
};

/// Names, ids and victims are drawn at random, and in advance: clients make them, not the core.
/// Requests come from clients without ids of their own, as the plain path has it.
class population {
public:
    explicit population(const fullness&);

    /// A release of some lease and an acquire of another one in some pool. Where there is a line,
    /// the release admits its head and the acquire takes its end.
    void pair();

    /// Draws what the next `pairs_drawn` pairs need. Not to be measured.
    void draw();
    static constexpr std::size_t pairs_drawn = 4'096;

    /// What the engine does when time passes: everything that is due by then ends. Returns the
    /// longest that a step took, in nanoseconds.
    std::int64_t pass(core::duration);

    core::core::counts count() const { return core_.count(); }

private:
    core::acquire some_acquire(std::size_t pool);
    void step(const core::command&);
    void note_grants();

    const fullness full_;
    core::core core_{{.seed = 42}};
    core::effects out_;
    core::instant now_{};
    core::call_id call_ = 0;
    std::mt19937_64 random_{7};
    std::vector<admit::token> tokens_;
    std::size_t place_ = 0;  ///< in `tokens_`: of the lease that ends next
    std::vector<core::command> acquires_;
    std::vector<std::size_t> victims_;
    std::size_t used_ = 0;
    core::command release_ = core::release{};
};

}  // namespace admit::bench
