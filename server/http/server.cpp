#include "server/http/server.hpp"

#include "server/http/descriptors.hpp"
#include "server/http/listener.hpp"
#include "server/http/respond.hpp"
#include "server/http/session_list.hpp"

#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <atomic>
#include <utility>
#include <vector>

namespace admit::http {
namespace {

/// What a connection beyond the limit is told.
std::string too_many() {
    std::string out, scratch;
    const envelope how{{}, true, false, &scratch};
    respond({errc::overloaded, "the server has as many connections as it may", {}, {}, 0}, {}, how,
            out);
    return out;
}

}  // namespace

struct server::impl {
    impl(options, engine::engine&, std::span<engine::loop* const>);

    void adopt(socket_type, std::size_t loop);
    void refuse(socket_type);
    void release() noexcept;
    template <class Do>
    void on_each_loop(Do what);

    http::handles handles;
    id_maker ids;
    service shared;
    std::vector<engine::loop*> loops;
    std::vector<std::unique_ptr<session_list>> lists;  ///< one per loop
    http::listener listener;

    const std::size_t connections_max;
    const std::string refusal = too_many();
    std::atomic<std::size_t> open{0};
    std::atomic<std::uint64_t> refused{0};

    /// What keeps `done` from being called: each open connection, and the drain itself until it has
    /// reached the listener and every loop.
    std::atomic<std::size_t> holds{1};
    std::function<void()> done;
};

server::impl::impl(options o, engine::engine& engine, std::span<engine::loop* const> on)
    : handles(o.handle_key),
      shared{engine,
             handles,
             ids,
             o.listen.address().is_loopback(),
             std::move(o.version),
             std::move(o.commit),
             std::move(o.metrics),
             o.watch,
             [this](admit::token token) { return handles.make(token); }},
      loops(on.begin(), on.end()),
      listener(o.listen, on,
               [this](socket_type s, std::size_t loop) { adopt(std::move(s), loop); }),
      connections_max(o.connections_max != 0 ? o.connections_max
                                             : connections_for(raise_descriptor_limit())) {
    for (engine::loop* each : loops)
        lists.push_back(std::make_unique<session_list>(*each, shared, [this] {
            open.fetch_sub(1, std::memory_order_relaxed);
            release();
        }));
}

/// On the first loop.
void server::impl::adopt(socket_type socket, std::size_t loop) {
    if (open.load(std::memory_order_relaxed) >= connections_max) return refuse(std::move(socket));
    open.fetch_add(1, std::memory_order_relaxed);
    holds.fetch_add(1);
    session_list& list = *lists[loop];
    if (loop == 0) return list.adopt(std::move(socket));
    boost::asio::post(loops[loop]->context(), [&list, socket = std::move(socket)]() mutable {
        list.adopt(std::move(socket));
    });
}

/// Says so as well as it can be said to somebody whose request was not read.
void server::impl::refuse(socket_type socket) {
    refused.fetch_add(1, std::memory_order_relaxed);
    ::send(socket.native_handle(), refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    boost::system::error_code ignored;
    socket.shutdown(socket_type::shutdown_send, ignored);
}

void server::impl::release() noexcept {
    if (holds.fetch_sub(1) == 1) done();
}

template <class Do>
void server::impl::on_each_loop(Do what) {
    for (std::size_t i = 0; i < loops.size(); ++i)
        boost::asio::post(loops[i]->context(), [this, i, what] { what(*lists[i]); });
}

server::server(options o, engine::engine& engine, std::span<engine::loop* const> loops)
    : impl_(std::make_unique<impl>(std::move(o), engine, loops)) {}

server::~server() = default;

boost::asio::ip::tcp::endpoint server::address() const { return impl_->listener.address(); }

void server::start() { impl_->listener.start(); }

void server::drain(std::function<void()> done) {
    impl& mine = *impl_;
    mine.done = std::move(done);
    mine.holds.fetch_add(mine.loops.size());
    // What a loop was given before, and what the engine is asked for after, keeps its order. A
    // connection that is accepted meanwhile finds its list draining.
    mine.on_each_loop([&mine](session_list& list) {
        list.drain();
        mine.release();
    });
    boost::asio::post(mine.loops.front()->context(), [&mine] {
        mine.listener.stop();
        mine.release();
    });
}

void server::abort() {
    impl_->on_each_loop([](session_list& list) { list.abort(); });
}

std::size_t server::connections() const noexcept {
    return impl_->open.load(std::memory_order_relaxed);
}

std::uint64_t server::connections_refused() const noexcept {
    return impl_->refused.load(std::memory_order_relaxed);
}

}  // namespace admit::http
