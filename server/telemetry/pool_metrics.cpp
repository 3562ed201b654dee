#include "server/telemetry/pool_metrics.hpp"

#include "server/telemetry/exposition.hpp"

#include <utility>

namespace admit::telemetry {
namespace {

void increment(pool_series::number& n) { n.fetch_add(1, std::memory_order_relaxed); }

double value(const pool_series::number& n) {
    return static_cast<double>(n.load(std::memory_order_relaxed));
}

/// The difference goes to the series, so that `_other` shows the sum of its pools.
void move_to(std::int64_t& part, std::int64_t now, pool_series::number& sum) {
    sum.fetch_add(now - part, std::memory_order_relaxed);
    part = now;
}

void count_in(pool_series& s, const core::event& e) {
    switch (e.kind) {
        case core::event_kind::acquired:
            increment(s.granted);
            s.wait.observe(e.waited);
            break;
        case core::event_kind::released: increment(s.released); break;
        case core::event_kind::expired: increment(s.expired); break;
        case core::event_kind::evicted: increment(s.evicted); break;
        case core::event_kind::taken_back: increment(s.taken_back); break;
        case core::event_kind::queued: increment(s.queued); break;
        case core::event_kind::left: increment(s.left[static_cast<std::size_t>(e.why)]); break;
        case core::event_kind::rejected:
            increment(s.rejected[static_cast<std::size_t>(e.code)]);
            break;
        case core::event_kind::claimed:
        case core::event_kind::unclaimed:
        case core::event_kind::busy:
        case core::event_kind::pool_changed:
        case core::event_kind::pool_deleted: break;
    }
}

/// Whether the event ends a lease that somebody held.
bool ends_holding(core::event_kind kind) {
    return kind == core::event_kind::released || kind == core::event_kind::expired ||
           kind == core::event_kind::evicted;
}

struct family {
    const char* name;
    const char* help;
    pool_series::number pool_series::*number;
};

constexpr family gauges[] = {
    {"admit_pool_limit", "Slots that the pool lets out at once", &pool_series::limit},
    {"admit_pool_active", "Slots that are held", &pool_series::active},
    {"admit_pool_waiting", "Requests that stand in the pool's line", &pool_series::waiting},
    {"admit_pool_unclaimed", "Leases whose worker has not come for them",
     &pool_series::unclaimed},
};

constexpr family counters[] = {
    {"admit_granted_total", "Leases given", &pool_series::granted},
    {"admit_queued_total", "Requests that took a place in line", &pool_series::queued},
    {"admit_released_total", "Leases given back by their worker", &pool_series::released},
    {"admit_expired_total", "Leases that ended because nobody renewed or started them in time",
     &pool_series::expired},
    {"admit_evicted_total", "Leases ended by an operator", &pool_series::evicted},
    {"admit_taken_back_total", "Grants that nobody came for or that could not be delivered",
     &pool_series::taken_back},
};

/// One sample for each number that is not 0: most codes never occur in most pools.
template <class Numbers, class Name>
void add_each(exposition& out, const Numbers& numbers, const std::string& pool, const char* label,
              Name name_of) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (const double n = value(numbers[i]); n > 0)
            out.add(n, {{"pool", pool}, {label, std::string(name_of(i))}});
    }
}

void add_used(exposition& out, const histogram& values, const std::string& pool) {
    if (!values.is_empty())
        out.add(values, {{"pool", pool}});
}

}  // namespace

pool_metrics::pool_metrics(std::size_t pools_max) : pools_max_(pools_max) {}

void pool_metrics::count(const core::event& e) {
    if (e.kind == core::event_kind::pool_deleted)
        return remove(e.pool);
    entry& pool = entry_of(e.pool);
    set_gauges(pool, e.limit, e.active, e.waiting, e.unclaimed);
    count_in(*pool.series, e);
    if (ends_holding(e.kind))
        pool.series->held.observe(e.held);
}

void pool_metrics::seen(const std::string& pool, std::int64_t limit, std::int64_t active,
                        std::int64_t waiting, std::int64_t unclaimed) {
    set_gauges(entry_of(pool), limit, active, waiting, unclaimed);
}

pool_metrics::entry& pool_metrics::entry_of(const std::string& pool) {
    const auto found = pools_.find(pool);
    if (found != pools_.end())
        return found->second;
    const std::lock_guard lock(shown_mutex_);
    entry& fresh = pools_[pool];
    if (shown_.size() < pools_max_) {
        fresh.series = std::make_shared<pool_series>();
        shown_.emplace(pool, fresh.series);
    } else {
        fresh.series = other_;
        other_used_ = true;
    }
    return fresh;
}

void pool_metrics::remove(const std::string& pool) {
    const auto found = pools_.find(pool);
    if (found == pools_.end())
        return;
    set_gauges(found->second, 0, 0, 0, 0);
    const std::lock_guard lock(shown_mutex_);
    if (found->second.series != other_)
        shown_.erase(pool);
    pools_.erase(found);
}

void pool_metrics::set_gauges(entry& pool, std::int64_t limit, std::int64_t active,
                              std::int64_t waiting, std::int64_t unclaimed) {
    move_to(pool.limit, limit, pool.series->limit);
    move_to(pool.active, active, pool.series->active);
    move_to(pool.waiting, waiting, pool.series->waiting);
    move_to(pool.unclaimed, unclaimed, pool.series->unclaimed);
}

pool_metrics::named_series pool_metrics::snapshot() const {
    const std::lock_guard lock(shown_mutex_);
    named_series all = shown_;
    if (other_used_)
        all.emplace("_other", other_);
    return all;
}

void pool_metrics::collect(exposition& out) const {
    const named_series all = snapshot();
    for (const family& f : gauges) {
        out.gauge(f.name, f.help);
        for (const auto& [pool, series] : all)
            out.add(value(series.get()->*f.number), {{"pool", pool}});
    }
    for (const family& f : counters) {
        out.counter(f.name, f.help);
        for (const auto& [pool, series] : all)
            out.add(value(series.get()->*f.number), {{"pool", pool}});
    }
    out.counter("admit_rejected_total", "Requests refused by the state of their pool, by code");
    for (const auto& [pool, series] : all)
        add_each(out, series->rejected, pool, "code", [](std::size_t i) {
            return name(static_cast<errc>(i));
        });
    out.counter("admit_left_total", "Requests that left the line without a grant, by reason");
    for (const auto& [pool, series] : all)
        add_each(out, series->left, pool, "reason", [](std::size_t i) {
            return core::name(static_cast<core::leave_reason>(i));
        });
    out.histograms("admit_wait_seconds", "Time that granted requests stood in line");
    for (const auto& [pool, series] : all)
        add_used(out, series->wait, pool);
    out.histograms("admit_held_seconds", "Time that leases were held, however they ended");
    for (const auto& [pool, series] : all)
        add_used(out, series->held, pool);
}

}  // namespace admit::telemetry
