#include "bench/support/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace admit::bench {
namespace {

using std::chrono::nanoseconds;

std::optional<nanoseconds> from_schedstat(const std::filesystem::path& task) {
    std::ifstream file(task / "schedstat");
    nanoseconds::rep on_cpu = 0;
    if (!(file >> on_cpu)) return {};
    return nanoseconds(on_cpu);
}

std::optional<nanoseconds> from_stat(const std::filesystem::path& task) {
    std::ifstream file(task / "stat");
    std::string line;
    if (!std::getline(file, line)) return {};
    // The name in parentheses may hold anything, spaces too. Behind it come the state and ten
    // numbers, then user and system time.
    std::size_t at = line.rfind(')');
    for (int field = 0; field < 12 && at != std::string::npos; ++field)
        at = line.find(' ', at + 1);
    if (at == std::string::npos) return {};
    char* end = nullptr;
    const auto user = std::strtoull(line.c_str() + at, &end, 10);
    const auto system = std::strtoull(end, nullptr, 10);
    const auto ticks = static_cast<nanoseconds::rep>(user + system);
    return nanoseconds(ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
}

}  // namespace

std::map<pid_t, nanoseconds> cpu_by_thread(pid_t process) {
    std::map<pid_t, nanoseconds> out;
    std::error_code gone;
    const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
    for (std::filesystem::directory_iterator each(tasks, gone), end; !gone && each != end;
         each.increment(gone)) {
        std::optional<nanoseconds> used = from_schedstat(each->path());
        if (!used) used = from_stat(each->path());
        if (used) out[static_cast<pid_t>(std::stol(each->path().filename()))] = *used;
    }
    return out;
}

nanoseconds used_since(const std::map<pid_t, nanoseconds>& before,
                       const std::map<pid_t, nanoseconds>& after) {
    nanoseconds sum{};
    for (const auto& [thread, used] : after) {
        const auto found = before.find(thread);
        sum += used - (found == before.end() ? nanoseconds{} : found->second);
    }
    return sum;
}

std::size_t resident_bytes(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string word; file >> word;) {
        std::size_t kib = 0;
        if (word == "VmRSS:" && file >> kib) return kib * 1024;
    }
    return 0;
}

std::size_t raise_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    return limit.rlim_cur;
}

}  // namespace admit::bench
