#include "client/random.hpp"

#include <array>
#include <random>

namespace admit::client {

std::uint64_t random_word() {
    thread_local std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

std::string random_request_id() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id;
    for (int i = 0; i < 2; ++i)
        for (std::uint64_t word = random_word(), left = 16; left > 0; --left, word >>= 4)
            id += digits[word & 15];
    return id;
}

}  // namespace admit::client
