// Accepts connections and deals them out to the loops.
#pragma once

#include "server/engine/loop.hpp"
#include "server/http/socket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace admit::http {

/// One acceptor for all loops, on the first one. Each socket is made on the loop that will serve
/// it.
class listener {
public:
    /// `socket` belongs to the loop of that index. Runs on the first loop.
    using on_accept = std::function<void(socket_type socket, std::size_t loop)>;

    /// Binds and listens, so that connections queue up from now on. A second server on the same
    /// port fails. Throws boost::system::system_error.
    listener(const boost::asio::ip::tcp::endpoint&, std::span<engine::loop* const>, on_accept);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Where it listens: with the port that the system chose where 0 was asked for.
    boost::asio::ip::tcp::endpoint address() const { return address_; }

    /// On the first loop, or before it runs.
    void start() { wait(); }
    /// On the first loop: nobody else is accepted, and the port is free.
    void stop();

private:
    void wait();
    void accept();
    void pause();
    void shed();
    void open_reserve() noexcept;
    void close_reserve() noexcept;

    std::vector<engine::loop*> loops_;
    on_accept on_accept_;
    acceptor_type acceptor_;
    boost::asio::ip::tcp::endpoint address_;
    timer_type pause_;
    std::size_t next_ = 0;
    bool stopped_ = false;
    int reserve_ = -1;  ///< a descriptor to give up where there is no other
};

}  // namespace admit::http
