// How many connections the process can have: each is a file descriptor.
#pragma once

#include <cstddef>

namespace admit::http {

/// Raises the process's soft limit on open descriptors to what `limits::connections_max` needs, or
/// as far as the hard limit lets it, and returns the limit then in force. For the start of `main`.
std::size_t raise_descriptor_limit() noexcept;

/// How many connections a process with that many descriptors may have; at least one.
std::size_t connections_for(std::size_t descriptors) noexcept;

}  // namespace admit::http
