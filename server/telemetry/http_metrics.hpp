// Counts HTTP requests by route and status. The routes are few and known from the start, so that a
// request is counted by indices alone.
#pragma once

#include "server/telemetry/histogram.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace admit::telemetry {

class exposition;

/// A row of the route table: "POST", "/v1/pools/{pool}".
struct http_route {
    std::string method;
    std::string path;
};

class http_metrics {
public:
    /// Requests that matched none of `routes` are counted as the route "unmatched".
    explicit http_metrics(std::vector<http_route> routes);

    /// Any thread; never blocks. `route`: an index of the constructor's `routes`, anything else for
    /// none. `took`: from the request's last byte to the answer's.
    void count(std::size_t route, int status, std::chrono::nanoseconds took) noexcept;

    void collect(exposition& out) const;

private:
    static constexpr std::size_t statuses = 600;
    struct series {
        std::array<std::atomic<std::uint64_t>, statuses> by_status{};
        histogram took;
    };

    std::vector<http_route> routes_;
    std::deque<series> series_;  ///< one per route, the last for none; atomics do not move
};

}  // namespace admit::telemetry
