// The chain over what a journal holds: each link's hash covers the one before, so that nothing can
// be missing, altered or exchanged in between without being noticed. Not against those who can
// write the files and compute it again.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace admit::journal {

/// BLAKE2b, 128 bits of it.
using digest128 = std::array<std::uint8_t, 16>;

digest128 hash_of(std::string_view bytes);

/// The hash of a link: a row of the journal, or a part of a snapshot.
/// `stamp`: what else is told beside the body.
digest128 link(const digest128& before, std::uint64_t number, std::int64_t stamp,
               std::string_view body);

/// A name that no other journal has.
digest128 fresh_id();

std::string_view as_bytes(const digest128&) noexcept;

}  // namespace admit::journal
