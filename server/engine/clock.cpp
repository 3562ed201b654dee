#include "server/engine/clock.hpp"

namespace admit::engine {

std::chrono::nanoseconds system_monotonic_clock::now() const noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace admit::engine
