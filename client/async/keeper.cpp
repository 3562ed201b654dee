#include "client/async/keeper.hpp"

#include "client/random.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace admit::client {

namespace asio = boost::asio;

keeper::keeper(const asio::any_io_executor& executor, calls& server, const held_lease& lease,
               tenure_settings settings)
    : calls_(server),
      timer_(executor),
      policy_(lease.grant.lease, lease.sent_at, lease.answered_at, settings, random_word()),
      handle_(lease.grant.handle) {}

asio::awaitable<std::optional<failure>> keeper::run() {
    while (!stopped_) {
        tenure::step step = policy_.next(boot_now());
        if (auto* due = std::get_if<tenure::renew>(&step)) {
            co_await renew(due->answer_by);
        } else if (auto* wait = std::get_if<tenure::wait>(&step)) {
            timer_.expires_at(wait->until);
            boost::system::error_code ignored;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        } else {
            co_return std::get_if<tenure::lost>(&step)->why;
        }
    }
    co_return std::nullopt;
}

asio::awaitable<void> keeper::renew(instant answer_by) {
    const instant sent_at = boot_now();
    renew_request request;
    request.handles.push_back(handle_);
    const result<renewed_lease> answer = co_await calls_.renew_once(std::move(request), answer_by);
    if (answer)
        policy_.renewed(*answer, sent_at, boot_now());
    else
        policy_.failed(answer.error(), boot_now());
}

void keeper::stop() {
    stopped_ = true;
    calls_.abort();
    timer_.cancel();
}

}  // namespace admit::client
