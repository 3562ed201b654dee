#include "server/http/session.hpp"

#include "server/http/limits.hpp"
#include "server/http/session_list.hpp"

#include <chrono>
#include <utility>

namespace admit::http {

session::session(socket_type socket, session_list& owner, instant now)
    : socket_(std::move(socket)), owner_(owner), connection_(&body_bytes_max, now), now_(now),
      since_(now) {
    // For the writes that do not wait; those that do are not hindered. A socket that cannot be is
    // dead, and the first read says so.
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
}

void session::serve(instant now) {
    since_ = std::exchange(now_, now);
    decide_requests();
}

void session::flush() {
    while ((stage_ == stage::serving || stage_ == stage::ended) && send())
        decide_requests();  // there may be room for more
    if (stage_ == stage::serving || stage_ == stage::ended) {
        if (draining_) end_input_if_idle();
        if (calls_.empty() && connection_.ended()) linger_or_close();
    }
}

void session::listen() {
    receive();
    end_if_done();
}

void session::end_if_done() {
    if (stage_ == stage::closed && reading_ == reading::nothing && !writing_ && !ready &&
        calls_.empty())
        owner_.remove(*this);
}

/// All was said. What the client does now decides how long it takes.
void session::linger_or_close() {
    if (stage_ == stage::ended) return settle();
    const bool may_be_lost =
        connection_.replies().has_unconfirmed() && unacknowledged_bytes(socket_) > 0;
    if (!connection_.must_linger() && !may_be_lost) return close();
    boost::system::error_code ignored;
    socket_.shutdown(socket_type::shutdown_send, ignored);
    shut_down_ = true;
    stage_ = stage::lingering;
    end_by_ = now_ + limits::linger_time;
    connection_.discard_input();
}

/// The client's end has come, and everything was written. Did it get its grants?
void session::settle() {
    if (!connection_.replies().has_unconfirmed()) return close();
    // Read first: what is acknowledged in between only lengthens a lease.
    std::size_t unacknowledged = unacknowledged_bytes(socket_);
    if (shut_down_ && unacknowledged > 0) --unacknowledged;  // our own end counts as a byte
    if (unacknowledged == 0) return close();
    if (is_dead(socket_)) {
        give_back(connection_.replies().take_unacknowledged(unacknowledged));
        return close();
    }
    if (stage_ == stage::settling) return;
    stage_ = stage::settling;
    end_by_ = now_ + 2 * std::chrono::milliseconds(limits::unacknowledged_ms_max);
}

/// The end of the client's stream, be it half of its socket or all of it: it has gone.
void session::peer_ended() {
    if (stage_ == stage::lingering) return settle();
    if (download_) return break_off();
    stage_ = stage::ended;
    abandon_calls();
    connection_.end_input();
    if (!connection_.replies().owes_grants()) return;
    if (!writing_) return break_off();
    // The kernel may have taken the grant already: the handler of the write knows, and settles it.
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void session::break_off() {
    if (stage_ == stage::closed) return;
    const bool ended = stage_ == stage::ended || stage_ == stage::settling;
    if (stage_ == stage::serving) abandon_calls();
    // What a client that had ended before has not acknowledged it will never read; one that goes
    // with nothing but a reset may have read it already. Afterwards nobody could tell.
    unread_bytes_ = ended && is_dead(socket_) ? unacknowledged_bytes(socket_) : 0;
    close();
    // A write under way may have succeeded already: its handler knows.
    if (!writing_) give_back_unread();
}

void session::give_back_unread() {
    give_back(connection_.replies().take_unacknowledged(unread_bytes_));
    give_back(connection_.replies().take_undelivered());
}

void session::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    stage_ = stage::closed;
    download_.reset();
}

void session::give_back(const std::vector<grant>& grants) {
    for (const grant& each : grants)
        owner_.shared().engine.abandon(each.call, each.token);
}

void session::abandon_calls() {
    for (const call& each : calls_)
        owner_.shared().engine.abandon(each.id);
}

void session::drain() {
    now_ = owner_.now();
    connection_.drain();
    draining_ = true;
    owner_.make_ready(*this);
}

/// Once everything was answered and written, unless the next request is in the socket already: that
/// one is in work, too.
void session::end_input_if_idle() {
    boost::system::error_code ec;
    if (calls_.empty() && connection_.idle() && socket_.available(ec) == 0) connection_.end_input();
}

void session::abort() {
    break_off();
    end_if_done();
}

void session::sweep(instant now) {
    now_ = now;
    if (stage_ == stage::lingering || stage_ == stage::settling) {
        if (stage_ == stage::settling) settle();
        if (stage_ != stage::closed && now >= end_by_) close();
        return end_if_done();
    }
    // What it has read and not decided yet may have come in time.
    if (stage_ == stage::closed || ready) return;
    if (download_ && download_->is_too_slow(now)) return abort();
    switch (connection_.overdue(now)) {
        case connection::verdict::fine:
            break;
        case connection::verdict::refused:
            return owner_.make_ready(*this);
        case connection::verdict::close:
            return abort();
    }
    // The end of a client that has pipelined more than is read ahead hides behind what is not read;
    // its kernel may not even send it as long as there is no room.
    if (stage_ == stage::serving && waiting_ && full_since_) {
        if (now - *full_since_ >= limits::full_time) return abort();
        if (peer_has_ended(socket_)) {
            peer_ended();
            return owner_.make_ready(*this);
        }
    }
    const bool silent = now - connection_.last_activity() >= limits::park_time;
    if (reading_ == reading::bytes && !writing_ && silent && connection_.input_empty() &&
        connection_.holds_input_memory()) {
        // The read ends with an error, and its handler parks the connection. If it has bytes
        // already, it ends with those.
        quiet_ = true;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

}  // namespace admit::http
