// Chance for the client: jitter and the names of requests.
#pragma once

#include <cstdint>
#include <string>

namespace admit::client {

/// 64 random bits from the operating system.
std::uint64_t random_word();

/// A request id that nobody else has and nobody can guess: 128 random bits in hexadecimal.
std::string random_request_id();

}  // namespace admit::client
