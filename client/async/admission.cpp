#include "client/async/admission.hpp"

#include "client/calls.hpp"
#include "client/random.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace admit::client {

namespace asio = boost::asio;

admission::admission(hub& owner, acquisition_plan plan,
                     std::function<void(const queued&)> on_queued)
    : hub_(owner),
      on_queued_(std::move(on_queued)),
      timer_(owner.executor()),
      policy_(std::move(plan), boot_now(), random_word()) {}

asio::awaitable<result<held_lease>> admission::run() {
    for (;;) {
        acquisition::step step = policy_.next(boot_now());
        if (auto* asked = std::get_if<acquisition::ask>(&step)) {
            co_await ask(std::move(*asked));
        } else if (auto* pause = std::get_if<acquisition::pause>(&step)) {
            timer_.expires_at(pause->until);
            boost::system::error_code ignored;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        } else if (auto* left = std::get_if<acquisition::leave>(&step)) {
            co_await leave(std::move(*left));
        } else {
            co_return std::get_if<acquisition::over>(&step)->outcome;
        }
    }
}

asio::awaitable<void> admission::ask(acquisition::ask asked) {
    const instant sent_at = boot_now();
    canceller stop;
    under_way_ = &stop;
    // Named: g++ 12 destroys an aggregate that is made within a co_await expression twice.
    http_request request = calls::acquire_once{std::move(asked.request)}.request();
    const result<http_response> got = co_await hub_.ask(std::move(request), asked.answer_by, stop);
    under_way_ = nullptr;
    const result<acquire_answer> answer = read<calls::acquire_once>(got);
    if (!answer) {
        policy_.failed(answer.error(), boot_now());
    } else if (const auto* grant = std::get_if<admitted>(&*answer)) {
        policy_.granted(*grant, sent_at, boot_now());
    } else {
        policy_.queued(*std::get_if<queued>(&*answer), boot_now());
        if (on_queued_ && policy_.place()) on_queued_(*policy_.place());
    }
}

asio::awaitable<void> admission::leave(acquisition::leave left) {
    canceller stop;
    under_way_ = &stop;
    http_request request = calls::cancel{std::move(left.request_id)}.request();
    const result<http_response> got = co_await hub_.ask(std::move(request), left.answer_by, stop);
    under_way_ = nullptr;
    if (got)
        policy_.left();
    else
        policy_.leave_failed(got.error(), boot_now());
}

void admission::give_up() {
    policy_.give_up(boot_now());
    if (under_way_ != nullptr) under_way_->cancel();
    timer_.cancel();
}

}  // namespace admit::client
