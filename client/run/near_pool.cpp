#include "client/run/near_pool.hpp"

#include "client/client.hpp"
#include "proto/near_miss.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <string_view>
#include <utility>

namespace admit::client {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds patience{1};
/// Of 100 pools each: whoever has more is not kept waiting for a hint.
constexpr int pages_max = 5;

}  // namespace

asio::awaitable<std::string> near_pool(asio::any_io_executor executor,
                                       std::vector<server_address> servers, failure f,
                                       std::string pool) {
    if (f.why != cause::refused || f.answer.code != errc::unknown_pool) co_return std::string{};
    client server{executor, {.servers = std::move(servers), .patience = patience}};
    std::vector<pool_view> pools;
    calls::list_pools call;
    for (int page = 0; page < pages_max; ++page) {
        result<pools_page> got = co_await server.async_call(call, asio::use_awaitable);
        if (!got) break;
        std::move(got->pools.begin(), got->pools.end(), std::back_inserter(pools));
        if (got->next <= call.after) break;
        call.after = got->next;
    }
    std::vector<std::string_view> names;
    for (const pool_view& each : pools)
        names.push_back(each.pool);
    const std::string_view near = near_miss(pool, names);
    if (near.empty()) co_return std::string{};
    co_return "; did you mean '" + std::string{near} + "'?";
}

std::string near_pool(const std::vector<server_address>& servers, const failure& f,
                      const std::string& pool) {
    asio::io_context loop{1};
    std::string hint;
    asio::co_spawn(
        loop, near_pool(loop.get_executor(), servers, f, pool),
        [&hint](const std::exception_ptr&, std::string found) { hint = std::move(found); });
    loop.run();
    return hint;
}

}  // namespace admit::client
