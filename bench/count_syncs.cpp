// Preloaded into a server: counts its syncs and how long they take, in a page that bench/run reads.
// The same for every server, whether it counts them itself or not.
#include "bench/support/shared_page.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace {

/// As bench/harness/syncs.py reads it.
struct counted {
    /// By whole microseconds; the last one has all that took longer.
    std::array<std::atomic<std::uint32_t>, 16'384> took_us;
};

counted* page = nullptr;

[[gnu::constructor]] void begin() { page = admit::bench::shared_page<counted>("BENCH_SYNCS"); }

int timed(long call, int fd) {
    using namespace std::chrono;
    const auto begun = steady_clock::now();
    const auto result = ::syscall(call, fd);
    const auto us = duration_cast<microseconds>(steady_clock::now() - begun).count();
    if (page != nullptr)
        ++page->took_us[std::min(static_cast<std::size_t>(us), page->took_us.size() - 1)];
    return static_cast<int>(result);
}

}  // namespace

extern "C" {
int fdatasync(int fd) { return timed(SYS_fdatasync, fd); }
int fsync(int fd) { return timed(SYS_fsync, fd); }
}
