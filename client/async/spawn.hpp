// Starts the coroutine that is a call, and completes the call with what it returns.
#pragma once

#include "client/async/completion.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace admit::client {

/// What an exception within a call means to its caller: the process has run out of something.
inline failure shortage(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        return {cause::unreachable, {}, std::string{"out of resources: "} + e.what()};
    }
}

template <class T>
void spawn(const boost::asio::any_io_executor& executor,
           boost::asio::awaitable<result<T>> operation, completion_ptr<T> done) {
    boost::asio::co_spawn(
        executor, std::move(operation),
        [done = std::move(done)](std::exception_ptr thrown, result<T> outcome) mutable {
            done->complete(thrown ? shortage(thrown) : std::move(outcome));
        });
}

}  // namespace admit::client
