// The handler of an asynchronous call without its type, so that the calls themselves are no
// templates. Part of the public headers, as these are templates over completion tokens.
#pragma once

#include "client/async/canceller.hpp"
#include "client/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace admit::client {

/// Where a call's result goes. Destroyed without `complete` when the executor's context ends first.
template <class T>
class completion {
public:
    virtual ~completion() = default;
    /// Posts the handler to its own executor. Once.
    virtual void complete(result<T>) = 0;
};

template <class T>
using completion_ptr = std::unique_ptr<completion<T>>;

namespace detail {

template <class T, class Handler>
class handler_completion final : public completion<T> {
public:
    handler_completion(Handler handler, const boost::asio::any_io_executor& executor,
                       std::shared_ptr<canceller> stop)
        : handler_(std::move(handler)),
          work_(boost::asio::get_associated_executor(handler_, executor)),
          stop_(std::move(stop)) {}

    // Whoever cancels later finds nothing to do, even where the handler was never called.
    ~handler_completion() override { stop_->over(); }
    handler_completion(const handler_completion&) = delete;
    handler_completion& operator=(const handler_completion&) = delete;

    void complete(result<T> value) override {
        stop_->over();
        boost::asio::post(work_.get_executor(),
                          boost::asio::append(std::move(handler_), std::move(value)));
    }

private:
    using executor_type = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;

    Handler handler_;
    boost::asio::executor_work_guard<executor_type> work_;
    std::shared_ptr<canceller> stop_;
};

/// The handler's cancellation slot, if it has one, cancels on `executor`, the client's.
template <class Handler>
std::shared_ptr<canceller> connect_canceller(const Handler& handler,
                                             const boost::asio::any_io_executor& executor) {
    auto stop = std::make_shared<canceller>();
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) return stop;
    slot.assign([stop, executor](boost::asio::cancellation_type type) {
        if (type == boost::asio::cancellation_type::none || stop->is_over()) return;
        boost::asio::post(executor, [stop] { stop->cancel(); });
    });
    return stop;
}

template <class T, class Handler>
completion_ptr<T> make_completion(Handler handler, const boost::asio::any_io_executor& executor,
                                  std::shared_ptr<canceller> stop) {
    return std::make_unique<handler_completion<T, Handler>>(std::move(handler), executor,
                                                            std::move(stop));
}

}  // namespace detail

}  // namespace admit::client
