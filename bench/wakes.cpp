// What it takes to wake a thread that waits on another core, as an answer of the journal does
// twice: two threads pass a baton, and whoever has it pauses for as long as a disk syncs, so that
// the other one's core may sleep. Prints the median time from letting go of it to having it as one
// line of JSON.
//   wakes SECONDS
#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::chrono::microseconds held_for{200};

struct baton {
    std::mutex mutex;
    std::array<std::condition_variable, 2> wake;
    std::size_t holder = 0;
    bool over = false;
    clock_type::time_point passed{};
};

/// On the `number`-th core that this process may use, or on the last one.
void stay_on(std::size_t number) {
    cpu_set_t all;
    CPU_ZERO(&all);
    if (::sched_getaffinity(0, sizeof all, &all) != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t core = 0, seen = 0; core < CPU_SETSIZE && seen <= number; ++core) {
        if (!CPU_ISSET(core, &all)) continue;
        ++seen;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
    }
    ::sched_setaffinity(0, sizeof one, &one);
}

void pass(baton& b, std::size_t to) {
    {
        const std::lock_guard lock(b.mutex);
        b.holder = to;
        b.passed = clock_type::now();
    }
    b.wake[to].notify_one();
}

/// Takes the baton from the other thread and passes it back, until `until` is over.
std::vector<double> run(baton& b, std::size_t self, clock_type::time_point until) {
    stay_on(self);
    std::vector<double> waits_us;
    for (bool over = false; !over;) {
        {
            std::unique_lock lock(b.mutex);
            b.wake[self].wait(lock, [&] { return b.holder == self; });
            const auto now = clock_type::now();
            waits_us.push_back(std::chrono::duration<double, std::micro>(now - b.passed).count());
            over = b.over;
            b.over = over || now >= until;
        }
        std::this_thread::sleep_for(held_for);
        pass(b, 1 - self);
    }
    return waits_us;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "wakes SECONDS\n");
        return 1;
    }
    const auto until = clock_type::now() + std::chrono::duration_cast<clock_type::duration>(
                                               std::chrono::duration<double>(std::atof(argv[1])));
    baton b;
    std::thread other([&] { run(b, 1, until); });
    pass(b, 0);
    std::vector<double> waits_us = run(b, 0, until);
    other.join();
    const auto middle = waits_us.begin() + static_cast<std::ptrdiff_t>(waits_us.size() / 2);
    std::nth_element(waits_us.begin(), middle, waits_us.end());
    std::printf(R"({"wakes":%zu,"wake_p50_us":%.1f})" "\n", waits_us.size(), *middle);
    return 0;
}
