// Preloaded before libfaketime, which takes every absolute timer for one of the wall clock that it
// fakes (0.9.10, also with FAKETIME_DONT_FAKE_MONOTONIC). Those of admit are on CLOCK_BOOTTIME, so
// they go to the kernel as they are.
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

extern "C" int timerfd_settime(int fd, int flags, const itimerspec* to, itimerspec* from) noexcept {
    return static_cast<int>(::syscall(SYS_timerfd_settime, fd, flags, to, from));
}
