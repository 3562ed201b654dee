#include "server/telemetry/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace admit::telemetry {
namespace {

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    long total = 0;
    long resident = 0;
    statm >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double count_open_fds() {
    std::error_code none;
    const std::filesystem::directory_iterator all("/proc/self/fd", none);
    if (none)
        return 0;
    // One of them is the directory itself.
    return static_cast<double>(std::distance(begin(all), end(all)) - 1);
}

/// When static objects were made: within milliseconds of the process's start.
const auto started_at = std::chrono::system_clock::now();

}  // namespace

process_figures read_process_figures() {
    process_figures out;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        out.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0)
        out.max_fds = static_cast<double>(files.rlim_cur);
    out.resident_bytes = resident_bytes();
    out.open_fds = count_open_fds();
    out.start_time_seconds =
        std::chrono::duration<double>(started_at.time_since_epoch()).count();
    return out;
}

}  // namespace admit::telemetry
