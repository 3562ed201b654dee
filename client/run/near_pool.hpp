// "Did you mean …?" for a pool that does not exist.
#pragma once

#include "client/address.hpp"
#include "client/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace admit::client {

/// What `message(f)` is to be followed by: `; did you mean 'db'?` where the server refused `pool`
/// as unknown and has one of nearly that name, else nothing. Asks the server only then, and for one
/// second at most.
boost::asio::awaitable<std::string> near_pool(boost::asio::any_io_executor,
                                              std::vector<server_address> servers, failure f,
                                              std::string pool);

/// The same, for whoever has no loop of its own.
std::string near_pool(const std::vector<server_address>& servers, const failure& f,
                      const std::string& pool);

}  // namespace admit::client
