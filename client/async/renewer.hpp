// Keeps leases alive in the background: does what policy/renewals says.
#pragma once

#include "client/async/boot_timer.hpp"
#include "client/async/holding.hpp"
#include "client/http_message.hpp"
#include "client/policy/renewals.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <vector>

namespace admit::client {

class hub;

/// The leases of one hub, of which it is a part. Used on the hub's executor, which has work as long
/// as a lease is kept.
class renewer {
public:
    renewer(const boost::asio::any_io_executor&, hub&);

    /// Renews it until it is dropped or lost; the holding is told of both.
    void add(std::shared_ptr<holding>, tenure);
    void drop(const holding&);
    void drop_all();

private:
    void start();
    boost::asio::awaitable<void> run(std::shared_ptr<hub> alive);
    void spawn(const std::shared_ptr<hub>& alive, renewals::renew what);
    boost::asio::awaitable<void> renew(std::shared_ptr<hub> alive, renewals::renew what,
                                       http_request);
    void renewed(lease_number, const renewed_lease&, instant sent_at);
    void failed(const std::vector<lease_number>& leases, const failure& why);
    void lost(renewals::lost);

    hub& hub_;
    boot_timer timer_;
    renewals policy_;
    std::map<lease_number, std::shared_ptr<holding>> held_;
    bool running_ = false;
};

}  // namespace admit::client
