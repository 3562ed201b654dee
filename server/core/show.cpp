// How the state is shown: listings, and the numbers in answers and refusals.
#include "server/core/decide.hpp"
#include "proto/limits.hpp"

#include <algorithm>

namespace admit::core {
namespace {

constexpr std::int64_t closed_retry_ms = 30'000;
constexpr std::int64_t unknown_retry_ms = 1'000;
constexpr std::int64_t retry_ms_max = 60'000;

bool is_closed(const pool& p) noexcept {
    return p.settings.mode != pool_mode::open || p.settings.limit == 0;
}

std::string held_text(const pool& p) {
    return std::to_string(p.active) + " of " + std::to_string(p.settings.limit) +
           " slots are held";
}

std::string with_note(std::string text, const pool& p) {
    return p.settings.note.empty() ? text : text + ": " + p.settings.note;
}

}  // namespace

// --- Parts of answers

std::int64_t decider::left_ms(const lease& l) const noexcept {
    return std::max<std::int64_t>(0, to_ms(l.end - now_));
}

std::int64_t decider::renew_in_ms(const lease& l, std::int64_t ttl_ms) const noexcept {
    const std::int64_t third = ttl_ms / 3;
    if (l.start_by == instant::max())
        return third;
    const std::int64_t start_ms = std::max<std::int64_t>(0, to_ms(l.start_by - now_));
    return std::min(third, start_ms / 2);
}

pool_share decider::share(const pool& p, std::int64_t slots, bool with_floor) const {
    return {.pool = p.name,
            .slots = slots,
            .active = p.active,
            .limit = p.settings.limit,
            .floor = with_floor ? s_.floor(p) : 0};
}

admit::acquired decider::acquired_answer(const lease& l, std::int64_t waited_ms) const {
    const std::int64_t ttl_ms = left_ms(l);
    return {.token = l.token,
            .request_id = l.who->request_id,
            .worker = l.who->worker,
            .pool = share(*l.in, l.who->slots, true),
            .ttl_ms = ttl_ms,
            .renew_in_ms = renew_in_ms(l, ttl_ms),
            .waited_ms = waited_ms};
}

admit::queued decider::queued_answer(const waiter& w) const {
    const auto position = static_cast<std::int64_t>(waiting_line::position(w));
    return {.request_id = w.who->request_id,
            .ticket = w.ticket(),
            .position = position,
            .waiting = static_cast<std::int64_t>(w.in->line.size()),
            .reason = why_waiting(*w.in),
            .estimate_ms = estimate_ms(*w.in, position)};
}

std::string decider::why_waiting(const pool& p) const {
    if (p.settings.mode != pool_mode::open)
        return with_note(p.name + " is " + std::string(name(p.settings.mode)), p);
    if (p.settings.limit == 0)
        return with_note(p.name + " is closed (limit 0)", p);
    return p.name + " is full";
}

/// Holders leave one after another, each after the average time a lease was held.
std::int64_t decider::estimate_ms(const pool& p, std::int64_t position) const noexcept {
    const std::int64_t limit = std::max<std::int64_t>(1, p.settings.limit);
    const std::int64_t average_ms = p.avg_held_us / 1'000;
    const std::int64_t rounds_ms = average_ms * position / limit;
    return std::min(rounds_ms, limits::duration_ms_max);
}

problem decider::refusal(const pool& p, errc code, call_id call) const {
    problem out{.code = code, .detail = {}, .field = {}, .pools = {share(p, 0, false)}};
    switch (code) {
        case errc::slots_exceed_limit:
            out.detail = p.name + ": the limit is " + std::to_string(p.settings.limit) +
                         ", more slots than that can never be admitted";
            out.field = "slots";
            return out;
        case errc::queue_full:
            out.detail = p.name + ": " + std::to_string(p.line.size()) +
                         " requests wait already, the most it may have";
            break;
        case errc::wait_timeout: out.detail = "The wait is over: " + why_waiting(p); break;
        case errc::pool_full:
            out.detail = p.name + ": " + held_text(p);
            if (!p.line.empty())
                out.detail += ", " + std::to_string(p.line.size()) + " waiting";
            break;
        default: out.detail = why_waiting(p); break;
    }
    if (is_closed(p)) {
        out.retry_after_ms = closed_retry_ms;
    } else if (p.avg_held_us == 0) {
        out.retry_after_ms = unknown_retry_ms;
    } else {
        // ± 20 %, so that the refused do not all come back at once.
        const auto jitter = static_cast<std::int64_t>(mix(s_.conf.seed ^ call) % 401);
        // One whose wait is over still stands in the line, but need not stand behind itself.
        const auto next = static_cast<std::int64_t>(p.line.size()) +
                          (code == errc::wait_timeout ? 0 : 1);
        out.retry_after_ms = std::clamp<std::int64_t>(estimate_ms(p, next) * (800 + jitter) / 1'000,
                                                      1, retry_ms_max);
    }
    return out;
}

// --- Rows and objects

pool_view decider::view(const pool& p) const {
    pool_view out{.pool = p.name,
                  .version = p.version,
                  .source = p.source,
                  .settings = p.settings,
                  .active = p.active,
                  .waiting = static_cast<std::int64_t>(p.line.size()),
                  .unclaimed = p.unclaimed,
                  .over_limit_by = std::max<std::int64_t>(0, p.active - p.settings.limit),
                  .stats = p.stats};
    out.stats.avg_held_ms = p.avg_held_us / 1'000;
    if (const line_place* head = p.line.front())
        out.stats.oldest_wait_ms = to_ms(now_ - waiter_at(*head).since);
    return out;
}

lease_row decider::row(const lease& l) const {
    return {.token = l.token,
            .pool = l.in->name,
            .worker = l.who->worker,
            .slots = l.who->slots,
            .state = l.state,
            .labels = l.who->labels,
            .age_ms = to_ms(now_ - l.granted_at),
            .ttl_ms = left_ms(l)};
}

waiter_row decider::row(const waiter& w) const {
    const auto position = static_cast<std::int64_t>(waiting_line::position(w));
    return {.ticket = w.ticket(),
            .pool = w.in->name,
            .worker = w.who->worker,
            .slots = w.who->slots,
            .labels = w.who->labels,
            .age_ms = to_ms(now_ - w.since),
            .position = position,
            .estimate_ms = estimate_ms(*w.in, position),
            .reason = why_waiting(*w.in),
            .attached = !w.calls.empty()};
}

// --- Reading calls

void decider::decide(const list_pools& c) {
    pools_page page;
    auto p = s_.pools.upper_bound(c.after);
    for (std::int64_t n = 0; n < c.limit && p != s_.pools.end(); ++n, ++p)
        page.pools.push_back(view(p->second));
    if (p != s_.pools.end() && !page.pools.empty())
        page.next = page.pools.back().pool;
    answer(std::move(page));
}

void decider::decide(const show_pool& c) {
    if (const pool* p = pool_or_refuse(c.pool))
        answer(pool_answer{view(*p), false});
}

void decider::decide(const list_leases& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    leases_page page;
    auto l = p->leases.upper_bound(c.after);
    for (std::int64_t n = 0; n < c.limit && l != p->leases.end(); ++n, ++l)
        page.leases.push_back(row(*l->second));
    if (l != p->leases.end() && !page.leases.empty())
        page.next = page.leases.back().token;
    answer(std::move(page));
}

void decider::decide(const list_waiters& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    waiters_page page;
    const line_place* at = p->line.after(c.after);
    for (std::int64_t n = 0; n < c.limit && at != nullptr; ++n, at = p->line.after(at->rank))
        page.waiters.push_back(row(waiter_at(*at)));
    if (at != nullptr && !page.waiters.empty())
        page.next = page.waiters.back().ticket;
    answer(std::move(page));
}

void decider::decide(const list_history& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    using history = pool_history::chain_of_ended;
    history_page page;
    // What is remembered no longer ended before all that is: then the page begins with the oldest.
    const ended_lease* e = s_.find_ended(c.after);
    if (e != nullptr && e->pool_uid == p->uid) {
        e = history::after(*e);
    } else {
        const pool_history* const all = s_.histories.find(p->uid);
        e = all != nullptr ? all->ended.first() : nullptr;
    }
    for (std::int64_t n = 0; n < c.limit && e != nullptr; ++n, e = history::after(*e))
        page.ended.push_back({.token = e->token,
                              .pool = p->name,
                              .worker = e->who->worker,
                              .slots = e->who->slots,
                              .labels = e->who->labels,
                              .how = e->how,
                              .held_ms = to_ms(e->held),
                              .age_ms = to_ms(now_ - e->at)});
    if (e != nullptr && !page.ended.empty())
        page.next = page.ended.back().token;
    answer(std::move(page));
}

void decider::decide(const show_worker& c) {
    worker_view out{.worker = c.worker, .state = "idle", .leases = {}, .waits = {}};
    const worker_entry* found = s_.workers.find(c.worker);
    if (found == nullptr) return answer(std::move(out));
    if (!found->leases.empty()) out.state = found->busy > 0 ? "busy" : "acquired";
    const auto most = static_cast<std::size_t>(limits::page_max);
    const auto show = [most, this](const auto& all, auto& rows) {
        for (const auto* each = all.first(); each != nullptr && rows.size() < most;
             each = all.after(*each))
            rows.push_back(row(*each));
    };
    show(found->leases, out.leases);
    // A snapshot has them pool by pool.
    std::sort(out.leases.begin(), out.leases.end(),
              [](const lease_row& a, const lease_row& b) { return a.token < b.token; });
    show(found->waiters, out.waits);
    answer(std::move(out));
}

}  // namespace admit::core
