// How a call that is under way learns that nobody wants it any more.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace admit::client {

/// Shared by a call and whoever may cancel it. Used on the client's executor, `is_over` anywhere.
class canceller {
public:
    /// A second time means more haste: what the first one began is not waited for.
    void cancel() {
        cancelled_ = true;
        // What is called may set another one.
        const std::function<void()> act = act_;
        if (act) act();
    }
    bool cancelled() const noexcept { return cancelled_; }

    /// While it lives, `cancel` does this. One at a time; what it refers to outlives it.
    class [[nodiscard]] duty {
    public:
        duty(canceller& of, std::function<void()> act) : of_(of) { of_.act_ = std::move(act); }
        ~duty() { of_.act_ = nullptr; }
        duty(const duty&) = delete;
        duty& operator=(const duty&) = delete;

    private:
        canceller& of_;
    };

    void over() noexcept { over_ = true; }
    bool is_over() const noexcept { return over_; }

private:
    std::function<void()> act_;
    bool cancelled_ = false;
    std::atomic<bool> over_{false};
};

}  // namespace admit::client
