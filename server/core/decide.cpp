// How decisions are made and followed up: the loop around `apply`.
#include "server/core/decide.hpp"

#include "proto/few.hpp"
#include "proto/limits.hpp"
#include "server/core/check.hpp"

#include <algorithm>

namespace admit::core {

void decider::step(const command& what, call_id call, instant now, effects& out) {
    out.clear();
    now_ = now;
    call_ = call;
    out_ = &out;
    // A backlog is worked off by `resume` alone, so that each step stays short.
    const bool backlog = busy();
    std::visit([this](const auto& c) { decide(c); }, what);
    if (!backlog) work();
    out.more = busy();
}

void decider::resume(instant now, effects& out) {
    out.clear();
    now_ = now;
    call_ = 0;
    out_ = &out;
    work();
    out.more = busy();
}

void decider::raise(const raised& to, instant now, effects& out) {
    out.clear();
    now_ = now;
    call_ = 0;
    out_ = &out;
    ADMIT_CHECK(to.next_token <= limits::token_max, "a token above all that may be given");
    commit(raised(to));
    out.more = busy();
}

void decider::recovered(instant now, effects& out) {
    out.clear();
    now_ = now;
    call_ = 0;
    out_ = &out;
    s_.begin_anew(now);
    for (auto w = s_.waiters.begin(); w != s_.waiters.end();) {
        const waiter& here = (w++)->second;
        if (here.keep_ms == 0) commit(left{here.ticket(), leave_reason::gone, here.kept});
    }
    work();
    out.more = busy();
}

void decider::open_lines(instant now, effects& out) {
    lines_open_ = true;
    resume(now, out);
}

void decider::work() {
    // Lines go first. Only where they are long do jobs not wait for their end. A pass may leave no
    // record behind and takes its time all the same, so passes are counted as well.
    for (std::size_t n = 0; n < s_.conf.slice_records; ++n) {
        if (out_->records.size() >= s_.conf.slice_records) break;
        const bool served = lines_open_ && serves_lines_ && next();
        served_ = served ? served_ + 1 : 0;
        if (served && served_ <= s_.conf.turn_records) continue;
        if (!advance() && !served) break;
    }
}

bool decider::advance() {
    if (jobs_.empty()) return false;
    std::unique_ptr<job> first = std::move(jobs_.front());
    jobs_.pop_front();
    if (first->advance()) jobs_.push_back(std::move(first));
    return true;
}

void decider::commit(record&& r) {
    if (const auto* g = std::get_if<granted>(&r)) {
        const pool& p = *s_.find_pool(g->who->pool);
        ADMIT_CHECK(p.active + g->who->slots <= std::max(p.settings.limit, p.held_at_change),
                    "a grant above the limit");
        ADMIT_CHECK(g->token >= s_.next_token && g->token <= limits::token_max,
                    "a token that does not rise");
    }
    out_->records.push_back(std::move(r));
    s_.apply(out_->records.back(), now_, &out_->events);
}

bool decider::admits(const pool& p, std::int64_t slots, bool first_in_line) noexcept {
    return p.settings.mode == pool_mode::open && p.active + slots <= p.settings.limit &&
           first_in_line;
}

bool decider::next() {
    while (!s_.awake.empty()) {
        pool& p = *s_.awake.first();
        const bool served = serve(p);
        if (served && ++pool_served_ < s_.conf.turn_records) return true;
        pool_served_ = 0;
        s_.awake.erase(p);
        if (served) {
            s_.awake.push_back(p);
            return true;
        }
        p.awake = false;
    }
    return false;
}

bool decider::serve(pool& p) {
    if (p.line.empty() || is_closing(p)) return false;
    const waiter& head = waiter_at(*p.line.front());
    if (p.settings.mode == pool_mode::draining) {
        dismiss(head, leave_reason::draining, refusal(p, errc::draining));
        return true;
    }
    if (p.settings.limit > 0) {
        if (const line_place* big = p.line.first_above(p.settings.limit)) {
            const waiter& w = waiter_at(*big);
            problem why = refusal(p, errc::slots_exceed_limit);
            why.detail = p.name + ": the limit is now " + std::to_string(p.settings.limit) + ", " +
                         std::to_string(w.who->slots) + " slots can never be admitted";
            dismiss(w, leave_reason::too_big, why);
            return true;
        }
    }
    if (!admits(p, head.who->slots, true)) return false;
    grant_waiter(head);
    return true;
}

void decider::grant_waiter(const waiter& w) {
    const admission_ref who = w.who;
    struct told {
        call_id id = 0;
        std::int64_t waited_ms = 0;
    };
    few<told> calls;
    for (const call_id id : w.calls)
        calls.push_back({id, to_ms(now_ - s_.calls.at(id).arrived)});
    granted r{.token = s_.next_token,
              .ticket = w.ticket(),
              .who = who,
              .keep_ms = w.keep_ms,
              .calls = static_cast<std::int64_t>(calls.size()),
              .take_back = instant{}};
    if (calls.empty()) {
        const duration claim = from_ms(w.in->settings.claim_ms);
        r.take_back = std::min(w.place_end.at, now_ + claim);
    }
    const admit::token token = r.token;
    commit(std::move(r));
    for (const told& call : calls)
        answer_call(call.id, acquired_answer(*s_.find_lease(token), call.waited_ms));
}

void decider::dismiss(const waiter& w, leave_reason why, const problem& told) {
    for (const call_id id : w.calls)
        answer_call(id, told);
    commit(left{w.ticket(), why, w.kept});
}

void decider::refuse(const pool& p, errc code, const std::string& worker) {
    problem why = refusal(p, code);
    commit(refused{p.name, code});
    out_->events.back().worker = worker;
    answer(std::move(why));
}

const pool* decider::pool_or_refuse(const std::string& name) {
    const pool* p = s_.find_pool(name);
    if (p == nullptr || is_closing(*p)) {
        answer(unknown_pool(name));
        return nullptr;
    }
    return p;
}

bool decider::is_closing(const pool& p) const noexcept { return closing_.contains(p.name); }

problem unknown_pool(const std::string& name) {
    return {.code = errc::unknown_pool,
            .detail = "There is no pool '" + name + "'",
            .field = {},
            .pools = {}};
}

problem shutting_down_problem() {
    return {.code = errc::shutting_down,
            .detail = "This server is shutting down; try again",
            .field = {},
            .pools = {},
            .retry_after_ms = 1'000};
}

}  // namespace admit::core
