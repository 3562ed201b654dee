// What each record does to the state. No decision is made here, and nothing can fail: a record says
// what has happened.
#pragma once

#include "server/core/state.hpp"

#include <string>
#include <vector>

namespace admit::core {

/// Applies one record: apply_waiters.cpp has what happens to waiters, calls and pools,
/// apply_leases.cpp what happens to leases and to what is remembered of them. Or one image
/// (restore.cpp), which comes to the same as all the records that made it so.
struct applier {
    state& s;
    const instant at;
    std::vector<event>* const events;

    void operator()(const queued&);
    void operator()(const attached&);
    void operator()(const detached&);
    void operator()(const left&);

    void operator()(const granted&);
    void operator()(const claimed&);
    void operator()(const unclaimed&);
    void operator()(const handed&);
    void operator()(const undelivered&);
    void operator()(const renewed&);
    void operator()(const confirmed&);
    void operator()(const ended&);

    void operator()(const id_cancelled&);
    void operator()(const forgotten&);

    void operator()(const refused&);
    void operator()(const pool_set&);
    void operator()(const pool_deleted&);
    void operator()(const raised&);

    void operator()(const counters_image&);
    void operator()(const pool_image&);
    void operator()(const lease_image&);
    void operator()(const waiter_image&);
    void operator()(const ended_image&);
    void operator()(const cancelled_image&);

private:
    // What records and images have in common: a thing comes into the tables that know it.
    pool& add_pool(const std::string& name);
    lease& add_lease(admit::token, const admission_ref&);
    void add_waiter(waiter&, admit::ticket, const admission_ref&);
    void add_ended(const ended_image&);

    /// Adds an event with the pool's numbers of now; none where nobody listens.
    event* tell(event_kind, const pool&, admission_ref);
    /// Has the pool's line looked at, if there is one.
    void wake(pool&);
    /// The keep clock of a place that no call is attached to starts anew.
    void start_keeping(waiter&);
    void end_call(call_id);
    /// Takes a waiter out of everything that knows it but its id and the table of waiters.
    void unlink(waiter&);
    void begin_ttl(lease&);
    /// Changes the lease's state, and what counts leases by their state.
    void become(lease&, lease_state);
    void wait_for_claim(lease&, instant until);
    /// The lease's id became the client's, where there is an admission that says so.
    void take_over(lease&, const admission_ref&);
    /// The id stands for this admission from now on.
    id_entry& bind_id(const admission_ref&, id_entry::kind, std::uint64_t number);
    /// Whether the id goes on to stand for an admission that has ended so.
    static bool is_id_remembered(ending, const admission&) noexcept;
    /// What is kept of a lease that is about to go.
    void remember(lease&, ending, duration held);
    bool is_id_alive(const std::string& id) const;
    bool is_id_newer(const std::string& id, instant then) const;
    void forget_id_of(const admission_ref&);
    void forget_lease();
    void forget_id();
    /// The digest follows what has changed in it (marks.cpp).
    void mark(pool&);
    void mark(lease&);
    void mark(waiter&);
    template <class T>
    void unmark(const T& gone) {
        s.marks -= gone.mark;
    }
    /// Of one that has nothing left, the entry goes.
    void tidy(worker_entry&);
};

}  // namespace admit::core
