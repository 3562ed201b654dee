// Preloaded into `admit run`: its guardian, the only one that calls setsid, is long in the caller's
// group, as on a machine that has no time for it. Only a signal that it handles lets it go on.
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

extern "C" pid_t setsid() noexcept {
    const timespec long_enough{5, 0};
    ::nanosleep(&long_enough, nullptr);
    return static_cast<pid_t>(::syscall(SYS_setsid));
}
