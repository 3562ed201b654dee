#include "client/async/renewer.hpp"

#include "client/async/hub.hpp"
#include "client/calls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

/// What a renewal of several says of one that is gone, as a call for it alone would have said it.
failure gone(const renewed_lease& lease) {
    renewed alone;
    alone.leases.push_back(lease);
    failure out{cause::refused, {}, {}};
    if (std::optional<problem> why = problem_of(alone)) out.answer = std::move(*why);
    return out;
}

}  // namespace

renewer::renewer(const asio::any_io_executor& executor, hub& owner)
    : hub_(owner), timer_(executor) {}

void renewer::add(std::shared_ptr<holding> lease, tenure held) {
    const lease_number number = lease->number();
    policy_.add(number, std::move(held));
    held_[number] = std::move(lease);
    timer_.cancel();
    if (!running_) start();
}

void renewer::drop_all() {
    policy_ = {};
    held_.clear();
    timer_.cancel();
}

/// An exception says that memory is short: the leases are not to be forgotten for that.
void renewer::start() {
    running_ = true;
    asio::co_spawn(hub_.executor(), run(hub_.shared_from_this()),
                   [this, alive = hub_.shared_from_this()](std::exception_ptr) {
                       running_ = false;
                       if (!policy_.empty()) start();
                   });
}

void renewer::drop(const holding& lease) {
    policy_.drop(lease.number());
    held_.erase(lease.number());
    timer_.cancel();
}

asio::awaitable<void> renewer::run(std::shared_ptr<hub> alive) {
    while (!policy_.empty()) {
        renewals::step step = policy_.next(boot_now());
        if (auto* due = std::get_if<renewals::renew>(&step)) {
            spawn(alive, std::move(*due));
        } else if (auto* over = std::get_if<renewals::lost>(&step)) {
            lost(std::move(*over));
        } else {
            timer_.expires_at(std::get_if<renewals::wait>(&step)->until);
            boost::system::error_code rung;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, rung));
        }
    }
}

void renewer::spawn(const std::shared_ptr<hub>& alive, renewals::renew what) {
    const std::vector<lease_number> leases = what.leases;
    calls::renew_several call;
    for (const lease_number each : leases)
        call.handles.push_back(held_.at(each)->handle());
    asio::co_spawn(hub_.executor(), renew(alive, std::move(what), call.request()),
                   [this, alive, leases](std::exception_ptr thrown) {
                       if (thrown)
                           failed(leases, {cause::unreachable, {}, "out of descriptors or memory"});
                       timer_.cancel();
                   });
}

asio::awaitable<void> renewer::renew(std::shared_ptr<hub> alive, renewals::renew what,
                                     http_request request) {
    const instant sent_at = boot_now();
    canceller nobody;
    result<http_response> answer = co_await alive->ask(std::move(request), what.answer_by, nobody);
    const result<admit::renewed> got = read<calls::renew_several>(answer);
    if (got && got->leases.size() == what.leases.size()) {
        for (std::size_t i = 0; i < what.leases.size(); ++i)
            renewed(what.leases[i], got->leases[i], sent_at);
    } else {
        failed(what.leases,
               got ? failure{cause::garbled, {}, "an answer for other leases"} : got.error());
    }
}

void renewer::failed(const std::vector<lease_number>& leases, const failure& why) {
    for (const lease_number each : leases)
        policy_.failed(each, why, boot_now());
}

void renewer::renewed(lease_number lease, const renewed_lease& answer, instant sent_at) {
    if (answer.status != lease_status::renewed)
        return policy_.failed(lease, gone(answer), boot_now());
    policy_.renewed(lease, answer, sent_at, boot_now());
    const std::optional<instant> deadline = policy_.deadline(lease);
    if (deadline) held_.at(lease)->renewed(*deadline);
}

void renewer::lost(renewals::lost over) {
    const auto at = held_.find(over.lease);
    const std::shared_ptr<holding> lease = std::move(at->second);
    held_.erase(at);
    const span left = std::max(over.deadline - boot_now(), span{0});
    lease->lost({std::move(over.why), left});
}

}  // namespace admit::client
