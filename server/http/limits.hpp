// Every number that bounds what a client can make the HTTP side hold or wait for, with its reason.
// The bounds that clients need to know are in proto/limits.hpp.
#pragma once

#include "proto/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace admit::http::limits {

/// Request line and fields: what nginx and Apache give one header buffer. Honest clients send 1
/// KiB.
inline constexpr std::size_t header_bytes_max = 8 * 1024;
/// Honest clients send about ten fields; each one costs a look-up.
inline constexpr std::size_t header_fields_max = 64;
/// The longest honest target is a worker's name with every byte percent-encoded: 400 bytes.
inline constexpr std::size_t target_bytes_max = 2 * 1024;

/// Chunk extensions mean nothing here; a body of many tiny chunks must not be a free ride.
inline constexpr std::size_t chunk_extension_bytes_max = 4 * 1024;
/// One chunk's first line, or the trailers. With the header it fits the read buffer.
inline constexpr std::size_t chunk_line_bytes_max = 8 * 1024;

/// A connection's read buffer: enough for most requests, so that many idle ones cost little …
inline constexpr std::size_t read_bytes_first = 4 * 1024;
/// … and as far as it grows. Also what is read ahead of a call that waits, to notice the end.
inline constexpr std::size_t read_bytes_max = 16 * 1024;
static_assert(header_bytes_max + chunk_line_bytes_max <= read_bytes_max);
/// So long may as much be read ahead of a call that waits. A client with more behind it cannot be
/// seen to go: its end stays in its kernel, and a slot would be granted to nobody. So more than 16
/// KiB behind a call that waits ends the connection within two seconds (the next sweep).
inline constexpr std::chrono::seconds full_time{1};

/// Pipelined requests that may be decided and wait for the journal. Enough to fill a batch.
inline constexpr std::size_t replies_pending_max = 64;
/// Output that a client has not taken yet; beyond it nothing more of its requests is decided. One
/// reply may be larger: a page of 1 000 rows has about 300 KiB.
inline constexpr std::size_t output_bytes_max = 256 * 1024;
/// A reply buffer that a large page has left behind is given back above this.
inline constexpr std::size_t output_bytes_kept = 16 * 1024;

/// Of a backup that is being sent, so much is in memory: what a socket's buffer takes at once.
inline constexpr std::size_t download_bytes = 64 * 1024;
/// A backup whose client takes less than this on average is given up: there is one at a time, and
/// it takes room on the disk.
inline constexpr std::uint64_t download_bytes_per_second_min = 16 * 1024;

/// Absolute, so that a byte now and then does not hold a connection. The first request's header
/// counts from the accept, any other's from its first byte.
inline constexpr std::chrono::seconds header_time{10};
inline constexpr std::chrono::seconds body_time{10};
/// Between two requests; above the 60 s that clients and proxies commonly keep a connection.
inline constexpr std::chrono::seconds idle_time{75};
/// A client that takes nothing of its reply for so long does not read.
inline constexpr std::chrono::seconds write_time{10};
/// After the last reply: how long and how much is read and thrown away, so that the client reads
/// the reply before it learns that the connection was closed. Many clients read nothing before they
/// have sent all of a body, even one that is too large; the time bounds what that can cost.
inline constexpr std::chrono::seconds linger_time{2};
inline constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;

/// Sessions that decide before the first of them writes. Fewer gain less; more have the first wait
/// for longer, and keep more replies in memory at once: a page of 1 000 rows each are 20 MiB.
inline constexpr std::size_t sessions_together = 64;

/// How often each loop looks at the deadlines of its sessions and renews the cached date.
inline constexpr std::chrono::seconds sweep_time{1};
/// An idle connection gives its read buffer back after so long.
inline constexpr std::chrono::seconds park_time{1};

/// Both notice a host that vanished without a word: probes on a silent connection after 30 s, every
/// 10 s, three times; and 30 s for a reply that nobody acknowledges.
inline constexpr int keepalive_idle_seconds = 30;
inline constexpr int keepalive_interval_seconds = 10;
inline constexpr int keepalive_probes = 3;
inline constexpr int unacknowledged_ms_max = 30'000;

/// Connections of one server, if the process may open as many descriptors. A parked one costs about
/// 2 KiB, the kernel's part left aside.
inline constexpr std::size_t connections_max = 100'000;
/// Descriptors that are not connections: loops, listeners, journal, log, configuration.
inline constexpr std::size_t descriptors_kept = 128;
/// The listener's queue; the kernel lowers it to net.core.somaxconn.
inline constexpr int backlog = 4'096;
/// Connections that the listener takes in one turn of its loop: a millisecond's work or so.
inline constexpr int accepts_per_turn = 64;
/// How long the listener lets the process recover when it cannot open another descriptor.
inline constexpr std::chrono::milliseconds accept_pause{100};

/// `Retry-After` of an answer, in whole seconds.
inline constexpr std::int64_t retry_after_seconds_max = 60;
/// The hint of a 429 or 503 for which nobody knew a better one.
inline constexpr std::int64_t retry_after_ms_default = 1'000;

}  // namespace admit::http::limits
