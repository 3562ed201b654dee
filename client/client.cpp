#include "client/client.hpp"

#include "client/async/admission.hpp"
#include "client/async/boot_timer.hpp"
#include "client/async/calls.hpp"
#include "client/async/plan.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace admit::client {

namespace asio = boost::asio;

struct client::state {
    state(server_address address, std::chrono::milliseconds patience_)
        : server(loop.get_executor(), std::move(address)), patience(patience_) {}

    /// Runs the loop until the operation is over.
    template <class T>
    T finish(asio::awaitable<T> operation) {
        std::optional<T> outcome;
        std::exception_ptr thrown;
        asio::co_spawn(loop, std::move(operation), [&](std::exception_ptr e, T value) {
            thrown = e;
            outcome.emplace(std::move(value));
            // A lookup that was given up is not waited for.
            loop.stop();
        });
        loop.restart();
        loop.run();
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*outcome);
    }

    instant give_up_at() const { return boot_now() + patience; }

    asio::io_context loop{1};
    calls server;
    std::chrono::milliseconds patience;
};

client::client(server_address address, std::chrono::milliseconds patience)
    : state_(std::make_unique<state>(std::move(address), patience)) {}

client::~client() = default;
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;

result<admitted> client::acquire(const acquire_options& options) {
    admission one{state_->loop.get_executor(), state_->server, plan_of(options)};
    result<held_lease> got = state_->finish(one.run());
    if (!got) return got.error();
    return std::move(got->grant);
}

result<renewed_lease> client::renew(std::string handle,
                                    std::optional<std::chrono::milliseconds> ttl) {
    renew_request request;
    request.handles.push_back(std::move(handle));
    if (ttl) request.ttl_ms = ttl->count();
    return state_->finish(state_->server.renew(std::move(request), state_->give_up_at()));
}

result<released_lease> client::release(std::string handle, outcome how) {
    release_request request;
    request.handles.push_back(std::move(handle));
    request.outcome = how;
    return state_->finish(state_->server.release(std::move(request), state_->give_up_at()));
}

result<cancelled> client::cancel(std::string request_id) {
    return state_->finish(state_->server.cancel({std::move(request_id)}, state_->give_up_at()));
}

result<std::vector<pool_view>> client::pools() {
    return state_->finish(state_->server.pools(state_->give_up_at()));
}

result<done> client::set_pool(std::string pool, std::int64_t limit) {
    return state_->finish(state_->server.set_pool(std::move(pool), limit, state_->give_up_at()));
}

result<done> client::delete_pool(std::string pool) {
    return state_->finish(state_->server.delete_pool(std::move(pool), state_->give_up_at()));
}

}  // namespace admit::client
