// Where the server is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace admit::client {

struct server_address {
    std::string host = "127.0.0.1";  ///< a name or an IP address; IPv6 without brackets
    std::uint16_t port = 8080;

    friend bool operator==(const server_address&, const server_address&) = default;
};

/// `http://host[:port][/]` or `host[:port]`; an IPv6 address stands in brackets. Nothing for
/// anything else, https and paths included.
std::optional<server_address> parse_address(std::string_view text);

/// `host:port` as the header Host has it.
std::string authority(const server_address&);
/// `http://host:port`.
std::string url(const server_address&);

/// One or more addresses with commas in between; nothing where one of them is none.
std::optional<std::vector<server_address>> parse_addresses(std::string_view text);
/// What `parse_addresses` reads.
std::string urls(const std::vector<server_address>&);

}  // namespace admit::client
