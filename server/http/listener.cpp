#include "server/http/listener.hpp"

#include "server/http/limits.hpp"

#include <boost/asio/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace admit::http {

using boost::system::error_code;

namespace {

/// The process or the system has run out of something that comes back.
bool is_shortage(const error_code& ec) {
    const int what = ec.value();
    return ec.category() == boost::system::system_category() &&
           (what == EMFILE || what == ENFILE || what == ENOBUFS || what == ENOMEM);
}

}  // namespace

listener::listener(const boost::asio::ip::tcp::endpoint& at, std::span<engine::loop* const> loops,
                   on_accept deal_out)
    : loops_(loops.begin(), loops.end()),
      on_accept_(std::move(deal_out)),
      acceptor_(loops_.front()->context()),
      pause_(loops_.front()->context()) {
    acceptor_.open(at.protocol());
    // Binds although connections of a server before still linger, not while another one listens.
    acceptor_.set_option(acceptor_type::reuse_address(true));
    set_options(acceptor_);
    acceptor_.bind(at);
    acceptor_.listen(limits::backlog);
    address_ = acceptor_.local_endpoint();
    open_reserve();
}

listener::~listener() { close_reserve(); }

void listener::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    close_reserve();
}

void listener::accept() {
    if (stopped_) return;
    acceptor_.async_accept(
        loops_[next_]->context(),
        [this](const error_code& ec, socket_type socket) { accepted(ec, std::move(socket)); });
}

void listener::accepted(const error_code& ec, socket_type socket) {
    if (stopped_) return;
    if (is_shortage(ec)) {
        shed();
        return pause();
    }
    // Any other error is of one connection that has gone already.
    if (!ec) {
        on_accept_(std::move(socket), next_);
        next_ = (next_ + 1) % loops_.size();
    }
    accept();
}

void listener::pause() {
    pause_.expires_after(limits::accept_pause);
    pause_.async_wait([this](const error_code&) { accept(); });
}

/// Gives the reserve descriptor for one connection and closes that: its client learns that there is
/// no room, instead of hanging in the queue.
void listener::shed() {
    if (reserve_ < 0) return open_reserve();
    close_reserve();
    const int shed = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
    if (shed >= 0) ::close(shed);
    open_reserve();
}

void listener::open_reserve() noexcept { reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

void listener::close_reserve() noexcept {
    if (reserve_ >= 0) ::close(std::exchange(reserve_, -1));
}

}  // namespace admit::http
