// `engine::async_submit`: the engine's calls for any completion token. Included by engine.hpp.
#pragma once

#include "server/engine/engine.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

namespace admit::engine::detail {

/// How a cancellation slot reaches a call. It outlives the call, because a slot keeps its handler
/// until the next operation takes the slot.
class canceller {
public:
    canceller(engine& e, loop& home) : engine_(e), home_(home) {}

    /// From the slot, on whatever thread: the call is abandoned on its own loop.
    static void ask(const std::shared_ptr<canceller>& self) {
        if (!self->over_)
            boost::asio::post(self->home_.context(), [self] { self->abandon(); });
    }

    // The rest happens on the call's loop.
    bool asked() const noexcept { return asked_; }
    void submitted(core::call_id call) noexcept { call_ = call; }
    void over() noexcept { over_ = true; }

private:
    void abandon() {
        if (!over_ && !std::exchange(asked_, true) && call_ != 0)
            engine_.abandon(call_);
    }

    engine& engine_;
    loop& home_;
    core::call_id call_ = 0;
    bool asked_ = false;
    std::atomic<bool> over_{false};
};

/// One call with its handler: made on any thread, then at home on its loop until it is answered.
template <class Handler>
class submit_op final : public caller {
public:
    /// Destroys an operation that has not begun, with the loop that it was to begin on.
    struct discard {
        void operator()(submit_op* op) const noexcept { op->destroy(); }
    };
    using owner = std::unique_ptr<submit_op, discard>;

    static owner make(engine& e, loop& home, core::command&& what, Handler handler) {
        allocator alloc(boost::asio::get_associated_allocator(handler));
        submit_op* const place = std::allocator_traits<allocator>::allocate(alloc, 1);
        return owner(::new (static_cast<void*>(place))
                         submit_op(e, home, std::move(what), std::move(handler)));
    }

    /// On the loop. From here on the operation belongs to the answer.
    static void begin(owner op) {
        submit_op& self = *op.release();
        if (self.canceller_ && self.canceller_->asked())
            return self.complete(nobody{});
        submission known = self.engine_.submit(self.what_, self, self.home_);
        if (known.answer)
            return self.complete(std::move(*known.answer));
        if (self.canceller_)
            self.canceller_->submitted(known.call);
    }

    void answered(core::call_id, admit::answer&& a) noexcept override { complete(std::move(a)); }

private:
    using home_executor = boost::asio::io_context::executor_type;
    using executor = boost::asio::associated_executor_t<Handler, home_executor>;
    using allocator = typename std::allocator_traits<
        boost::asio::associated_allocator_t<Handler>>::template rebind_alloc<submit_op>;

    submit_op(engine& e, loop& home, core::command&& what, Handler&& handler)
        : engine_(e),
          home_(home),
          what_(std::move(what)),
          handler_(std::move(handler)),
          home_work_(home.context().get_executor()),
          work_(boost::asio::get_associated_executor(handler_, home.context().get_executor())) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot.is_connected())
            return;
        canceller_ = std::make_shared<canceller>(e, home);
        slot.assign([c = canceller_](boost::asio::cancellation_type type) {
            if (type != boost::asio::cancellation_type::none)
                canceller::ask(c);
        });
    }

    void destroy() noexcept { destroy(allocator(boost::asio::get_associated_allocator(handler_))); }

    void destroy(allocator alloc) noexcept {
        this->~submit_op();
        std::allocator_traits<allocator>::deallocate(alloc, this, 1);
    }

    void complete(admit::answer a) {
        if (canceller_)
            canceller_->over();
        const auto home_work = std::move(home_work_);
        const auto work = std::move(work_);
        // The memory is given back before the handler runs, so that its next operation can have it.
        Handler handler(std::move(handler_));
        destroy(allocator(boost::asio::get_associated_allocator(handler)));
        // Posted, not dispatched: a handler that throws does so out of `run`, and it never runs
        // within the call that it completes.
        boost::asio::post(work.get_executor(),
                          boost::asio::append(std::move(handler), std::move(a)));
    }

    engine& engine_;
    loop& home_;
    core::command what_;
    Handler handler_;
    boost::asio::executor_work_guard<home_executor> home_work_;
    boost::asio::executor_work_guard<executor> work_;
    std::shared_ptr<canceller> canceller_;
};

struct initiate_submit {
    engine* to;
    loop* home;

    template <class Handler>
    void operator()(Handler&& handler, core::command what) const {
        using op = submit_op<std::decay_t<Handler>>;
        auto made = op::make(*to, *home, std::move(what), std::forward<Handler>(handler));
        if (home->context().get_executor().running_in_this_thread())
            return op::begin(std::move(made));
        boost::asio::post(home->context(),
                          [made = std::move(made)]() mutable { op::begin(std::move(made)); });
    }
};

}  // namespace admit::engine::detail

namespace admit::engine {

template <class CompletionToken>
auto engine::async_submit(core::command what, loop& home, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(admit::answer)>(
        detail::initiate_submit{this, &home}, token, std::move(what));
}

}  // namespace admit::engine
