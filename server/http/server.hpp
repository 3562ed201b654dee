// The HTTP server as main sees it: a listener, the sessions on their loops, and how all of it ends.
#pragma once

#include "server/engine/engine.hpp"
#include "server/engine/loop.hpp"
#include "server/http/handles.hpp"
#include "server/http/service.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace admit::http {

/// How to use it:
///   A. Construct it: the port is bound, nothing is served. `start`, then run the loops.
///   B. To end: `drain(done)`, then `engine.drain()`: in this order, so that the replies to those
///   who
///      wait say that the connection is closed. Requests in work finish, each session ends after
///      its last reply. `done` is called when the last has gone.
///   C. When that takes too long: `abort()`; `done` follows soon.
///   D. Then `engine.stop()`, and the loops run out of work. Destroy it when they no longer run,
///      before them and before the engine.
class server {
public:
    struct options {
        boost::asio::ip::tcp::endpoint listen;
        /// Of the handles. As old as the leases that may be live; `fresh_key()` where none can be.
        secret_key handle_key{};
        std::string version;
        std::string commit;
        std::function<std::string()> metrics;  ///< Prometheus text; called on any loop
        observer* watch = nullptr;             ///< outlives the server
        std::size_t connections_max = 0;       ///< 0: as many as there are descriptors for
    };

    /// The first loop accepts. Throws boost::system::system_error where it cannot listen.
    server(options, engine::engine&, std::span<engine::loop* const> loops);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    boost::asio::ip::tcp::endpoint address() const;

    /// Accepts from now on. Before the loops run, once.
    void start();

    /// Any thread, once: accepts nobody else and ends the sessions as they finish. `done` runs on
    /// one of the loops when there is none left; with `abort`, too.
    void drain(std::function<void()> done);
    /// Any thread, after `drain`: ends all sessions now. Their calls are abandoned.
    void abort();

    /// Connections that are open, and those that were turned away because too many were. Any
    /// thread.
    std::size_t connections() const noexcept;
    std::uint64_t connections_refused() const noexcept;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace admit::http
