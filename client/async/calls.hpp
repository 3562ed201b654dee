// The calls of the contract that the client makes, over one connection: values in, values out.
// What ends in `_once` is sent once; the others are repeated with back-off until `give_up_at`.
#pragma once

#include "client/async/connection.hpp"
#include "proto/codec.hpp"
#include "proto/requests.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace admit::client {

/// 200 and 202 to an acquire.
using acquire_answer = std::variant<admitted, queued>;

/// Used from its executor's thread, one call at a time; outlives the calls.
class calls {
public:
    calls(const boost::asio::any_io_executor&, server_address);

    template <class T>
    using answer_of = boost::asio::awaitable<result<T>>;

    answer_of<acquire_answer> acquire_once(acquire_request, instant answer_by);
    answer_of<renewed_lease> renew_once(renew_request, instant answer_by);
    answer_of<cancelled> cancel_once(cancel_request, instant answer_by);

    answer_of<renewed_lease> renew(renew_request, instant give_up_at);
    answer_of<released_lease> release(release_request, instant give_up_at);
    answer_of<cancelled> cancel(cancel_request, instant give_up_at);
    /// All pools, page by page.
    answer_of<std::vector<pool_view>> pools(instant give_up_at);
    /// Creates a pool, or replaces its settings by the defaults and this limit.
    answer_of<done> set_pool(std::string pool, std::int64_t limit, instant give_up_at);
    /// Evicts and refuses whoever is there; a pool that is not there is as good as deleted.
    answer_of<done> delete_pool(std::string pool, instant give_up_at);

    /// Breaks off the call that is under way.
    void abort() { connection_.abort(); }

private:
    boost::asio::awaitable<result<http_response>> ask(http_request, instant answer_by);
    boost::asio::awaitable<result<http_response>> insist(http_request, instant give_up_at);

    boost::asio::any_io_executor executor_;
    connection connection_;
};

}  // namespace admit::client
