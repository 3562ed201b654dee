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

/// Of SipHash: short inputs are what it is made for, at a tenth of BLAKE2b's price.
using sip_key = std::array<unsigned char, 16>;

/// A key from the operating system. Throws where it has none.
secret_key fresh_key();

/// Makes and checks `<token>.<MAC>`: SipHash-2-4 of 128 bits (Aumasson and Bernstein, 2012) over
/// the token, in base64url, with a key that BLAKE2b derives from the secret one for each namespace.
/// The same token always gets the same handle. Any thread.
class handles {
public:
    /// `key` lives as long as the leases do: another key makes all handles foreign.
    explicit handles(const secret_key& key, std::string_view name_space = "default");

    std::string make(admit::token token) const;
    /// The token, or 0 for what is not a handle of ours. Takes the same time for any two texts of
    /// the same length.
    admit::token check(std::string_view handle) const noexcept;

private:
    sip_key key_;
};

/// Makes names that nobody can guess and that never repeat while the process lives. Any thread; no
/// system call after the construction.
class id_maker {
public:
    id_maker();

    std::string make();

private:
    sip_key key_;
    std::atomic<std::uint64_t> count_{0};
};

}  // namespace admit::http
