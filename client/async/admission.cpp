#include "client/async/admission.hpp"

#include "client/random.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace admit::client {

namespace asio = boost::asio;

admission::admission(const asio::any_io_executor& executor, calls& server, acquisition_plan plan)
    : calls_(server), timer_(executor), policy_(std::move(plan), boot_now(), random_word()) {}

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
    const result<acquire_answer> answer =
        co_await calls_.acquire_once(std::move(asked.request), asked.answer_by);
    if (!answer) {
        policy_.failed(answer.error(), boot_now());
    } else if (const auto* grant = std::get_if<admitted>(&*answer)) {
        policy_.granted(*grant, sent_at, boot_now());
    } else {
        policy_.queued(*std::get_if<queued>(&*answer), boot_now());
        if (on_queued && policy_.place()) on_queued(*policy_.place());
    }
}

asio::awaitable<void> admission::leave(acquisition::leave left) {
    cancel_request request;
    request.request_id = std::move(left.request_id);
    const result<cancelled> answer =
        co_await calls_.cancel_once(std::move(request), left.answer_by);
    if (answer)
        policy_.left();
    else
        policy_.leave_failed(answer.error(), boot_now());
}

void admission::give_up() {
    policy_.give_up(boot_now());
    calls_.abort();
    timer_.cancel();
}

}  // namespace admit::client
