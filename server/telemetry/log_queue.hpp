// The bounded queue between those who log and the thread that writes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace admit::telemetry {

/// Many put, one takes everything at once. Putting never waits for the taker: a full queue drops
/// its oldest element.
template <class T>
class log_queue {
public:
    explicit log_queue(std::size_t max) : max_(max) {}

    void put(T&& element) {
        bool wake = false;
        {
            const std::lock_guard lock(mutex_);
            insert(std::move(element));
            wake = std::exchange(asleep_, false);
        }
        if (wake)
            wake_.notify_one();
    }

    /// Waits for elements and calls `visit(T&)` for each, oldest first, outside the lock. False
    /// once the queue is closed and empty.
    template <class Visit>
    bool take(Visit visit) {
        {
            std::unique_lock lock(mutex_);
            asleep_ = elements_.empty();
            wake_.wait(lock, [this] { return closed_ || !elements_.empty(); });
            asleep_ = false;
            if (elements_.empty())
                return false;
            taken_.swap(elements_);
            first_ = std::exchange(oldest_, 0);
        }
        for (std::size_t i = 0; i < taken_.size(); ++i)
            visit(taken_[(first_ + i) % taken_.size()]);
        taken_.clear();
        return true;
    }

    /// What was put is still taken.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        wake_.notify_one();
    }

    std::uint64_t dropped() const {
        const std::lock_guard lock(mutex_);
        return dropped_;
    }

private:
    void insert(T&& element) {
        if (elements_.size() < max_) {
            elements_.push_back(std::move(element));
            return;
        }
        elements_[oldest_] = std::move(element);
        oldest_ = (oldest_ + 1) % max_;
        ++dropped_;
    }

    const std::size_t max_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<T> elements_;  ///< a ring once it is full
    std::size_t oldest_ = 0;   ///< where the ring begins
    std::uint64_t dropped_ = 0;
    bool asleep_ = false;
    bool closed_ = false;

    std::vector<T> taken_;  ///< the taker's own
    std::size_t first_ = 0;
};

}  // namespace admit::telemetry
