#include "client/async/connections.hpp"

#include "client/async/boot_timer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace admit::client {
namespace {

/// The server is there and will not help: it stops, starts, or has failed.
bool wants_another(const result<http_response>& answer) noexcept {
    return !answer || answer->status == 503;
}

}  // namespace

connections::connections(const boost::asio::any_io_executor& executor,
                         std::vector<server_address> addresses)
    : executor_(executor), addresses_(std::move(addresses)), servers_(addresses_.size()) {}

boost::asio::awaitable<result<http_response>> connections::exchange(http_request request,
                                                                    instant answer_by,
                                                                    canceller& stop) {
    std::optional<http_response> no_help;
    for (std::size_t left = servers_.count();; --left) {
        link used = take();
        const span share = std::max(answer_by - boot_now(), span{0}) / static_cast<span::rep>(left);
        result<http_response> answer = co_await exchange_on(
            *used.line, request, std::min(share, connect_within), answer_by, stop);
        const bool lost = !answer && answer.error().why == cause::lost;
        const bool unseen = !answer && answer.error().why == cause::unreachable;
        if (stop.cancelled()) co_return answer;
        if (wants_another(answer)) servers_.failed(used.server);
        // The others stand to the same server, and may be as dead.
        if (lost) forget(used.server);
        keep(std::move(used));
        if (answer && no_help) answer->resent = true;
        if (answer && answer->status == 503) no_help = *answer;
        if (unseen && no_help && left == 1) co_return std::move(*no_help);
        if (!(unseen || (answer && answer->status == 503)) || left == 1) co_return answer;
    }
}

boost::asio::awaitable<result<http_response>> connections::exchange_on(
    connection& line, http_request request, span within, instant answer_by, canceller& stop) {
    const canceller::duty break_off{stop, [&line] { line.abort(); }};
    co_return co_await line.exchange(std::move(request), within, answer_by);
}

void connections::forget(std::size_t server) {
    std::erase_if(idle_, [server](const link& each) { return each.server == server; });
}

connections::link connections::take() {
    const std::size_t server = servers_.current();
    const auto kept = std::find_if(idle_.rbegin(), idle_.rend(),
                                   [server](const link& each) { return each.server == server; });
    if (kept == idle_.rend())
        return {server, std::make_unique<connection>(executor_, addresses_[server])};
    link found = std::move(*kept);
    idle_.erase(std::next(kept).base());
    return found;
}

void connections::keep(link used) {
    if (!used.line->is_open()) return;
    if (idle_.size() == idle_max) idle_.erase(idle_.begin());
    idle_.push_back(std::move(used));
}

}  // namespace admit::client
