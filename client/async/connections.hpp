// The connections of one client: as many as it has calls under way, and a few that are kept open.
#pragma once

#include "client/async/canceller.hpp"
#include "client/async/connection.hpp"
#include "client/policy/servers.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace admit::client {

/// Used from its executor's thread; outlives the exchanges.
class connections {
public:
    /// How long one server may take to accept a connection.
    static constexpr span connect_within = 5s;
    /// A worker with one lease and one waiting acquire needs two.
    static constexpr std::size_t idle_max = 8;

    /// `addresses` is not empty; the first one is asked first.
    connections(const boost::asio::any_io_executor&, std::vector<server_address> addresses);

    /// Sends one request to the server that answers, and reads the answer whatever its status. When
    /// no connection can be made or the answer is 503, the other servers are tried at once. Fails
    /// with `unreachable`, `lost` or `garbled`; `lost` when `stop` is cancelled.
    boost::asio::awaitable<result<http_response>> exchange(http_request, instant answer_by,
                                                           canceller& stop);

    std::size_t server_count() const noexcept { return servers_.count(); }

private:
    struct link {
        std::size_t server;
        std::unique_ptr<connection> line;
    };

    static boost::asio::awaitable<result<http_response>> exchange_on(connection&, http_request,
                                                                     span connect_within,
                                                                     instant answer_by,
                                                                     canceller& stop);
    link take();
    void keep(link);
    void forget(std::size_t server);

    boost::asio::any_io_executor executor_;
    std::vector<server_address> addresses_;
    servers servers_;
    std::vector<link> idle_;  ///< the one used last is at the end
};

}  // namespace admit::client
