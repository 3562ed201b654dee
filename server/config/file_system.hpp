// What kind of file system a data directory lies on: whether what is synced there lasts.
#pragma once

#include <cstdint>
#include <string>

namespace admit::config {

enum class file_system : std::uint8_t {
    local,    ///< a disk of this machine, or what says that it is one
    memory,   ///< it ends with the machine
    network,  ///< of another machine: a lock may be lost without a word, and so may a sync
};

/// By the magic number of statfs(2). What is not known is taken for local. Pure.
file_system file_system_of(long magic) noexcept;

/// Of what lies at `path`; local where that cannot be found out.
file_system file_system_at(const std::string& path) noexcept;

}  // namespace admit::config
