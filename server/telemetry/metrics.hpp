// The server's metrics, as Prometheus reads them at /metrics. docs/operating.md lists them.
#pragma once

#include "server/engine/engine.hpp"
#include "server/telemetry/http_metrics.hpp"
#include "server/telemetry/pool_metrics.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace admit::telemetry {

/// What a journal that keeps something counts.
struct journal_figures {
    std::uint64_t bytes = 0;
    std::uint64_t syncs = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t checkpoints = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t snapshot_bytes = 0;
    std::uint64_t disk_free_bytes = 0;  ///< 0: nobody looks
};

/// What others count and metrics only show.
struct figures {
    bool ready = false;
    std::size_t connections = 0;
    std::uint64_t connections_refused = 0;
    std::size_t leases = 0;
    std::size_t waiters = 0;
    std::size_t remembered_leases = 0;
    std::size_t remembered_ids = 0;
    double lease_clock_lost_seconds = 0;
    double expiry_lag_seconds = 0;
    std::uint64_t log_lines_dropped = 0;
    std::optional<journal_figures> journal = {};
};

/// No label carries what a worker chose: names of pools, routes, codes and statuses only.
class metrics final : public engine::observer {
public:
    struct options {
        std::string version;
        std::string commit;
        std::vector<http_route> routes;
        /// Pools with series of their own; the rest share the series `_other`.
        std::size_t pools_max = 1'000;
    };

    explicit metrics(options);

    void happened(std::span<const core::event>) noexcept override;
    void appended(std::size_t records, std::chrono::nanoseconds took) noexcept override;

    /// A pool that exists before anything happened in it. As `happened`: one thread at a time.
    void seen(const admit::pool_view&);

    /// Any thread; see `http_metrics::count`.
    void answered(std::size_t route, int status, std::chrono::nanoseconds took) noexcept;

    /// Any thread: a loop ran a timer so much later than it was due.
    void loop_late(std::chrono::nanoseconds lag) noexcept { loop_lag_.observe(lag); }

    /// Whom to ask for `figures` when somebody reads the metrics; before the first `text`.
    void ask(std::function<figures()> source) { source_ = std::move(source); }

    /// Any thread: everything as Prometheus text, version 0.0.4. With a thousand busy pools a few
    /// megabytes and some tens of milliseconds.
    std::string text() const;

private:
    const std::string version_;
    const std::string commit_;
    pool_metrics pools_;
    http_metrics http_;
    histogram loop_lag_;
    histogram appends_;
    std::atomic<std::uint64_t> records_{0};
    std::function<figures()> source_;
};

}  // namespace admit::telemetry
