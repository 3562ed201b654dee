// The blocking client: the asynchronous one on a thread of its own. Each call returns when it is
// done, and leases are renewed meanwhile.
#pragma once

#include "client/client.hpp"

#include <future>
#include <memory>
#include <utility>

namespace admit::client {

/// For any number of threads. It has a thread of its own, so a process forks before it makes one,
/// or execs right after. Throws std::system_error where that thread cannot be started; calls do not
/// throw.
class blocking_client {
public:
    explicit blocking_client(client_options = {});
    /// Waits, within the options' patience, for leases that are being given back. What is still
    /// held then is no longer renewed, and ends by itself.
    ~blocking_client();
    blocking_client(const blocking_client&) = delete;
    blocking_client& operator=(const blocking_client&) = delete;

    /// As client::async_acquire. What `on_queued` and `lease::on_lost` call runs on the client's
    /// own thread and makes no blocking calls.
    result<lease> acquire(acquire_options);
    /// Gives a lease back, and says whether that was heard.
    result<released_lease> release(lease, outcome = outcome::ok);
    /// One of the calls of client/calls.hpp.
    template <class Call>
    result<typename Call::answer> call(const Call& what) {
        return outcome_of<typename Call::answer>(
            [&](auto handler) { shared().async_call(what, std::move(handler)); });
    }

private:
    /// What the call that `begin` begins completes with. The handler owns the promise, because the
    /// one who waits may be gone before `set_value` has returned.
    template <class T, class Begin>
    static result<T> outcome_of(Begin begin) {
        auto promised = std::make_shared<std::promise<result<T>>>();
        std::future<result<T>> outcome = promised->get_future();
        begin([promised](result<T> value) { promised->set_value(std::move(value)); });
        return outcome.get();
    }

    /// The asynchronous client, for one call from this thread.
    client shared() const;

    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace admit::client
