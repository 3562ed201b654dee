// The secrets that the edge makes and checks: lease handles, and request ids for clients that sent
// none. Nothing behind the edge sees a handle, and none is stored.
#pragma once

#include "proto/values.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace admit::http {

/// 256 bits that nobody may guess.
using secret_key = std::array<unsigned char, 32>;

/// A key from the operating system. Throws where it has none.
secret_key fresh_key();

/// Makes and checks `<token>.<MAC>`: a keyed BLAKE2b of 128 bits over namespace and token, in
/// base64url. The same token always gets the same handle. Any thread.
class handles {
public:
    /// `key` lives as long as the leases do: another key makes all handles foreign.
    explicit handles(const secret_key& key, std::string_view name_space = "default");

    std::string make(admit::token token) const;
    /// The token, or 0 for what is not a handle of ours. Takes the same time for any two texts of
    /// the same length.
    admit::token check(std::string_view handle) const noexcept;

private:
    using mac = std::array<unsigned char, 16>;
    mac mac_of(admit::token token) const noexcept;

    secret_key key_;
    std::string name_space_;
};

/// Makes names that nobody can guess and that never repeat while the process lives. Any thread; no
/// system call after the construction.
class id_maker {
public:
    id_maker();

    std::string make();

private:
    secret_key key_;
    std::atomic<std::uint64_t> count_{0};
};

}  // namespace admit::http
