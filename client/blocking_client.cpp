#include "client/blocking_client.hpp"

#include "client/async/hub.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace admit::client {

namespace asio = boost::asio;

struct blocking_client::state {
    explicit state(client_options options)
        : on(std::make_shared<hub>(loop.get_executor(), std::move(options))),
          thread([this] { loop.run(); }) {}

    asio::io_context loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
    std::shared_ptr<hub> on;
    std::thread thread;
};

blocking_client::blocking_client(client_options options)
    : state_(std::make_unique<state>(std::move(options))) {}

blocking_client::~blocking_client() {
    asio::post(state_->loop, [on = state_->on] { on->let_all_go(); });
    // Every call ends by itself, so the loop runs out of work.
    state_->work.reset();
    state_->thread.join();
    state_->on->close();
}

client blocking_client::shared() const { return client{state_->on}; }

result<lease> blocking_client::acquire(acquire_options options) {
    return outcome_of<lease>(
        [&](auto handler) { shared().async_acquire(std::move(options), std::move(handler)); });
}

result<released_lease> blocking_client::release(lease held, outcome how) {
    return outcome_of<released_lease>(
        [&](auto handler) { held.async_release(how, std::move(handler)); });
}

}  // namespace admit::client
