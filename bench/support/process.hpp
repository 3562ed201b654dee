// What the kernel counts of another process: the CPU that its threads used, and its memory.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace admit::bench {

/// User and system time of each thread that lives, by its id. Exact to the nanosecond where the
/// kernel keeps schedstat, else to a tick. Empty where there is no such process.
std::map<pid_t, std::chrono::nanoseconds> cpu_by_thread(pid_t process);

/// The sum of what each thread used since `before`. Threads that ended meanwhile are not in it.
std::chrono::nanoseconds used_since(const std::map<pid_t, std::chrono::nanoseconds>& before,
                                    const std::map<pid_t, std::chrono::nanoseconds>& after);

/// VmRSS in bytes; 0 where there is no such process.
std::size_t resident_bytes(pid_t process);

/// Raises the limit of open files as far as the machine lets us. Returns what it is then.
std::size_t raise_open_files();

}  // namespace admit::bench
