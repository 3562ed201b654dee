#include "server/telemetry/http_metrics.hpp"

#include "server/telemetry/exposition.hpp"

#include <algorithm>

namespace admit::telemetry {

http_metrics::http_metrics(std::vector<http_route> routes) : routes_(std::move(routes)) {
    routes_.push_back({"other", "unmatched"});
    for (std::size_t i = 0; i < routes_.size(); ++i)
        series_.emplace_back();
}

void http_metrics::count(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
    series& s = series_[std::min(route, series_.size() - 1)];
    const auto slot = static_cast<std::size_t>(std::clamp(status, 0, int{statuses} - 1));
    s.by_status[slot].fetch_add(1, std::memory_order_relaxed);
    s.took.observe(took);
}

void http_metrics::collect(exposition& out) const {
    out.counter("admit_http_requests_total", "HTTP requests answered");
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        for (std::size_t status = 0; status < statuses; ++status) {
            const auto n = series_[i].by_status[status].load(std::memory_order_relaxed);
            if (n > 0)
                out.add(static_cast<double>(n), {{"method", routes_[i].method},
                                                 {"route", routes_[i].path},
                                                 {"status", std::to_string(status)}});
        }
    }
    out.histograms("admit_http_request_duration_seconds",
                   "From the whole request to the end of its answer; waiting in line included");
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!series_[i].took.is_empty())
            out.add(series_[i].took, {{"method", routes_[i].method}, {"route", routes_[i].path}});
    }
}

}  // namespace admit::telemetry
