#include "client/policy/acquisition.hpp"

#include "client/policy/tenure.hpp"

#include <utility>

namespace admit::client {
namespace {

/// A pool may allow shorter waits than the plan's slice; below this it is not worth a call.
constexpr span slice_min = 1s;

}  // namespace

acquisition::acquisition(acquisition_plan plan, instant now, std::uint64_t seed)
    : plan_(std::move(plan)),
      backoff_(seed),
      resume_at_(now),
      asked_at_(now),
      leave_until_(now),
      first_id_(plan_.request.request_id.value_or("")) {
    if (plan_.wait && waits()) wait_until_ = now + *plan_.wait;
}

acquisition::step acquisition::next(instant now) {
    if (phase_ == phase::over) return over{outcome_};
    if (now < resume_at_) return pause{resume_at_};
    if (phase_ == phase::asking) {
        if (!asked_ || !wait_until_ || now < *wait_until_) return next_ask(now);
        leave_with(out_of_time(), now);
        return next(now);
    }
    if (now >= leave_until_) {
        phase_ = phase::over;
        return over{outcome_};
    }
    return leave{*plan_.request.request_id, leave_until_};
}

acquisition::step acquisition::next_ask(instant now) {
    asked_ = true;
    asking_ = true;
    asked_at_ = now;
    asked_wait_ = span{0};
    if (waits() && !(plan_.announce && !place_)) {
        asked_wait_ = plan_.slice;
        if (wait_until_) asked_wait_ = std::clamp(*wait_until_ - now, span{0}, plan_.slice);
    }
    ask out{plan_.request, now + asked_wait_ + plan_.answer_slack};
    out.request.wait_ms = to_ms(asked_wait_);
    out.request.keep_ms = waits() ? to_ms(plan_.keep) : 0;
    return out;
}

void acquisition::queued(const admit::queued& place, instant now) {
    asking_ = false;
    reached_ = true;
    may_stand_ = true;
    place_ = place;
    refusal_.reset();
    silent_since_.reset();
    if (unwanted_) return leave_with(failure{}, now);
    if (!waits()) return leave_with(out_of_time(), now);
    // A server that sends us away long before the time is not asked again in a hot loop.
    if (now - asked_at_ >= asked_wait_ / 2)
        backoff_.reset();
    else
        resume_at_ = now + backoff_.next();
}

void acquisition::granted(const admitted& grant, instant sent_at, instant now) {
    asking_ = false;
    may_stand_ = true;
    if (unwanted_) return leave_with(failure{}, now);
    const acquired& lease = grant.lease;
    if (now < lease_deadline(sent_at, lease.waited_ms, lease.ttl_ms, span{0}))
        return end(held_lease{grant, sent_at, now});
    // This process or its machine slept while the answer lay in the socket.
    if (!plan_.may_rename)
        return end(failure{cause::lost, {}, "the lease ended before its answer was read"});
    rename();
}

void acquisition::failed(const failure& f, instant now) {
    asking_ = false;
    if (may_have_arrived(f)) reached_ = may_stand_ = true;
    if (unwanted_) return leave_with(failure{}, now);
    if (f.why == cause::refused && advise(f) != advice::repeat) return refused(f, now);

    if (!silent_since_) silent_since_ = now;
    resume_at_ = now + std::max(backoff_.next(), hint(f));
    const bool too_late = wait_until_ && resume_at_ >= *wait_until_;
    if (silent_too_long() || too_late) leave_with(f, now);
}

bool acquisition::silent_too_long() const noexcept {
    const span patience = reached_ && waits() ? plan_.reach_again : plan_.reach_first;
    return silent_since_ && resume_at_ - *silent_since_ >= patience;
}

/// The server answered, and the answer is no place and no lease.
void acquisition::refused(const failure& f, instant now) {
    const bool had_place = may_stand_;
    reached_ = true;
    may_stand_ = false;
    silent_since_.reset();
    if (f.answer.code == errc::bad_request && f.answer.field == "wait_ms" && waits() &&
        plan_.slice > slice_min) {
        plan_.slice = std::max(plan_.slice / 2, slice_min);
        may_stand_ = had_place;
        return;
    }
    if (f.answer.code == errc::request_ended && plan_.may_rename && had_place) {
        // It was given to us while we could not be reached, and taken back since.
        rename();
        resume_at_ = now + backoff_.next();
        return;
    }
    if (advise(f) == advice::never || !waits()) return end(f);
    refusal_ = f;
    place_.reset();
    resume_at_ = now + std::max(backoff_.next(), hint(f));
    if (wait_until_ && resume_at_ >= *wait_until_) end(f);
}

void acquisition::left() noexcept { phase_ = phase::over; }

void acquisition::leave_failed(const failure& f, instant now) {
    if (advise(f) == advice::never) {
        phase_ = phase::over;
        return;
    }
    resume_at_ = std::min(now + std::max(backoff_.next(), hint(f)), leave_until_);
}

void acquisition::give_up(instant now) {
    if (phase_ == phase::leaving) {
        outcome_ = failure{};
        phase_ = phase::over;
    }
    if (phase_ == phase::over) return;
    unwanted_ = true;
    if (!asking_) leave_with(failure{}, now);
}

void acquisition::rename() {
    ++renamed_;
    const std::string suffix = "." + std::to_string(renamed_);
    plan_.request.request_id = first_id_.substr(0, limits::name_bytes_max - suffix.size()) + suffix;
    place_.reset();
    backoff_.reset();
}

void acquisition::end(result<held_lease> outcome) {
    outcome_ = std::move(outcome);
    phase_ = phase::over;
}

/// Nothing is left behind: a place, or a grant whose answer was lost, is cancelled before the end.
void acquisition::leave_with(failure why, instant now) {
    end(std::move(why));
    if (!may_stand_) return;
    phase_ = phase::leaving;
    leave_until_ = now + plan_.leave;
    resume_at_ = now;
    backoff_.reset();
}

failure acquisition::out_of_time() const {
    if (refusal_) return *refusal_;
    failure f{cause::refused, {}, {}};
    f.answer.code = errc::wait_timeout;
    f.answer.detail = "the wait is over";
    if (place_ && !place_->reason.empty()) f.answer.detail += ": " + place_->reason;
    return f;
}

}  // namespace admit::client
