// A thread that does one thing at a time for another one, which goes on meanwhile.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace admit::journal {

class background {
public:
    /// `on_done` is called on the thread when a task has ended, under none of its locks.
    explicit background(std::function<void()> on_done);
    /// Waits for the task.
    ~background();
    background(const background&) = delete;
    background& operator=(const background&) = delete;

    /// While it is idle.
    void run(std::function<void()> task);
    /// Whether there is no task. What the former one has done is to be seen then; throws what it
    /// threw.
    bool idle();
    /// Waits until it is idle. Throws likewise.
    void wait();

private:
    void work();
    void throw_failure();

    const std::function<void()> on_done_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable ended_;
    std::function<void()> task_;
    std::exception_ptr failure_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace admit::journal
