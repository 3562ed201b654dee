#include "server/engine/loop.hpp"

#include "server/engine/limits.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace admit::engine {

// The hint 1: one thread runs the loop, others may post to it. Its sockets need their locks all the
// same: the loop that accepts one registers it with the loop that it is for.
loop::loop() : context_(1) {}

void loop::deliver(std::vector<completion>& batch) {
    if (batch.empty())
        return;
    bool post = false;
    {
        const std::lock_guard lock(inbox_mutex_);
        if (inbox_.empty())
            inbox_.swap(batch);
        else
            inbox_.insert(inbox_.end(), std::make_move_iterator(batch.begin()),
                          std::make_move_iterator(batch.end()));
        post = !std::exchange(handing_out_, true);
    }
    batch.clear();
    if (post)
        boost::asio::post(context_, [this] { hand_out(); });
}

void loop::hand_out() {
    if (delivered_ == delivering_.size()) {
        delivering_.clear();
        delivered_ = 0;
        const std::lock_guard lock(inbox_mutex_);
        delivering_.swap(inbox_);
    }
    const std::size_t end =
        std::min(delivering_.size(), delivered_ + limits::answers_per_turn);
    while (delivered_ < end) {
        completion& c = delivering_[delivered_++];
        c.to->answered(c.call, std::move(c.answer));
    }
    if (delivered_ == delivering_.size()) {
        const std::lock_guard lock(inbox_mutex_);
        if (inbox_.empty()) {
            handing_out_ = false;
            return;
        }
    }
    boost::asio::post(context_, [this] { hand_out(); });
}

void loop::full_pass(std::function<void()> done) {
    boost::asio::post(context_,
                      [this, done = std::move(done)]() mutable { begin_pass(std::move(done)); });
}

// Why a number of rounds is a full pass (Asio's scheduler.ipp and epoll_reactor.ipp):
//  - The scheduler has one queue. The reactor is a task in it like any handler; when it has run,
//    what it found ready is queued, and the task itself behind that. While a handler runs, the task
//    is in the queue. So when a handler posts itself again, the task stands before it and runs
//    exactly once in between, and what it found is handled before the round after the next.
//  - The reactor takes at most 128 events from epoll in one run. Epoll reports what is ready in
//    turn: what becomes ready later stands behind what was not reported yet.
// Hence one round gets rid of what was queued, sockets/128 more and a started one report every
// socket that was ready, and one lets the last of these be handled. What a handler reads may be the
// first part of a request: a few more rounds let the rest be read, and all be decided. And a
// listener takes in those who queued up in batches, one a round.
void loop::begin_pass(std::function<void()> done) {
    const std::int64_t turns = 2 + sockets.load() / limits::sockets_per_turn;
    const std::int64_t reads = limits::turns_per_read * limits::reads_per_request;
    round(turns + reads + accept_turns.load(), std::move(done));
}

void loop::round(std::int64_t rounds_left, std::function<void()> done) {
    if (rounds_left == 0)
        return done();
    boost::asio::post(context_, [this, rounds_left, done = std::move(done)]() mutable {
        round(rounds_left - 1, std::move(done));
    });
}

void loop::beat(std::chrono::nanoseconds now, std::chrono::nanoseconds due) noexcept {
    last_turn_ns = now.count();
    lag_ns = std::max<std::int64_t>((now - due).count(), 0);
}

}  // namespace admit::engine
