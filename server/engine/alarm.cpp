#include "server/engine/alarm.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace admit::engine {
namespace {

using std::chrono::nanoseconds;

class asio_alarm final : public alarm {
public:
    asio_alarm(loop& on, std::function<void()> ring, const monotonic_clock& clock)
        : clock_(clock), ring_(std::move(ring)), timer_(on.context()) {}

    void set(nanoseconds at) override {
        const std::lock_guard lock(mutex_);
        if (cancelled_)
            return;
        timer_.expires_after(std::max(at - clock_.now(), nanoseconds::zero()));
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error)
                ring_();
        });
    }

    void cancel() override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        timer_.cancel();
    }

private:
    using timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>,
                                          boost::asio::io_context::executor_type>;

    const monotonic_clock& clock_;
    const std::function<void()> ring_;
    std::mutex mutex_;  ///< a timer of Asio's is not thread-safe
    timer timer_;
    bool cancelled_ = false;
};

}  // namespace

alarm_maker asio_alarms(const monotonic_clock& clock) {
    return [&clock](loop& on, std::function<void()> ring) -> std::unique_ptr<alarm> {
        return std::make_unique<asio_alarm>(on, std::move(ring), clock);
    };
}

}  // namespace admit::engine
