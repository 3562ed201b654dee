#include "server/config/watch.hpp"

#include <string>

namespace admit::config {

std::vector<telemetry::http_route> metric_routes() {
    std::vector<telemetry::http_route> out;
    for (const http::route_row& row : http::routes())
        out.push_back({std::string(http::name(row.method)), std::string(row.path)});
    return out;
}

void exchange_watch::answered(const http::exchange& e) noexcept {
    metrics_.answered(e.row, e.status, e.took);
    if (!log_.wants_access()) return;
    const bool is_route = e.row != http::routed::no_row;
    log_.answered({e.method, std::string(e.path), is_route, e.status, e.took, e.bytes});
}

void exchange_watch::failed(std::string_view id, std::string_view what) noexcept {
    log_.say(telemetry::log_level::error, "internal",
             "Answered 500 with id " + std::string(id) + ": " + std::string(what));
}

telemetry::figures figures_of(const engine::engine& engine, const http::server& server,
                              const telemetry::log& log, const disk_watch& disk,
                              const journal::journal& journal) {
    std::optional<telemetry::journal_figures> kept;
    if (journal.keeps()) {
        const journal::journal_figures f = journal.figures();
        kept = {.bytes = f.bytes,
                .syncs = f.syncs,
                .file_bytes = f.file_bytes,
                .checkpoints = f.checkpoints,
                .snapshots = f.snapshots,
                .snapshot_bytes = f.snapshot_bytes,
                .disk_free_bytes = disk.free()};
    }
    const core::core::counts counts = engine.count();
    const engine::engine::clock_figures clock = engine.clock_state();
    return {.ready = engine.ready(),
            .connections = server.connections(),
            .connections_refused = server.connections_refused(),
            .leases = counts.leases,
            .waiters = counts.waiters,
            .remembered_leases = counts.ended,
            .remembered_ids = counts.cancelled_ids,
            .lease_clock_lost_seconds = clock.lost_seconds,
            .expiry_lag_seconds = clock.expiry_lag_seconds,
            .log_lines_dropped = log.dropped(),
            .journal = kept};
}

}  // namespace admit::config
