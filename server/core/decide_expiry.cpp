// What the server itself wants: expiry of what is due, and shutdown.
#include "server/core/decide.hpp"

#include <algorithm>

namespace admit::core {
namespace {

/// Ends what was due at `decider::expiring_`, earliest first. There is one at a time.
class expiry final : public job {
public:
    explicit expiry(decider& d) : d_(d) {}

    bool advance() override {
        const instant until = *d_.expiring_;
        const deadline* first = d_.s_.deadlines.first();
        if (first != nullptr && first->at <= until) {
            d_.expire_one(*first);
            return true;
        }
        // One at a time: to forget a lease is about as much work as to end it.
        const forgotten old = d_.s_.due_to_forget(until, 1);
        if (old.leases + old.ids == 0) {
            d_.expiring_.reset();
            return false;
        }
        d_.commit(forgotten(old));
        return true;
    }

private:
    decider& d_;
};

/// Answers whoever waits. Places that are to be kept stay in their lines, for the next start.
class shutdown final : public job {
public:
    explicit shutdown(decider& d) : d_(d) {}

    bool advance() override {
        const auto found = d_.s_.waiters.upper_bound(done_);
        if (found == d_.s_.waiters.end()) {
            d_.serves_lines_ = true;
            return false;
        }
        const waiter& w = found->second;
        // One call at a time: there may be many.
        if (w.calls.size() > (w.keep_ms > 0 ? 0 : 1)) {
            const call_id id = *w.calls.begin();
            d_.answer_call(id, shutting_down_problem());
            d_.commit(detached{id});
            return true;
        }
        done_ = w.ticket();
        if (w.keep_ms == 0) d_.dismiss(w, leave_reason::shutting_down, shutting_down_problem());
        return true;
    }

private:
    decider& d_;
    admit::ticket done_ = 0;
};

}  // namespace

void decider::decide(const expire& c) {
    const instant until = std::min(now_, c.until);
    if (expiring_) {
        expiring_ = std::max(*expiring_, until);
        return;
    }
    expiring_ = until;
    jobs_.push_back(std::make_unique<expiry>(*this));
}

void decider::decide(const drain&) {
    if (draining_)
        return;
    draining_ = true;
    serves_lines_ = false;
    jobs_.push_back(std::make_unique<shutdown>(*this));
}

void decider::expire_one(const deadline& due) {
    switch (due.kind) {
        case due_kind::call: return end_wait(s_.calls.at(due.id), due.id);
        case due_kind::place: {
            const waiter& w = s_.waiters.at(due.id);
            return commit(left{w.ticket(), leave_reason::place_lost, w.kept});
        }
        case due_kind::lease: break;
    }
    const lease& l = s_.leases.at(due.id);
    if (l.state == lease_state::unclaimed)
        return commit(ended{l.token, ending::unclaimed});
    commit(ended{l.token, l.start_by < l.end ? ending::not_started : ending::expired});
}

}  // namespace admit::core
