// A slot that is held: it renews itself while this object lives, and is given back at its end.
#pragma once

#include "client/async/completion.hpp"
#include "client/async/holding.hpp"
#include "client/policy/time.hpp"

#include <boost/asio/async_result.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace admit::client {

class hub;

/// An admission of `client::async_acquire`. Movable; one that was moved from, released or detached
/// holds nothing.
///
/// It is renewed on the client's executor, whose context must run meanwhile and must outlive it;
/// only what a `blocking_client` gave may outlive that one, and is then no longer renewed.
/// One thread at a time may change a lease; `deadline`, `time_left` and `is_lost` may be asked from
/// any thread.
class lease {
public:
    lease() noexcept = default;
    lease(std::shared_ptr<hub>, std::shared_ptr<holding>) noexcept;
    /// Gives it back in the background, as `ok`. Whoever wants to know whether that was heard calls
    /// `async_release`.
    ~lease();
    lease(lease&&) noexcept = default;
    lease& operator=(lease&&) noexcept;

    /// Whether it holds something: what was lost is held, too, until it is let go.
    explicit operator bool() const noexcept { return held_ != nullptr; }

    // Only where it holds something.

    /// As it was granted. `grant().token` goes with every write to what the pool guards.
    const acquired& grant() const noexcept { return held_->grant(); }
    /// The secret with which the lease is renewed and released.
    const std::string& handle() const noexcept { return held_->handle(); }

    /// From here on the server may give the slots to somebody else: who works under the lease has
    /// stopped by then. On CLOCK_BOOTTIME, so it also passes while the machine sleeps; each renewal
    /// moves it.
    instant deadline() const noexcept { return held_->deadline(); }
    /// Until the deadline; 0 afterwards.
    std::chrono::microseconds time_left() const noexcept;
    /// The server has said that it is over, or it could not be renewed in time.
    bool is_lost() const noexcept { return held_->is_lost(); }

    /// `call` is called once on the client's executor when the lease is lost, with the reason and
    /// the time that is left: `acquire_options::reserve` where the server could not be reached, 0
    /// where it has said that the lease is over. Soon, where that has happened already. It does not
    /// throw.
    void on_lost(std::function<void(const loss&)> call);

    /// Gives it back: completes with `result<released_lease>`, within the client's patience (half a
    /// second where it is lost). From the call on this object holds nothing.
    template <class CompletionToken>
    auto async_release(admit::outcome how, CompletionToken&& token);

    /// Neither renews nor releases it from now on: whoever has the handle, which is returned, does.
    std::string detach();

private:
    const boost::asio::any_io_executor& executor() const noexcept;
    void let_go() noexcept;
    static void release(lease, admit::outcome, completion_ptr<released_lease>,
                        std::shared_ptr<canceller>);

    std::shared_ptr<hub> hub_;
    std::shared_ptr<holding> held_;
};

template <class CompletionToken>
auto lease::async_release(admit::outcome how, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(result<released_lease>)>(
        [](auto handler, lease self, admit::outcome as) {
            const boost::asio::any_io_executor on = self.executor();
            auto stop = detail::connect_canceller(handler, on);
            auto done = detail::make_completion<released_lease>(std::move(handler), on, stop);
            release(std::move(self), as, std::move(done), std::move(stop));
        },
        token, std::move(*this), how);
}

}  // namespace admit::client
