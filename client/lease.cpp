#include "client/lease.hpp"

#include "client/async/boot_timer.hpp"
#include "client/async/hub.hpp"
#include "client/async/spawn.hpp"
#include "client/calls.hpp"

#include <algorithm>

namespace admit::client {
namespace {

/// Giving back a lost lease: there is probably nothing left, and nobody to take it.
constexpr span lost_release_within = 500ms;

boost::asio::awaitable<result<released_lease>> give_back(std::shared_ptr<hub> on,
                                                         std::shared_ptr<holding> held, outcome how,
                                                         std::shared_ptr<canceller> stop) {
    on->let_go(*held);
    const instant give_up_at = held->is_lost()
                                   ? std::min(boot_now() + lost_release_within, on->give_up_at())
                                   : on->give_up_at();
    http_request request = calls::release{held->handle(), how}.request();
    const result<http_response> got = co_await on->insist(std::move(request), give_up_at, *stop);
    co_return read<calls::release>(got);
}

/// Nobody waits for it.
class unheard final : public completion<released_lease> {
public:
    void complete(result<released_lease>) override {}
};

}  // namespace

lease::lease(std::shared_ptr<hub> on, std::shared_ptr<holding> held) noexcept
    : hub_(std::move(on)), held_(std::move(held)) {}

lease::~lease() { let_go(); }

lease& lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    let_go();
    hub_ = std::move(other.hub_);
    held_ = std::move(other.held_);
    return *this;
}

const boost::asio::any_io_executor& lease::executor() const noexcept { return hub_->executor(); }

std::chrono::microseconds lease::time_left() const noexcept {
    return std::max(deadline() - boot_now(), span{0});
}

void lease::on_lost(std::function<void(const loss&)> call) {
    hub_->post(
        [held = held_, call = std::move(call)]() mutable { held->on_lost(std::move(call)); });
}

std::string lease::detach() {
    const std::shared_ptr<holding> held = std::move(held_);
    hub_->post([on = hub_, held] { on->let_go(*held); });
    return held->handle();
}

void lease::let_go() noexcept {
    if (!held_) return;
    const std::shared_ptr<hub> on = std::move(hub_);
    on->post([on, held = std::move(held_)]() mutable {
        spawn(on->executor(),
              give_back(on, std::move(held), outcome::ok, std::make_shared<canceller>()),
              completion_ptr<released_lease>{std::make_unique<unheard>()});
    });
}

void lease::release(lease self, outcome how, completion_ptr<released_lease> done,
                    std::shared_ptr<canceller> stop) {
    const boost::asio::any_io_executor on = self.executor();
    spawn(on, give_back(std::move(self.hub_), std::move(self.held_), how, std::move(stop)),
          std::move(done));
}

}  // namespace admit::client
