#include "client/async/calls.hpp"

#include "client/async/boot_timer.hpp"
#include "client/policy/advice.hpp"
#include "client/random.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

/// What one attempt may take when there is time for another one.
constexpr span attempt_max = 5s;
/// More pages than this are no answer but a loop.
constexpr int pages_max = 10'000;

http_request post(std::string target, std::string body) {
    return {.method = "POST", .target = std::move(target), .body = std::move(body)};
}

failure garbled(const problem& p) {
    return {cause::garbled, {}, "the server's answer cannot be read: " + p.detail};
}

template <class T>
result<T> read(const result<http_response>& answer, decoded<T> (*decode)(std::string_view)) {
    if (!answer) return answer.error();
    decoded<T> value = decode(answer->body);
    if (const problem* bad = std::get_if<problem>(&value)) return garbled(*bad);
    return std::move(*std::get_if<T>(&value));
}

/// The one lease of an answer to a single handle.
template <class Lease, class Answer>
result<Lease> only(const result<Answer>& answer) {
    if (!answer) return answer.error();
    if (answer->leases.size() != 1)
        return garbled({.code = {}, .detail = "not one lease", .field = {}, .pools = {}});
    return answer->leases.front();
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

}  // namespace

calls::calls(const asio::any_io_executor& executor, server_address address)
    : executor_(executor), connection_(executor, std::move(address)) {}

asio::awaitable<result<http_response>> calls::ask(http_request request, instant answer_by) {
    result<http_response> answer = co_await connection_.exchange(std::move(request), answer_by);
    co_return judged(std::move(answer));
}

asio::awaitable<result<http_response>> calls::insist(http_request request, instant give_up_at) {
    retry again{give_up_at, random_word()};
    boot_timer pause{executor_};
    for (;;) {
        const instant answer_by = std::min(give_up_at, boot_now() + attempt_max);
        result<http_response> answer = co_await ask(request, answer_by);
        if (answer) co_return answer;
        const std::optional<instant> at = again.again_at(answer.error(), boot_now());
        if (!at) co_return answer;
        pause.expires_at(*at);
        boost::system::error_code ec;
        while (boot_now() < *at && !ec)
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
}

calls::answer_of<acquire_answer> calls::acquire_once(acquire_request request, instant answer_by) {
    const result<http_response> answer =
        co_await ask(post("/v1/acquire", encode(request)), answer_by);
    co_return read(answer, &decode_acquire_answer);
}

calls::answer_of<renewed_lease> calls::renew_once(renew_request request, instant answer_by) {
    const result<http_response> answer =
        co_await ask(post("/v1/renew", encode(request)), answer_by);
    co_return only<renewed_lease>(read(answer, &decode_renew_answer));
}

calls::answer_of<cancelled> calls::cancel_once(cancel_request request, instant answer_by) {
    const result<http_response> answer =
        co_await ask(post("/v1/cancel", encode(request)), answer_by);
    co_return read(answer, &decode_cancel_answer);
}

calls::answer_of<renewed_lease> calls::renew(renew_request request, instant give_up_at) {
    const result<http_response> answer =
        co_await insist(post("/v1/renew", encode(request)), give_up_at);
    co_return only<renewed_lease>(read(answer, &decode_renew_answer));
}

calls::answer_of<released_lease> calls::release(release_request request, instant give_up_at) {
    const result<http_response> answer =
        co_await insist(post("/v1/release", encode(request)), give_up_at);
    co_return only<released_lease>(read(answer, &decode_release_answer));
}

calls::answer_of<cancelled> calls::cancel(cancel_request request, instant give_up_at) {
    const result<http_response> answer =
        co_await insist(post("/v1/cancel", encode(request)), give_up_at);
    co_return read(answer, &decode_cancel_answer);
}

calls::answer_of<std::vector<pool_view>> calls::pools(instant give_up_at) {
    std::vector<pool_view> all;
    std::string after;
    for (int page = 0; page < pages_max; ++page) {
        http_request request;
        request.method = "GET";
        request.target = "/v1/pools" + (after.empty() ? "" : "?after=" + after);
        const result<http_response> answer = co_await insist(request, give_up_at);
        result<pools_page> got = read(answer, &decode_pools);
        if (!got) co_return got.error();
        for (pool_view& p : got->pools)
            all.push_back(std::move(p));
        // The name of a pool needs no escaping in a query, and anything else is not followed.
        if (!is_pool_name(got->next)) break;
        after = got->next;
    }
    co_return all;
}

calls::answer_of<done> calls::set_pool(std::string pool, std::int64_t limit, instant give_up_at) {
    http_request request;
    request.method = "PUT";
    request.target = "/v1/pools/" + pool;
    request.body = "{\"limit\":" + std::to_string(limit) + "}";
    const result<http_response> answer = co_await insist(request, give_up_at);
    if (!answer) co_return answer.error();
    co_return done{};
}

calls::answer_of<done> calls::delete_pool(std::string pool, instant give_up_at) {
    http_request request;
    request.method = "DELETE";
    request.target = "/v1/pools/" + pool + "?force=true";
    const result<http_response> answer = co_await insist(request, give_up_at);
    if (answer ||
        (answer.error().why == cause::refused && answer.error().answer.code == errc::unknown_pool))
        co_return done{};
    co_return answer.error();
}

}  // namespace admit::client
