#include "client/async/boot_timer.hpp"

#include <sys/timerfd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace admit::client {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Longer than any lease or wait.
constexpr span far_away = std::chrono::hours{24 * 365};

int make_timer() {
    const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
    return fd;
}

}  // namespace

instant boot_now() noexcept {
    std::timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return instant{duration_cast<span>(seconds{now.tv_sec} + nanoseconds{now.tv_nsec})};
}

boot_timer::boot_timer(const boost::asio::any_io_executor& executor)
    : timer_(executor, make_timer()) {}

void boot_timer::expires_at(instant at) {
    // "Never" must not overflow, and all zeros would disarm the timer. A microsecond is added
    // because the clock is compared in whole ones.
    const span since_boot = std::min(at, boot_now() + far_away).time_since_epoch() + span{1};
    const nanoseconds value = std::max<nanoseconds>(since_boot, nanoseconds{1});
    itimerspec when{};
    when.it_value.tv_sec = duration_cast<seconds>(value).count();
    when.it_value.tv_nsec = (value % seconds{1}).count();
    ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void boot_timer::cancel() {
    boost::system::error_code ignored;
    timer_.cancel(ignored);
}

}  // namespace admit::client
