#include "server/http/connection.hpp"

#include "server/http/limits.hpp"

#include <algorithm>
#include <utility>

namespace admit::http {

connection::connection(body_limit limit, instant now)
    : body_limit_(limit), message_deadline_(now + limits::header_time), last_activity_(now) {}

void connection::commit(std::size_t size, instant now) {
    input_.commit(size);
    last_activity_ = now;
    replies_.confirm();
}

void connection::release_input() noexcept {
    input_.release();
    body_ = {};
}

const request* connection::next(instant now) {
    if (!hearing_) return nullptr;
    if (late_)
        return refuse({errc::request_timeout, "the request took longer than 10 s", {}, {}, 0});
    if (replies_.in_line() >= limits::replies_pending_max ||
        replies_.bytes_held() > limits::output_bytes_max) {
        // Now it is we who keep the rest of the request waiting.
        message_deadline_.reset();
        return nullptr;
    }
    return work_.header_size == 0 ? read_header(now) : read_body(now);
}

const request* connection::read_header(instant now) {
    if (!skip_empty_line()) return wait_for_more(now + limits::header_time);
    if (input_.empty()) return nullptr;

    admit::problem why;
    switch (work_.scan.look(input_.bytes(), why)) {
        case header_scan::found::nothing_yet:
            return wait_for_more(now + limits::header_time);
        case header_scan::found::refused:
            return refuse(std::move(why));
        case header_scan::found::end:
            break;
    }
    message& message = work_.message;
    const std::string_view header = input_.bytes().substr(0, work_.scan.size());
    if (auto wrong = message.parse_header(header)) {
        if (wrong->fatal) return refuse(std::move(wrong->what));
        work_.wrong = std::move(wrong->what);
    }
    if (message.has_body()) {
        if (auto wrong = message.limit_body(body_limit_(message.method(), message.target(header))))
            return refuse(std::move(wrong->what));
    }
    work_.header_size = header.size();
    message_deadline_.reset();
    return read_body(now);
}

/// Servers should put up with one before a request line. False when more must come to tell.
bool connection::skip_empty_line() {
    if (work_.empty_line_skipped) return true;
    if (input_.bytes() == "\r") return false;
    if (!input_.bytes().starts_with("\r\n")) return true;
    input_.consume(2);
    work_.empty_line_skipped = true;
    if (std::exchange(work_.began, false)) message_deadline_.reset();
    return true;
}

const request* connection::read_body(instant now) {
    message& message = work_.message;
    const std::size_t header_size = work_.header_size;
    if (message.body_complete()) return hand_out({}, header_size);

    const std::string_view rest = input_.bytes().substr(header_size);
    if (!message.chunked() && !message.body_began() && rest.size() >= message.length()) {
        const std::size_t size = static_cast<std::size_t>(message.length());
        return hand_out(rest.substr(0, size), header_size + size);
    }
    std::optional<message::refusal> why;
    const std::size_t taken = message.take_body(rest, why);
    input_.cut(header_size, taken);
    if (why) return refuse(std::move(why->what));
    if (message.body_complete()) {
        body_ = message.take_text();
        return hand_out(body_, header_size);
    }
    invite_body();
    return wait_for_more(now + limits::body_time);
}

/// Answers `Expect: 100-continue`, in its place behind the replies that are still to come.
void connection::invite_body() {
    if (work_.invited || !work_.message.expects_continue() || work_.message.body_began()) return;
    work_.invited = true;
    const std::uint64_t serial = replies_.open();
    replies_.text(serial) += "HTTP/1.1 100 Continue\r\n\r\n";
    replies_.ready(serial);
}

const request* connection::wait_for_more(instant until) {
    work_.began = true;
    if (!message_deadline_) message_deadline_ = until;
    return nullptr;
}

/// The message in work is complete: its first `size` bytes of `input_`.
const request* connection::hand_out(std::string_view body, std::size_t size) {
    request_ = {};
    work_.message.describe(input_.bytes().substr(0, work_.header_size), request_);
    request_.body = body;
    request_.refused = std::move(work_.wrong);
    request_.serial = replies_.open();
    if (!work_.message.keeps_alive()) {
        hearing_ = false;
        last_heard_ = request_.serial;
    }
    input_.consume(size);  // what was consumed stays readable for now
    work_ = {};
    message_deadline_.reset();
    return &request_;
}

/// Where the message in work ends cannot be known: its refusal is the last reply.
const request* connection::refuse(admit::problem why) {
    request_ = {};
    // As far as it was read: whether it is answered with a body, and what it counts as.
    work_.message.describe(input_.bytes().substr(0, work_.scan.size()), request_);
    request_.refused = std::move(why);
    request_.serial = last_heard_ = replies_.open();
    hearing_ = false;
    refused_ = true;
    work_ = {};
    message_deadline_.reset();
    return &request_;
}

bool connection::closes(std::uint64_t serial) const noexcept {
    return serial == last_heard_ || (draining_ && replies_.is_last(serial));
}

void connection::replied(std::uint64_t serial, instant now, grant given) {
    if (closes(serial)) hearing_ = false;
    replies_.ready(serial, given);
    last_activity_ = now;
}

std::string_view connection::output(instant now) {
    const std::string_view bytes = replies_.writable();
    if (!bytes.empty() && !write_deadline_) write_deadline_ = now + limits::write_time;
    return bytes;
}

void connection::wrote(std::size_t size, instant now) {
    replies_.wrote(size);
    last_activity_ = now;
    write_deadline_.reset();
    if (replies_.bytes_leaving() > 0) write_deadline_ = now + limits::write_time;
}

connection::verdict connection::overdue(instant now) {
    if (write_deadline_ && now >= *write_deadline_) return verdict::close;
    const std::optional<instant> when = deadline();
    if (!when || now < *when) return verdict::fine;
    // One that has never said a word is closed without one.
    if (!work_.began) return verdict::close;
    late_ = true;
    message_deadline_.reset();
    return verdict::refused;
}

std::optional<instant> connection::deadline() const {
    std::optional<instant> first = write_deadline_;
    const auto consider = [&](instant when) { first = first ? std::min(*first, when) : when; };
    if (hearing_ && message_deadline_)
        consider(*message_deadline_);
    else if (hearing_ && idle())
        consider(last_activity_ + limits::idle_time);
    return first;
}

}  // namespace admit::http
