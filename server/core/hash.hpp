// A seeded hash for keys that clients choose: without the seed nobody can make them collide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace admit::core {

/// SipHash-1-3 (Aumasson and Bernstein, 2012), the variant that Rust's and Ruby's tables use.
std::uint64_t siphash13(std::uint64_t k0, std::uint64_t k1, std::string_view bytes) noexcept;

/// A bijective mix of 64 bits (the finalizer of splitmix64): spreads numbers that only count up.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/// Hasher of tables whose keys only count up, for `table`: 256 neighbours go to one part of it,
/// which chance chooses, and lie side by side there, at a place that chance chooses too: keys that
/// are left over at equal distances do not meet. What comes together is found together, often in
/// one cache line.
struct number_hash {
    std::size_t operator()(std::uint64_t number) const noexcept {
        constexpr std::uint64_t part_bits = std::uint64_t{0xff} << 56;
        const std::uint64_t chance = mix(number >> 8);
        return static_cast<std::size_t>((chance & part_bits) | ((number + chance) & ~part_bits));
    }
};

/// Hasher of string-keyed tables; transparent, so that a look-up makes no string. Not noexcept:
/// only then does libstdc++ keep the hash in each node, instead of reading every key again in a
/// rehash.
struct string_hash {
    using is_transparent = void;
    std::uint64_t seed = 0;

    std::size_t operator()(std::string_view text) const {
        return static_cast<std::size_t>(siphash13(seed, mix(seed), text));
    }
};

}  // namespace admit::core
