// Every maximum and every interval of the engine, with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace admit::engine::limits {

/// The lease clock is ticked and every loop gives a sign of life at least this often.
inline constexpr std::chrono::nanoseconds tick = std::chrono::milliseconds(100);

/// How far leases run on without a sign of life from every loop and from the journal: two missed
/// ticks on a busy machine are normal, more is a stall. Also the longest step of the lease clock.
inline constexpr std::chrono::nanoseconds lead_max = std::chrono::milliseconds(250);

/// Records in one append, exceeded by less than one frame: a sync of a few hundred KiB takes hardly
/// longer than one of a few bytes, and beyond that the wait for it would grow.
inline constexpr std::size_t batch_records_max = 8'192;

/// Answers that a loop hands out in one turn before others have theirs: each makes a session
/// write to its socket, and 256 of them take a few milliseconds. How many wait is bounded by the
/// calls that wait for them.
inline constexpr std::size_t answers_per_turn = 256;

/// Sockets that a reactor turn is sure to look at: Asio takes 128 events from epoll at once, of
/// which its own interrupter, its timer, signals and the listeners may be a few.
inline constexpr std::int64_t sockets_per_turn = 120;

/// Reads that one request may need: the longest renewal is some 50 KiB, of which each reads what is
/// left of 4 KiB beside the header; and a connection that is parked has to wake up first.
inline constexpr std::int64_t reads_per_request = 16;

/// Turns of a loop from the beginning of a read to that of the next: one hands over what was read,
/// one decides it and reads on.
inline constexpr std::int64_t turns_per_read = 2;

/// Passes over all loops before anything expires after a stall. During the first the listener takes
/// the connections that queued up and hands them to their loops, during the second those are read.
inline constexpr int passes_after_stall = 2;

/// What a client is told to wait after a journal failure: about the time of a restart.
inline constexpr std::int64_t restart_ms = 1'000;

/// What a client is told to wait while the disk is nearly full: somebody has to make room first.
inline constexpr std::int64_t no_room_ms = 10'000;

}  // namespace admit::engine::limits
