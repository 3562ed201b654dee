#include "client/policy/tenure.hpp"

namespace admit::client {
namespace {

/// Two attempts are never closer than this, however near the end.
constexpr span attempt_spacing_min = 50ms;
/// What an attempt gets at least before it counts as lost and the next one may begin.
constexpr span attempt_min = 200ms;
/// What it gets at most: an answer takes milliseconds, and a long lease is no reason to wait.
constexpr span attempt_max = 10s;

/// The lease does not exist any more, as opposed to a renewal that was not understood.
bool says_gone(const failure& f) noexcept {
    if (f.why != cause::refused) return false;
    return f.answer.code == errc::unknown_lease || status(f.answer.code) == 410;
}

}  // namespace

instant lease_deadline(instant sent_at, std::int64_t waited_ms, std::int64_t ttl_ms,
                       span margin) noexcept {
    const span whole = from_ms(waited_ms) + from_ms(ttl_ms);
    return sent_at + whole * 999 / 1000 - margin;
}

tenure::tenure(const acquired& lease, instant sent_at, instant now, tenure_settings settings,
               std::uint64_t seed)
    : settings_(settings), backoff_(seed), deadline_(sent_at) {
    held_until(lease_deadline(sent_at, lease.waited_ms, lease.ttl_ms, settings.margin), now);
    renew_in(backoff_.shortened(from_ms(lease.renew_in_ms), 10), now);
}

void tenure::held_until(instant deadline, instant now) {
    // What each answer promised holds whatever the next one says, so the latest deadline counts.
    if (deadline < deadline_) return;
    deadline_ = deadline;
    stop_at_ = deadline - std::min(settings_.reserve, std::max(deadline - now, span{0}) / 3);
}

tenure::step tenure::next(instant now) {
    if (gone_) return lost{*trouble_};
    if (now >= stop_at_) {
        failure why = trouble_.value_or(
            failure{cause::lost, {}, "the lease's time passed without a renewal"});
        return lost{std::move(why)};
    }
    if (!renewable_) return wait{stop_at_};
    if (now < renew_at_) return wait{std::min(renew_at_, stop_at_)};
    return renew{attempt_until(now)};
}

bool tenure::may_join(instant now) const noexcept {
    return renewable_ && !gone_ && now >= join_from_ && now < stop_at_;
}

instant tenure::attempt_until(instant now) const noexcept {
    // A third of what is left, so that a connection that swallows everything leaves time to try
    // another one.
    const span attempt = std::clamp<span>((stop_at_ - now) / 3, attempt_min, attempt_max);
    return std::min(now + attempt, stop_at_);
}

void tenure::renew_in(span delay, instant now) noexcept {
    renew_at_ = now + delay;
    join_from_ = now + delay / 2;
}

void tenure::renewed(const renewed_lease& lease, instant sent_at, instant now) {
    backoff_.reset();
    trouble_.reset();
    held_until(lease_deadline(sent_at, 0, lease.ttl_ms, settings_.margin), now);
    // A hint of 0 would mean a renewal in every turn of the loop.
    renew_in(std::max(backoff_.shortened(from_ms(lease.renew_in_ms), 10), attempt_spacing_min),
             now);
}

void tenure::failed(const failure& f, instant now) {
    trouble_ = f;
    gone_ = says_gone(f);
    renewable_ = advise(f) != advice::never;
    // Whatever back-off and server say: half of what is left is the longest to stay away.
    const span wanted = std::max(backoff_.next(), hint(f));
    renew_in(std::max(std::min(wanted, (stop_at_ - now) / 2), attempt_spacing_min), now);
}

instant kill_at(instant now, instant deadline, span grace) noexcept {
    return std::min(now + grace, std::max(now, deadline));
}

}  // namespace admit::client
