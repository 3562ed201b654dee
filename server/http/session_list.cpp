#include "server/http/session_list.hpp"

#include "server/http/date.hpp"
#include "server/http/limits.hpp"
#include "server/http/session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace admit::http {

session_list::session_list(engine::loop& loop, const service& shared, std::function<void()> on_gone)
    : loop_(loop), shared_(shared), on_gone_(std::move(on_gone)), timer_(loop.context()) {}

session_list::~session_list() = default;

void session_list::adopt(socket_type socket) {
    if (!armed_) sweep();
    auto added = std::make_unique<session>(std::move(socket), *this, now());
    session& mine = *added;
    mine.place = sessions_.size();
    sessions_.push_back(std::move(added));
    loop_.sockets.fetch_add(1, std::memory_order_relaxed);
    if (aborting_) return mine.abort();
    mine.start();
    if (draining_) mine.drain();
}

void session_list::remove(session& gone) {
    const std::size_t place = gone.place;
    // The last one takes its place. A sweep runs from the back, so that it misses nobody.
    std::swap(sessions_[place], sessions_.back());
    sessions_[place]->place = place;
    sessions_.pop_back();
    loop_.sockets.fetch_sub(1, std::memory_order_relaxed);
    if (sessions_.empty()) timer_.cancel();
    on_gone_();
}

void session_list::make_ready(session& which) {
    if (std::exchange(which.ready, true)) return;
    if (ready_.empty()) boost::asio::post(loop_.context(), [this] { run_ready(); });
    ready_.push_back(&which);
}

void session_list::run_ready() {
    running_.swap(ready_);
    for (std::span<session* const> rest = running_; !rest.empty();) {
        const std::size_t some = std::min(rest.size(), limits::sessions_together);
        run(rest.first(some));
        rest = rest.subspan(some);
    }
    running_.clear();
}

// Step by step and not session by session: the code of a step, ours and the kernel's, stays in the
// processor's caches, a client that has many connections is woken once, and whoever was answered
// first has often asked again by the time that all were, so that reading on finds something.
// No step makes a session ready: engine and sockets complete nothing but through the loop.
void session_list::run(std::span<session* const> some) {
    const instant at = now();
    for (session* const each : some)
        each->serve(at);
    for (session* const each : some)
        each->flush();
    for (session* const each : some) {
        each->ready = false;
        each->listen();
    }
}

void session_list::drain() {
    draining_ = true;
    for (std::size_t i = sessions_.size(); i-- > 0;)
        sessions_[i]->drain();
}

void session_list::abort() {
    draining_ = aborting_ = true;
    for (std::size_t i = sessions_.size(); i-- > 0;)
        sessions_[i]->abort();
}

instant session_list::now() const noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
}

std::string& session_list::scratch() noexcept {
    if (scratch_.capacity() > limits::output_bytes_max) scratch_ = {};
    return scratch_;
}

void session_list::arm() {
    armed_ = true;
    timer_.expires_after(limits::sweep_time);
    timer_.async_wait([this](const boost::system::error_code&) {
        armed_ = false;
        // A list without sessions needs no sweep; the next session starts it again.
        if (!sessions_.empty()) sweep();
    });
}

void session_list::sweep() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    date_ = http_date(std::chrono::floor<std::chrono::seconds>(wall).count());
    const instant at = now();
    for (std::size_t i = sessions_.size(); i-- > 0;)
        sessions_[i]->sweep(at);
    arm();
}

}  // namespace admit::http
