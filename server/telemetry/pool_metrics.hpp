// What each pool's metrics count, and how many pools have metrics of their own.
#pragma once

#include "proto/errc.hpp"
#include "server/core/effects.hpp"
#include "server/telemetry/histogram.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace admit::telemetry {

class exposition;

inline constexpr std::size_t leave_reason_count =
    static_cast<std::size_t>(core::leave_reason::shutting_down) + 1;

/// One pool's numbers, or those of all the pools without numbers of their own.
struct pool_series {
    using number = std::atomic<std::int64_t>;
    number limit{0}, active{0}, waiting{0}, unclaimed{0};
    number granted{0}, queued{0}, released{0}, expired{0}, evicted{0}, taken_back{0};
    std::array<number, errc_count> rejected{};  ///< by code
    std::array<number, leave_reason_count> left{};  ///< by reason
    histogram wait;
    histogram held;
};

/// Counts events per pool: the first `pools_max` pools have series of their own, whatever comes on
/// top of them shares the one named `_other`. A deleted pool's series goes, and makes room.
class pool_metrics {
public:
    explicit pool_metrics(std::size_t pools_max);

    /// One thread at a time. One look-up by the pool's name, and nothing that waits for a reader
    /// unless a pool appears or goes.
    void count(const core::event&);

    /// The numbers of a pool that exists already, without counting anything. As `count`.
    void seen(const std::string& pool, std::int64_t limit, std::int64_t active,
              std::int64_t waiting, std::int64_t unclaimed);

    /// Any thread.
    void collect(exposition& out) const;

private:
    struct entry {
        std::shared_ptr<pool_series> series;  ///< its own, or that of `_other`
        std::int64_t limit = 0, active = 0, waiting = 0, unclaimed = 0;  ///< its part of them
    };
    using named_series = std::map<std::string, std::shared_ptr<const pool_series>>;

    entry& entry_of(const std::string& pool);
    void remove(const std::string& pool);
    static void set_gauges(entry&, std::int64_t limit, std::int64_t active, std::int64_t waiting,
                           std::int64_t unclaimed);
    named_series snapshot() const;

    const std::size_t pools_max_;
    const std::shared_ptr<pool_series> other_ = std::make_shared<pool_series>();
    std::unordered_map<std::string, entry> pools_;

    /// Guards what readers walk; who counts takes it only to add or remove a pool.
    mutable std::mutex shown_mutex_;
    named_series shown_;
    bool other_used_ = false;
};

}  // namespace admit::telemetry
