// The rules: what is decided for each command, given the state. Decisions become records, and
// records alone change the state.
#pragma once

#include "server/core/state.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace admit::core {

/// A command in the middle of its decisions, when they are too many for one step. Its progress is
/// not state: a command that a crash cuts off was never answered.
class job {
public:
    virtual ~job() = default;
    /// Decides a little more; false when there is nothing left to decide.
    virtual bool advance() = 0;
};

/// Decides commands against the state. One `decide` per command: decide_acquire.cpp has acquire and
/// abandon, decide_lease.cpp what a lease's holder asks for, decide_expiry.cpp what the server
/// itself wants, decide_operator.cpp operating, show.cpp reading; decide.cpp is the loop around
/// them.
class decider {
public:
    explicit decider(state& s) : s_(s) {}

    void step(const command&, call_id, instant now, effects& out);
    void resume(instant now, effects& out);
    void raise(const raised&, instant now, effects& out);
    void recovered(instant now, effects& out);
    void close_lines() noexcept { lines_open_ = false; }
    void open_lines(instant now, effects& out);
    /// Whether an `expire` is still being worked off.
    bool is_expiring() const noexcept { return expiring_.has_value(); }

    // --- Worker calls
    void decide(const acquire&);
    void decide(const renew&);
    void decide(const release&);
    void decide(const cancel&);
    void decide(const check&);
    void decide(const abandon&);

    // --- What the server itself wants
    void decide(const expire&);
    void decide(const drain&);

    // --- Operating
    void decide(const set_pool&);
    void decide(const delete_pool&);
    void decide(const evict&);
    void decide(const evict_worker&);
    void decide(const drop_waiter&);

    // --- Reading
    void decide(const list_pools&);
    void decide(const show_pool&);
    void decide(const list_leases&);
    void decide(const list_waiters&);
    void decide(const list_history&);
    void decide(const show_worker&);

    // --- Parts that several decisions and jobs share

    /// Checks the record, applies it and puts it out. Every change of state goes through here.
    void commit(record&&);
    /// `what`: any alternative of an answer.
    template <class Answer>
    void answer_call(call_id call, Answer&& what) {
        reply& made = out_->replies.emplace_back();
        made.call = call;
        made.answer = std::forward<Answer>(what);
    }
    template <class Answer>
    void answer(Answer&& what) {
        answer_call(call_, std::forward<Answer>(what));
    }
    void refuse(const pool&, errc, const std::string& worker);

    /// The grant rule: enough free slots, and nobody before you.
    static bool admits(const pool&, std::int64_t slots, bool first_in_line) noexcept;
    /// The follow-up that is due now that something changed: serves the lines of awake pools, one
    /// record a call and each pool for a turn. False when there is nobody to serve.
    bool next();
    bool serve(pool&);
    /// Lets the first job decide a little more; the next time it is another's turn. False when
    /// there is none.
    bool advance();
    /// Goes on with what is left to decide until there is nothing, or the slice is full.
    void work();
    bool busy() const noexcept { return (lines_open_ && !s_.awake.empty()) || !jobs_.empty(); }

    void grant_waiter(const waiter&);
    /// Answers all its calls and takes it out of its line.
    void dismiss(const waiter&, leave_reason, const problem&);
    void attach(const waiter&, const acquire&);
    /// The call waits in its place, or is told of it at once where it has no time.
    void wait(const waiter&, const acquire&);
    void attach(const lease&, const acquire&);
    void hand(const lease&, std::int64_t waited_ms);
    bool pool_allows(const pool&, const acquire&);
    void end_wait(const call&, call_id);
    void expire_one(const deadline&);

    const pool* pool_or_refuse(const std::string& name);
    bool is_closing(const pool&) const noexcept;

    admit::acquired acquired_answer(const lease&, std::int64_t waited_ms) const;
    admit::queued queued_answer(const waiter&) const;
    std::int64_t left_ms(const lease&) const noexcept;
    std::int64_t renew_in_ms(const lease&, std::int64_t ttl_ms) const noexcept;
    pool_share share(const pool&, std::int64_t slots, bool with_floor) const;
    pool_view view(const pool&) const;
    lease_row row(const lease&) const;
    waiter_row row(const waiter&) const;
    std::int64_t estimate_ms(const pool&, std::int64_t position) const noexcept;
    /// What `call` is told; its hint when to try again differs from call to call.
    problem refusal(const pool&, errc, call_id call) const;
    problem refusal(const pool& p, errc code) const { return refusal(p, code, call_); }
    std::string why_waiting(const pool&) const;

    state& s_;
    instant now_{};
    call_id call_ = 0;
    effects* out_ = nullptr;
    bool draining_ = false;     ///< the server is shutting down
    bool lines_open_ = true;    ///< not before the engine has opened them
    bool serves_lines_ = true;  ///< not while a shutdown is sending waiters away
    std::deque<std::unique_ptr<job>> jobs_;
    /// What the one job that ends what is due ends, while there is one.
    std::optional<instant> expiring_;
    std::size_t served_ = 0;                      ///< in a row, of whatever pools
    std::size_t pool_served_ = 0;                 ///< in a row, of the first awake pool
    std::set<std::string, std::less<>> closing_;  ///< pools that a job is deleting
};

/// "No pool 'db'".
problem unknown_pool(const std::string& name);
problem shutting_down_problem();

}  // namespace admit::core
