#include "server/telemetry/metrics.hpp"

#include "server/telemetry/exposition.hpp"
#include "server/telemetry/process.hpp"

namespace admit::telemetry {
namespace {

void collect(const figures& f, exposition& out) {
    out.gauge("admit_ready", "1 while workers would be admitted, as /readyz says");
    out.add(f.ready ? 1 : 0);
    out.gauge("admit_connections", "Open HTTP connections");
    out.add(static_cast<double>(f.connections));
    out.counter("admit_connections_refused_total", "Connections turned away for their number");
    out.add(static_cast<double>(f.connections_refused));
    out.gauge("admit_leases", "Live leases, over all pools");
    out.add(static_cast<double>(f.leases));
    out.gauge("admit_waiters", "Requests in line, over all pools");
    out.add(static_cast<double>(f.waiters));
    out.gauge("admit_remembered", "What is remembered of the past, by kind");
    out.add(static_cast<double>(f.remembered_leases), {{"kind", "ended_leases"}});
    out.add(static_cast<double>(f.remembered_ids), {{"kind", "cancelled_ids"}});
    out.counter("admit_lease_clock_lost_seconds_total",
                "Time by which every lease was lengthened because the server stood still");
    out.add(f.lease_clock_lost_seconds);
    out.gauge("admit_expiry_lag_seconds", "How late the last due expiry was decided");
    out.add(f.expiry_lag_seconds);
    out.counter("admit_log_lines_dropped_total", "Log lines given up because nobody took them");
    out.add(static_cast<double>(f.log_lines_dropped));
}

void collect(const journal_figures& f, exposition& out) {
    out.counter("admit_journal_bytes_total", "What was made durable, as the journal keeps it");
    out.add(static_cast<double>(f.bytes));
    out.counter("admit_journal_syncs_total", "Times that the disk was waited for");
    out.add(static_cast<double>(f.syncs));
    out.gauge("admit_journal_file_bytes", "What the journal takes on the disk");
    out.add(static_cast<double>(f.file_bytes));
    out.counter("admit_journal_checkpoints_total", "Times that its log was copied into its file");
    out.add(static_cast<double>(f.checkpoints));
    out.counter("admit_journal_snapshots_total", "Snapshots of the state that were written");
    out.add(static_cast<double>(f.snapshots));
    out.gauge("admit_journal_snapshot_bytes", "The size of the newest one");
    out.add(static_cast<double>(f.snapshot_bytes));
    if (f.disk_free_bytes == 0) return;
    out.gauge("admit_journal_disk_free_bytes", "Room on its disk, at the last look");
    out.add(static_cast<double>(f.disk_free_bytes));
}

void collect(const process_figures& f, exposition& out) {
    out.counter("process_cpu_seconds_total", "User and system CPU time");
    out.add(f.cpu_seconds);
    out.gauge("process_resident_memory_bytes", "Resident memory");
    out.add(f.resident_bytes);
    out.gauge("process_start_time_seconds", "Start of the process, Unix time");
    out.add(f.start_time_seconds);
    out.gauge("process_open_fds", "Open file descriptors");
    out.add(f.open_fds);
    out.gauge("process_max_fds", "Most file descriptors that may be open");
    out.add(f.max_fds);
}

}  // namespace

metrics::metrics(options o)
    : version_(std::move(o.version)),
      commit_(std::move(o.commit)),
      pools_(o.pools_max),
      http_(std::move(o.routes)) {}

void metrics::happened(std::span<const core::event> events) noexcept {
    for (const core::event& e : events)
        pools_.count(e);
}

void metrics::appended(std::size_t records, std::chrono::nanoseconds took) noexcept {
    records_.fetch_add(records, std::memory_order_relaxed);
    appends_.observe(took);
}

void metrics::seen(const admit::pool_view& p) {
    pools_.seen(p.pool, p.settings.limit, p.active, p.waiting, p.unclaimed);
}

void metrics::answered(std::size_t route, int status, std::chrono::nanoseconds took) noexcept {
    http_.count(route, status, took);
}

std::string metrics::text() const {
    exposition out;
    out.gauge("admit_build_info", "1; the labels say what runs");
    out.add(1, {{"version", version_}, {"commit", commit_}});
    if (source_) {
        const figures now = source_();
        collect(now, out);
        if (now.journal) {
            out.counter("admit_journal_records_total", "Records that became durable");
            out.add(static_cast<double>(records_.load(std::memory_order_relaxed)));
            out.histograms("admit_journal_append_seconds",
                           "How long an append took until what it held was durable");
            out.add(appends_);
            collect(*now.journal, out);
        }
    }
    pools_.collect(out);
    http_.collect(out);
    out.histograms("admit_loop_lag_seconds", "How late I/O threads ran a timer that was due");
    out.add(loop_lag_);
    collect(read_process_figures(), out);
    return std::move(out).text();
}

}  // namespace admit::telemetry
