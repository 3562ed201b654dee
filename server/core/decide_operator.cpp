// What operators ask for: pools and their settings, evictions, waiters sent away.
#include "server/core/decide.hpp"

#include <algorithm>

namespace admit::core {
namespace {

problem precondition_failed(const std::string& detail) {
    return {.code = errc::precondition_failed, .detail = detail, .field = {}, .pools = {}};
}

problem in_use(const std::string& detail) {
    return {.code = errc::pool_in_use, .detail = detail, .field = {}, .pools = {}};
}

/// Whether the call may go on; `p` is the pool as it is, if it is.
bool holds(const precondition& only_if, const pool* p) {
    if (only_if.must_not_exist && p != nullptr)
        return false;
    if (only_if.must_exist && p == nullptr)
        return false;
    const auto& versions = only_if.versions;
    return versions.empty() ||
           (p != nullptr && std::find(versions.begin(), versions.end(), p->version) !=
                                versions.end());
}

pool_settings settings_after(const set_pool& c, const pool* p) {
    if (p == nullptr)
        return changed({}, c.change);
    if (c.how != set_how::replace)
        return changed(p->settings, c.change);
    pool_settings fresh;
    fresh.mode = p->settings.mode;
    return changed(fresh, c.change);
}

/// Evicts what the pool holds, answers who waits, deletes it.
class deletion final : public job {
public:
    deletion(decider& d, const pool& p, call_id call) : d_(d), pool_(p), call_(call) {}

    bool advance() override {
        if (!pool_.leases.empty()) {
            d_.commit(ended{pool_.leases.begin()->first, ending::evicted});
            return true;
        }
        if (const line_place* head = pool_.line.front()) {
            d_.dismiss(waiter_at(*head), leave_reason::pool_deleted,
                       unknown_pool(pool_.name));
            return true;
        }
        d_.closing_.erase(pool_.name);
        d_.commit(pool_deleted{pool_.name});
        d_.answer_call(call_, done{});
        return false;
    }

private:
    decider& d_;
    const pool& pool_;
    const call_id call_;
};

/// Evicts what a worker held when the call came.
class worker_eviction final : public job {
public:
    worker_eviction(decider& d, std::string worker, admit::token last, call_id call)
        : d_(d), worker_(std::move(worker)), last_(last), call_(call) {}

    bool advance() override {
        const worker_entry* found = d_.s_.workers.find(worker_);
        // What has come since stands behind what was there.
        const lease* const first = found != nullptr ? found->leases.first() : nullptr;
        if (first != nullptr && first->token <= last_) {
            d_.commit(ended{first->token, ending::evicted});
            ++count_;
            return true;
        }
        d_.answer_call(call_, evicted_count{count_});
        return false;
    }

private:
    decider& d_;
    const std::string worker_;
    const admit::token last_;
    const call_id call_;
    std::int64_t count_ = 0;
};

}  // namespace

void decider::decide(const set_pool& c) {
    const pool* p = s_.find_pool(c.pool);
    if (p != nullptr && is_closing(*p))
        return answer(in_use("Pool '" + c.pool + "' is being deleted"));
    if (p == nullptr && c.how == set_how::update)
        return answer(unknown_pool(c.pool));
    if (!holds(c.only_if, p))
        return answer(precondition_failed(
            p == nullptr ? "There is no pool '" + c.pool + "'"
                         : "Pool '" + c.pool + "' is at version " + std::to_string(p->version)));
    if (!c.change.limit && (p == nullptr || c.how == set_how::replace))
        return answer(problem{.code = errc::bad_request,
                              .detail = "limit is required",
                              .field = "limit",
                              .pools = {}});
    const pool_settings after = settings_after(c, p);
    if (after.default_ttl_ms > after.max_ttl_ms)
        return answer(problem{.code = errc::settings_conflict,
                              .detail = "default_ttl_ms " + std::to_string(after.default_ttl_ms) +
                                        " is above max_ttl_ms " +
                                        std::to_string(after.max_ttl_ms),
                              .field = "default_ttl_ms",
                              .pools = {}});
    const bool created = p == nullptr;
    if (created || p->settings != after)
        commit(pool_set{c.pool, after, c.source, s_.next_version});
    answer(pool_answer{view(*s_.find_pool(c.pool)), created});
}

void decider::decide(const delete_pool& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    if (!holds(c.only_if, p))
        return answer(precondition_failed("Pool '" + c.pool + "' is at version " +
                                          std::to_string(p->version)));
    if (c.pool == "default")
        return answer(in_use("The pool 'default' always exists"));
    if (!c.force && (!p->leases.empty() || !p->line.empty()))
        return answer(in_use("Pool '" + c.pool + "' has " + std::to_string(p->leases.size()) +
                             " leases and " + std::to_string(p->line.size()) +
                             " waiters; ?force=true evicts and answers them"));
    closing_.insert(p->name);
    jobs_.push_back(std::make_unique<deletion>(*this, *p, call_));
}

void decider::decide(const evict& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    const lease* l = s_.find_lease(c.token);
    if (l == nullptr || l->in != p)
        return answer(problem{.code = errc::unknown_lease,
                              .detail = "Pool '" + c.pool + "' has no live lease " +
                                        std::to_string(c.token),
                              .field = {},
                              .pools = {}});
    commit(ended{c.token, ending::evicted});
    answer(done{});
}

void decider::decide(const evict_worker& c) {
    // Leases that the worker gets while it is being evicted are not meant.
    jobs_.push_back(
        std::make_unique<worker_eviction>(*this, c.worker, s_.next_token - 1, call_));
}

void decider::decide(const drop_waiter& c) {
    const pool* p = pool_or_refuse(c.pool);
    if (p == nullptr)
        return;
    const waiter* w = s_.find_waiter(c.ticket);
    if (w == nullptr || w->in != p)
        return answer(problem{.code = errc::unknown_waiter,
                              .detail = "Pool '" + c.pool + "' has no waiter " +
                                        std::to_string(c.ticket),
                              .field = {},
                              .pools = {}});
    const admission_ref who = w->who;
    dismiss(*w, leave_reason::cancelled,
            problem{.code = errc::cancelled,
                    .detail = "This request was cancelled by an operator",
                    .field = {},
                    .pools = {}});
    if (who->by_client)
        commit(id_cancelled{who->request_id});
    answer(done{});
}

}  // namespace admit::core
