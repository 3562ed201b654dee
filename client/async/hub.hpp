// What the calls and the leases of one client share: its connections, its renewals, its patience.
#pragma once

#include "client/async/connections.hpp"
#include "client/async/holding.hpp"
#include "client/async/renewer.hpp"
#include "client/options.hpp"
#include "client/policy/acquisition.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace admit::client {

/// Lives as long as a client, a lease or a call needs it. Used on its executor, but for `executor`,
/// `patience`, `close` and `post`.
class hub : public std::enable_shared_from_this<hub> {
public:
    hub(const boost::asio::any_io_executor&, client_options);

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    span patience() const noexcept { return patience_; }
    bool has_several_servers() const noexcept {
        return connections_ && connections_->server_count() > 1;
    }

    /// The executor's context runs no more and is about to end, while leases may remain. Nothing
    /// may be begun any more.
    void close();
    /// Does it on the executor; nothing after `close`.
    template <class Function>
    void post(Function&& act) {
        const std::lock_guard lock{closing_};
        if (open_) boost::asio::post(executor_, std::forward<Function>(act));
    }

    /// Sends a request once. Any status above 299 is a failure.
    boost::asio::awaitable<result<http_response>> ask(http_request, instant answer_by,
                                                      canceller& stop);
    /// Sends it again, with back-off, where the contract allows it; no later than `give_up_at`.
    boost::asio::awaitable<result<http_response>> insist(http_request, instant give_up_at,
                                                         canceller& stop);

    /// When a call that begins now ends at the latest.
    instant give_up_at() const;

    /// Keeps the lease alive from now on, until `let_go`.
    std::shared_ptr<holding> hold(const held_lease&, std::chrono::milliseconds reserve);
    void let_go(const holding&);
    void let_all_go();

private:
    boost::asio::any_io_executor executor_;
    std::mutex closing_;
    bool open_ = true;  ///< guarded by closing_
    span patience_;
    std::uint64_t leases_ = 0;  ///< so many were held
    // Nothing after `close`: what they consist of does not outlive the context.
    std::optional<connections> connections_;
    std::optional<renewer> renewer_;
};

}  // namespace admit::client
