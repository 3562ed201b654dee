// The asynchronous client: every call takes a completion token, so callbacks, futures and
// coroutines work alike.
//
//     admit::client::client server{co_await asio::this_coro::executor};
//     admit::client::acquire_options turn{.pool = "db", .worker = "w1", .wait = 30s};
//     auto held = co_await server.async_acquire(std::move(turn), asio::use_awaitable);
//     if (held) work_until(held->deadline());
#pragma once

#include "client/async/completion.hpp"
#include "client/calls.hpp"
#include "client/lease.hpp"
#include "client/options.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace admit::client {

/// Any number of calls at once, over as many connections as that takes; some are kept between
/// calls. Calls are repeated with back-off where the contract allows it, so one that succeeds has
/// had its effect once.
///
/// Errors are values: a call completes with a `result`, whose failure has the server's `errc` where
/// the server refused. A handler runs on its associated executor, or on the client's, and never
/// within the function that began the call. A cancellation slot (any type) ends the call soon with
/// `given_up`; an acquire leaves its line first. Not for two threads at once: use a strand as the
/// executor, and call from it.
///
/// Calls that are under way and leases go on without the object; the executor's context outlives
/// them.
class client {
public:
    using executor_type = boost::asio::any_io_executor;

    explicit client(executor_type, client_options = {});
    /// Of what another client shares.
    explicit client(std::shared_ptr<hub>) noexcept;
    /// Copies share connections and renewals.
    client(const client&) = default;
    client& operator=(const client&) = default;

    executor_type get_executor() const noexcept;

    /// Waits for slots of a pool; completes with `result<lease>`. Not admitted is a failure whose
    /// `answer` has a 429 code. A lease whose handler is never called is given back.
    template <class CompletionToken>
    auto async_acquire(acquire_options options, CompletionToken&& token) {
        return boost::asio::async_initiate<CompletionToken, void(result<lease>)>(
            [](auto handler, std::shared_ptr<hub> on, acquire_options what) {
                auto stop = detail::connect_canceller(handler, executor_of(*on));
                auto done =
                    detail::make_completion<lease>(std::move(handler), executor_of(*on), stop);
                acquire(std::move(on), std::move(what), std::move(done), std::move(stop));
            },
            token, hub_, std::move(options));
    }

    /// Makes one of the calls of client/calls.hpp; completes with `result<Call::answer>`, within
    /// the client's patience. The call is sent again where that is safe.
    template <class Call, class CompletionToken>
    auto async_call(const Call& what, CompletionToken&& token) {
        using answer = typename Call::answer;
        return boost::asio::async_initiate<CompletionToken, void(result<answer>)>(
            [](auto handler, std::shared_ptr<hub> on, http_request request) {
                auto stop = detail::connect_canceller(handler, executor_of(*on));
                auto done = std::make_unique<decoding<Call>>(
                    detail::make_completion<answer>(std::move(handler), executor_of(*on), stop));
                call(std::move(on), std::move(request), std::move(done), std::move(stop));
            },
            token, hub_, what.request());
    }

private:
    /// Reads the answer on its way to the handler.
    template <class Call>
    class decoding final : public completion<http_response> {
    public:
        explicit decoding(completion_ptr<typename Call::answer> next) : next_(std::move(next)) {}
        void complete(result<http_response> got) override { next_->complete(read<Call>(got)); }

    private:
        completion_ptr<typename Call::answer> next_;
    };

    static const executor_type& executor_of(const hub&) noexcept;
    static void acquire(std::shared_ptr<hub>, acquire_options, completion_ptr<lease>,
                        std::shared_ptr<canceller>);
    static void call(std::shared_ptr<hub>, http_request, completion_ptr<http_response>,
                     std::shared_ptr<canceller>);

    std::shared_ptr<hub> hub_;
};

}  // namespace admit::client
