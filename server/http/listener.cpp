#include "server/http/listener.hpp"

#include "server/http/limits.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace admit::http {

using boost::system::error_code;

namespace {

/// That a full queue takes: the kernel lets one more in, and the last turn finds it empty.
constexpr int turns_for_backlog = limits::backlog / limits::accepts_per_turn + 2;

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
    acceptor_.non_blocking(true);
    // Else Asio would wait for the next connection where one has gone already.
    acceptor_.set_option(acceptor_type::enable_connection_aborted(true));
    loops_.front()->accept_turns += turns_for_backlog;
    address_ = acceptor_.local_endpoint();
    open_reserve();
}

listener::~listener() {
    loops_.front()->accept_turns -= turns_for_backlog;
    close_reserve();
}

void listener::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    close_reserve();
}

/// Until somebody connects.
void listener::wait() {
    if (stopped_) return;
    acceptor_.async_wait(acceptor_type::wait_read, [this](const error_code&) { accept(); });
}

/// Takes a batch of those who have queued up, and lets others have a turn before the next: in this
/// way a full queue is empty after `loop::accept_turns`, and no crowd of clients stalls the loop.
void listener::accept() {
    for (int n = 0; n < limits::accepts_per_turn; ++n) {
        if (stopped_) return;
        error_code ec;
        socket_type socket = acceptor_.accept(loops_[next_]->context(), ec);
        if (ec == boost::asio::error::would_block) return wait();
        if (is_shortage(ec)) {
            shed();
            return pause();
        }
        // Any other error is of one connection that has gone already.
        if (ec) continue;
        on_accept_(std::move(socket), next_);
        next_ = (next_ + 1) % loops_.size();
    }
    boost::asio::post(loops_.front()->context(), [this] { accept(); });
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
