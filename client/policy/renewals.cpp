#include "client/policy/renewals.hpp"

#include "proto/limits.hpp"

#include <algorithm>
#include <utility>

namespace admit::client {

void renewals::add(lease_number lease, tenure held) {
    held_.insert_or_assign(lease, entry{std::move(held)});
}

void renewals::drop(lease_number lease) noexcept { held_.erase(lease); }

renewals::step renewals::next(instant now) {
    instant until = instant::max();
    bool due = false;
    for (auto& [lease, each] : held_) {
        // A renewal is never waited for beyond the instant at which the lease counts as lost.
        if (each.asked) continue;
        tenure::step own = each.held.next(now);
        if (auto* over = std::get_if<tenure::lost>(&own)) {
            lost out{lease, std::move(over->why), each.held.is_gone() ? now : each.held.deadline()};
            held_.erase(lease);
            return out;
        }
        if (const auto* later = std::get_if<tenure::wait>(&own))
            until = std::min(until, later->until);
        else
            due = true;
    }
    if (due) return gather(now);
    return wait{until};
}

/// Those that are due first, so that the limit of one call cannot keep them back; then those that
/// would be due soon: leases of one client get into step.
renewals::renew renewals::gather(instant now) {
    renew out{{}, instant::max()};
    const auto take = [&](lease_number lease, entry& each, instant answer_by) {
        if (out.leases.size() == limits::handles_max) return;
        each.asked = true;
        out.leases.push_back(lease);
        out.answer_by = std::min(out.answer_by, answer_by);
    };
    for (auto& [lease, each] : held_) {
        if (each.asked) continue;
        const tenure::step own = each.held.next(now);
        if (const auto* due = std::get_if<tenure::renew>(&own)) take(lease, each, due->answer_by);
    }
    for (auto& [lease, each] : held_)
        if (!each.asked && each.held.may_join(now)) take(lease, each, each.held.attempt_until(now));
    return out;
}

void renewals::renewed(lease_number lease, const renewed_lease& answer, instant sent_at,
                       instant now) {
    const auto at = held_.find(lease);
    if (at == held_.end()) return;
    at->second.asked = false;
    at->second.held.renewed(answer, sent_at, now);
}

void renewals::failed(lease_number lease, const failure& why, instant now) {
    const auto at = held_.find(lease);
    if (at == held_.end()) return;
    at->second.asked = false;
    at->second.held.failed(why, now);
}

std::optional<instant> renewals::deadline(lease_number lease) const noexcept {
    const auto at = held_.find(lease);
    if (at == held_.end()) return std::nullopt;
    return at->second.held.deadline();
}

}  // namespace admit::client
