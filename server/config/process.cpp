#include "server/config/process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <random>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace admit::config {

void prepare_process() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
#ifdef M_MXFAST
    // glibc keeps freed blocks of up to 128 bytes aside and joins all of them within one later call
    // of `free`: 170 ms after a million leases have ended.
    ::mallopt(M_MXFAST, 0);
#endif
#ifdef M_TOP_PAD
    // The heap of a thread is 64 MiB of addresses, which glibc makes usable by a page and a system
    // call at a time, and unusable again likewise: a third of the kernel's part in a recovery, and
    // every call holds up the page faults of all threads. All of it at once takes memory only where
    // huge pages are given unasked, 2 MiB a thread.
    constexpr int heap_bytes = 64 << 20;
    ::mallopt(M_TOP_PAD, heap_bytes);
    // That also ends its learning which blocks are worth a mapping of their own: bodies of a
    // thousand rows or handles are not.
    constexpr int mapped_bytes = 4 << 20;
    ::mallopt(M_MMAP_THRESHOLD, mapped_bytes);
#endif
}

core::settings core_settings() {
    std::random_device random;
    core::settings out;
    out.seed = (std::uint64_t{random()} << 32) | random();
    return out;
}

/// 2^22 for each second since 2025: more than a server can give. Below 2^53 until 2093.
admit::token first_token() {
    using namespace std::chrono;
    constexpr sys_seconds epoch = sys_days(year(2025) / January / 1);
    const auto seconds = floor<std::chrono::seconds>(system_clock::now()) - epoch;
    return static_cast<admit::token>(std::max<std::int64_t>(seconds.count(), 1)) << 22;
}

core::settings ephemeral_settings() {
    core::settings out = core_settings();
    out.first_token = first_token();
    return out;
}

}  // namespace admit::config
