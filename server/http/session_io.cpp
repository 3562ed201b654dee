// The session's socket: one read or wait, and one write at a time.
#include "server/http/limits.hpp"
#include "server/http/pooled_handler.hpp"
#include "server/http/session.hpp"
#include "server/http/session_list.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace admit::http {

using boost::system::error_code;

/// Writes what may leave. What the kernel takes at once needs no turn of the loop, and that is
/// almost everything. Returns whether something was written, so that there may be more to do.
bool session::send() {
    if (writing_) return false;
    const std::string_view bytes = connection_.output(now_);
    if (bytes.empty()) return false;
    const boost::asio::const_buffer buffer(bytes.data(), bytes.size());
    error_code ec = boost::asio::error::would_block;
    // A backup is long: others have their turn after each piece.
    const std::size_t size = download_ ? 0 : socket_.write_some(buffer, ec);
    if (ec != boost::asio::error::would_block) {
        written(ec, size);
        return true;
    }
    writing_ = true;
    socket_.async_write_some(
        buffer, [this](const error_code& late, std::size_t n) { on_written(late, n); });
    return false;
}

void session::written(const error_code& ec, std::size_t size) {
    if (size > 0) connection_.wrote(size, now_);
    if (stage_ == stage::closed)
        give_back_unread();
    else if (ec || (stage_ == stage::ended && connection_.replies().owes_grants()))
        break_off();
}

void session::on_written(const error_code& ec, std::size_t size) {
    now_ = owner_.now();
    writing_ = false;
    written(ec, size);
    stage_ == stage::closed ? end_if_done() : owner_.make_ready(*this);
}

/// Sees to it that the client's next bytes, or its end, are noticed.
void session::receive() {
    if (reading_ != reading::nothing || stage_ == stage::closed || stage_ == stage::ended) return;
    std::pmr::memory_resource& memory = owner_.loop().memory();
    const auto wait = [&](socket_type::wait_type what) {
        reading_ = reading::readiness;
        socket_.async_wait(
            what, pooled_handler(memory, [this](const error_code& ec) { on_ready(ec); }));
    };
    if (stage_ == stage::settling) {
        // Once: a half that is closed may look like an error for as long as it stays so. After
        // that, the sweep looks.
        if (!readable_) wait(socket_type::wait_error);
        return;
    }
    const bool parked = !readable_ && (waiting_ || quiet_) && connection_.input_empty();
    if (parked) {
        connection_.release_input();
        connection_.replies().shrink(0);
        return wait(socket_type::wait_read);
    }
    const std::span<char> space = connection_.prepare();
    if (space.empty()) {
        // What was read ahead has to be decided first, and what is ready to be taken.
        if (!full_since_) full_since_ = now_;
        return;
    }
    full_since_.reset();
    readable_ = false;
    reading_ = reading::bytes;
    socket_.async_read_some(
        boost::asio::mutable_buffer(space.data(), space.size()),
        pooled_handler(memory,
                       [this](const error_code& ec, std::size_t size) { on_read(ec, size); }));
}

void session::on_read(const error_code& ec, std::size_t size) {
    now_ = owner_.now();
    reading_ = reading::nothing;
    if (stage_ == stage::closed) return end_if_done();
    if (ec == boost::asio::error::eof) {
        peer_ended();
    } else if (ec && !(ec == boost::asio::error::operation_aborted && quiet_)) {
        break_off();
    } else if (size > 0) {
        quiet_ = false;
        connection_.commit(size, now_);
        if (stage_ == stage::lingering) {
            on_discarded(size);
            return listen();
        }
    }
    owner_.make_ready(*this);
}

void session::on_ready(const error_code& ec) {
    now_ = owner_.now();
    reading_ = reading::nothing;
    if (stage_ == stage::closed) return end_if_done();
    readable_ = true;
    if (ec) break_off();
    if (stage_ == stage::settling) settle();
    owner_.make_ready(*this);
}

void session::on_discarded(std::size_t size) {
    connection_.discard_input();
    discarded_ += size;
    if (discarded_ > limits::linger_bytes_max) close();
}

}  // namespace admit::http
