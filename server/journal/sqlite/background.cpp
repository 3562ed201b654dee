#include "server/journal/sqlite/background.hpp"

#include <utility>

namespace admit::journal {

background::background(std::function<void()> on_done)
    : on_done_(std::move(on_done)), thread_([this] { work(); }) {}

background::~background() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        wake_.notify_one();
    }
    thread_.join();
}

void background::run(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    task_ = std::move(task);
    wake_.notify_one();
}

bool background::idle() {
    const std::lock_guard lock(mutex_);
    throw_failure();
    return !task_;
}

void background::wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return !task_; });
    throw_failure();
}

void background::throw_failure() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void background::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return task_ || ending_; });
        if (!task_) return;
        lock.unlock();
        std::exception_ptr failure;
        try {
            task_();  // nobody else touches it until it is taken away
        } catch (...) { failure = std::current_exception(); }
        lock.lock();
        task_ = nullptr;
        failure_ = failure;
        lock.unlock();
        ended_.notify_one();
        on_done_();
        lock.lock();
    }
}

}  // namespace admit::journal
