#include "client/client.hpp"

#include "client/async/admission.hpp"
#include "client/async/hub.hpp"
#include "client/async/plan.hpp"
#include "client/async/spawn.hpp"

#include <utility>

namespace admit::client {
namespace {

boost::asio::awaitable<result<lease>> acquire_lease(std::shared_ptr<hub> on, acquire_options what,
                                                    std::shared_ptr<canceller> stop) {
    acquisition_plan plan = plan_of(what, on->patience());
    // The first call is a short one then: a server that swallows everything would otherwise be
    // waited for as long as it may keep us in line, and the next one not be asked.
    plan.announce = plan.announce || on->has_several_servers();
    admission one{*on, std::move(plan), what.on_queued};
    const canceller::duty leave{*stop, [&one] { one.give_up(); }};
    if (stop->cancelled()) one.give_up();
    const result<held_lease> got = co_await one.run();
    if (!got) co_return got.error();
    co_return lease{on, on->hold(*got, what.reserve)};
}

boost::asio::awaitable<result<http_response>> make_call(std::shared_ptr<hub> on,
                                                        http_request request,
                                                        std::shared_ptr<canceller> stop) {
    co_return co_await on->insist(std::move(request), on->give_up_at(), *stop);
}

}  // namespace

client::client(executor_type executor, client_options options)
    : hub_(std::make_shared<hub>(executor, std::move(options))) {}

client::client(std::shared_ptr<hub> shared) noexcept : hub_(std::move(shared)) {}

client::executor_type client::get_executor() const noexcept { return hub_->executor(); }

const client::executor_type& client::executor_of(const hub& on) noexcept { return on.executor(); }

void client::acquire(std::shared_ptr<hub> on, acquire_options what, completion_ptr<lease> done,
                     std::shared_ptr<canceller> stop) {
    const executor_type executor = on->executor();
    spawn(executor, acquire_lease(std::move(on), std::move(what), std::move(stop)),
          std::move(done));
}

void client::call(std::shared_ptr<hub> on, http_request request, completion_ptr<http_response> done,
                  std::shared_ptr<canceller> stop) {
    const executor_type executor = on->executor();
    spawn(executor, make_call(std::move(on), std::move(request), std::move(stop)), std::move(done));
}

}  // namespace admit::client
