// Acquire: admitted at once, a place in line, the same as before, or refused.
#include "server/core/decide.hpp"
#include "proto/limits.hpp"

#include <algorithm>
#include <utility>

namespace admit::core {
namespace {

problem bad_field(std::string field, std::string detail) {
    return {.code = errc::bad_request,
            .detail = std::move(detail),
            .field = std::move(field),
            .pools = {}};
}

/// Whether a repeat asks for what was asked before, defaults filled in.
bool same_request(const admission& before, const acquire& now, const pool& p) {
    const std::int64_t ttl_ms = now.ttl_ms          ? *now.ttl_ms
                                : before.ttl_given ? p.settings.default_ttl_ms
                                                   : before.ttl_ms;
    return before.pool == now.pool && before.slots == now.slots && before.worker == now.worker &&
           before.ttl_ms == ttl_ms && before.start == now.start && before.labels == now.labels;
}

/// The admission as it is once this repeat was heard: an id that a client has sent is the client's,
/// whoever made it, and so one effect is promised for it.
admission_ref heard_again(const admission_ref& who, const acquire& a) {
    if (who->by_client || !a.by_client) return who;
    auto theirs = std::make_shared<admission>(*who);
    theirs->by_client = true;
    return theirs;
}

problem mismatch() {
    return {.code = errc::request_mismatch,
            .detail = "This request id was used before with another pool, slots, worker, ttl_ms, "
                      "start or labels",
            .field = "request_id",
            .pools = {}};
}

admission_ref admission_of(const acquire& a, const pool& p) {
    return std::allocate_shared<const admission>(
        recycling<admission>(),
        admission{.pool = a.pool,
                  .slots = a.slots,
                  .worker = a.worker,
                  .request_id = a.request_id,
                  .by_client = a.by_client,
                  .ttl_ms = a.ttl_ms.value_or(p.settings.default_ttl_ms),
                  .ttl_given = a.ttl_ms.has_value(),
                  .start = a.start,
                  .labels = a.labels});
}

}  // namespace

void decider::decide(const acquire& a) {
    if (draining_)
        return answer(shutting_down_problem());
    const pool* p = pool_or_refuse(a.pool);
    if (p == nullptr) return;

    // Before anything that is about a new request: a repeat is not one.
    if (const id_entry* known = s_.find_id(a.request_id)) {
        switch (known->what) {
            case id_entry::kind::waiting:
                return attach(*s_.find_waiter(known->number), a);
            case id_entry::kind::live:
                return attach(*s_.find_lease(known->number), a);
            case id_entry::kind::ended:
                return answer(problem{.code = errc::request_ended,
                                      .detail = "The admission of this request id is over",
                                      .field = {},
                                      .pools = {}});
            case id_entry::kind::cancelled:
                return answer(problem{.code = errc::cancelled,
                                      .detail = "This request id was cancelled",
                                      .field = {},
                                      .pools = {}});
        }
    }

    if (!pool_allows(*p, a)) return;
    if (p->settings.limit > 0 && a.slots > p->settings.limit)
        return refuse(*p, errc::slots_exceed_limit, a.worker);
    if (p->settings.mode == pool_mode::draining)
        return refuse(*p, errc::draining, a.worker);
    if (admits(*p, a.slots, p->line.empty())) {
        const admit::token token = s_.next_token;
        commit(granted{.token = token,
                       .ticket = 0,
                       .who = admission_of(a, *p),
                       .keep_ms = a.keep_ms,
                       .calls = 1,
                       .take_back = instant{}});
        return answer(acquired_answer(*s_.find_lease(token), 0));
    }
    if (a.wait_ms == 0 && a.keep_ms == 0)
        return refuse(*p, p->settings.mode == pool_mode::paused ? errc::paused : errc::pool_full,
                      a.worker);
    if (static_cast<std::int64_t>(p->line.size()) >= p->settings.max_waiters)
        return refuse(*p, errc::queue_full, a.worker);

    const admit::ticket ticket = s_.next_ticket;
    commit(queued{ticket, admission_of(a, *p), a.keep_ms, a.keep_ms > 0});
    wait(*s_.find_waiter(ticket), a);
}

/// The pool's own bounds on what the request may ask for; answers when they are broken.
bool decider::pool_allows(const pool& p, const acquire& a) {
    if (a.wait_ms > p.settings.max_wait_ms) {
        answer(bad_field("wait_ms", "wait_ms is at most " +
                                        std::to_string(p.settings.max_wait_ms) + " in pool " +
                                        p.name));
        return false;
    }
    if (a.ttl_ms && *a.ttl_ms > p.settings.max_ttl_ms) {
        answer(bad_field("ttl_ms", "ttl_ms is at most " + std::to_string(p.settings.max_ttl_ms) +
                                       " in pool " + p.name));
        return false;
    }
    return true;
}

/// Another call for a place in line: its `keep_ms` holds from now on.
void decider::attach(const waiter& w, const acquire& a) {
    if (!same_request(*w.who, a, *w.in))
        return answer(mismatch());
    const admission_ref who = heard_again(w.who, a);
    const bool changed = w.keep_ms != a.keep_ms || who != w.who;
    if (changed || w.calls.empty())
        commit(queued{w.ticket(), who, a.keep_ms, changed && (a.keep_ms > 0 || w.kept)});
    wait(w, a);
}

void decider::wait(const waiter& w, const acquire& a) {
    // A repeat may ask for more than the pool allows since: it waits as long as it may.
    const std::int64_t wait_ms = std::min(a.wait_ms, w.in->settings.max_wait_ms);
    if (wait_ms > 0) return commit(attached{w.ticket(), call_, now_ + from_ms(wait_ms)});
    if (w.keep_ms > 0 || !w.calls.empty())
        return answer(queued_answer(w));
    // No wait, and the place is no longer to be kept: it is given up.
    problem over = refusal(*w.in, errc::wait_timeout);
    commit(left{w.ticket(), leave_reason::timeout, w.kept});
    answer(std::move(over));
}

/// Another call for a lease that lives: it is told of the same one. That renews nothing, but the
/// first who comes for an unclaimed one starts its time.
void decider::attach(const lease& l, const acquire& a) {
    if (!same_request(*l.who, a, *l.in))
        return answer(mismatch());
    admission_ref who = heard_again(l.who, a);
    if (who == l.who) who = nullptr;
    const bool changed = l.keep_ms != a.keep_ms || who != nullptr;
    if (l.state == lease_state::unclaimed)
        commit(claimed{l.token, a.keep_ms, std::move(who)});
    else
        commit(handed{l.token, a.keep_ms, changed, std::move(who)});
    answer(acquired_answer(l, 0));
}

/// A call's wait is over.
void decider::end_wait(const call& c, call_id id) {
    const waiter& w = *c.at;
    if (w.keep_ms > 0 || w.calls.size() > 1) {
        answer_call(id, queued_answer(w));
        return commit(detached{id});
    }
    dismiss(w, leave_reason::timeout, refusal(*w.in, errc::wait_timeout, id));
}

void decider::decide(const abandon& a) {
    if (const call* waiting = s_.calls.find(a.call)) {
        const waiter& w = *waiting->at;
        answer_call(a.call, nobody{});
        if (w.keep_ms > 0 || w.calls.size() > 1)
            return commit(detached{a.call});
        return commit(left{w.ticket(), leave_reason::gone, w.kept});
    }
    const lease* l = s_.find_lease(a.granted);
    if (l == nullptr || l->confirmed || l->handed == 0)
        return;
    if (l->handed > 1)
        return commit(undelivered{l->token});
    if (l->keep_ms > 0)
        return commit(unclaimed{l->token});
    commit(ended{l->token, ending::abandoned});
}

}  // namespace admit::core
