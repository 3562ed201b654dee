#include "client/async/hub.hpp"

#include "client/async/boot_timer.hpp"
#include "client/policy/advice.hpp"
#include "client/random.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

/// What one attempt may take when there is time for another one.
constexpr span attempt_max = 5s;
/// An attempt gets half of what is left, but for a busy server's sake not less than this.
constexpr span attempt_min = 1s;

/// A connection that swallows everything leaves time to try another one, or another server.
instant end_of_attempt(instant now, instant give_up_at) noexcept {
    return std::min(give_up_at, now + std::clamp((give_up_at - now) / 2, attempt_min, attempt_max));
}

/// An answer with a status from 200 to 299 as it is, any other one as the failure that it means.
result<http_response> judged(result<http_response> answer) {
    if (!answer || (answer->status >= 200 && answer->status < 300)) return answer;
    if (answer->status < 400)
        return failure{
            cause::garbled,
            {},
            "HTTP status " + std::to_string(answer->status) + " is no answer of an Admit server"};
    failure f{cause::refused, decode_problem(answer->status, answer->body), {}};
    if (f.answer.retry_after_ms == 0) f.answer.retry_after_ms = answer->retry_after_ms;
    return f;
}

/// Nothing is left to do because an attempt before, whose answer was lost, has done it.
bool was_done(const http_request& request, const failure& f, bool repeated) noexcept {
    return repeated && f.why == cause::refused && request.done_if_repeated == f.answer.code;
}

}  // namespace

hub::hub(const asio::any_io_executor& executor, client_options options)
    : executor_(executor),
      patience_(bounded(options.patience)),
      connections_(std::in_place, executor, std::move(options.servers)),
      renewer_(std::in_place, executor, *this) {}

void hub::close() {
    const std::lock_guard lock{closing_};
    open_ = false;
    renewer_.reset();
    connections_.reset();
}

instant hub::give_up_at() const { return boot_now() + patience_; }

asio::awaitable<result<http_response>> hub::ask(http_request request, instant answer_by,
                                                canceller& stop) {
    result<http_response> answer =
        co_await connections_->exchange(std::move(request), answer_by, stop);
    co_return judged(std::move(answer));
}

asio::awaitable<result<http_response>> hub::insist(http_request request, instant give_up_at,
                                                   canceller& stop) {
    retry again{give_up_at, random_word()};
    boot_timer pause{executor_};
    for (bool repeated = false; !stop.cancelled();) {
        const instant answer_by = end_of_attempt(boot_now(), give_up_at);
        result<http_response> answer = co_await connections_->exchange(request, answer_by, stop);
        repeated = repeated || (answer && answer->resent);
        answer = judged(std::move(answer));
        if (answer) co_return answer;
        if (stop.cancelled()) break;
        if (was_done(request, answer.error(), repeated)) co_return http_response{204, {}, 0, true};
        repeated = repeated || may_have_arrived(answer.error());
        const std::optional<instant> at = again.again_at(answer.error(), boot_now());
        if (!at) co_return answer;
        pause.expires_at(*at);
        const canceller::duty wake_up{stop, [&pause] { pause.cancel(); }};
        boost::system::error_code ec;
        while (boot_now() < *at && !ec)
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    co_return failure{cause::given_up, {}, {}};
}

std::shared_ptr<holding> hub::hold(const held_lease& got, std::chrono::milliseconds reserve) {
    const acquired& lease = got.grant.lease;
    tenure held{lease, got.sent_at, got.answered_at, tenure_settings{.reserve = bounded(reserve)},
                random_word()};
    auto made = std::make_shared<holding>(++leases_, got.grant.handle, lease, held.deadline());
    renewer_->add(made, std::move(held));
    return made;
}

void hub::let_go(const holding& lease) { renewer_->drop(lease); }

void hub::let_all_go() { renewer_->drop_all(); }

}  // namespace admit::client
