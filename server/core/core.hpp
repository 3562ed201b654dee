// The admission core: a deterministic machine of values. Commands and instants go in, records,
// replies and events come out. It knows no thread, clock, socket, randomness or log.
#pragma once

#include "server/core/command.hpp"
#include "server/core/effects.hpp"
#include "server/core/image.hpp"
#include "server/core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace admit::core {

/// What the engine decides for a core when it makes one.
struct settings {
    admit::token first_token = 1;
    admit::ticket first_ticket = 1;
    /// Of the hash tables, whose keys clients choose, and of the jitter in hints.
    std::uint64_t seed = 0;
    /// How long the end of a lease and a client's request id are remembered, at least.
    std::int64_t remember_ms = 600'000;
    /// How many of each are remembered at most; the oldest go first.
    std::size_t ended_max = 1'000'000;
    /// A step decides about this many records; what is longer goes on in `resume`.
    std::size_t slice_records = 256;
    /// A line is served so often in a row while other lines and long commands wait: enough that
    /// most decisions are followed up before the next, and whoever waits gets what has become free.
    std::size_t turn_records = 16;
};

class state;
class decider;

/// One namespace's admission state and the rules that change it.
///
/// How to drive it (one thread at a time; `now` never decreases):
///   A. `step(command, call, now, out)` decides one command and clears `out` first. Every call gets
///      exactly one reply, now or in a later step; `abandon`, `expire` and `drain` have none. A
///      step never fails: what a client may do wrong is answered with a problem.
///   B. While `out.more`, call `resume(now, out)` again; other steps may come in between.
///   C. `next_deadline()` says when `expire` is due; ask after every step.
///   D. `restore(image)` and `replay(record, at)` rebuild state from a journal, before the first
///      step; then `raise(…)` and `recovered(now, out)` begin the new process.
/// After each of A, B and D do what `effects` says, in its order.
///
/// Every operation is O(log n) in leases, waiters, pools and what is remembered, times the records
/// that it decides.
class core {
public:
    explicit core(const settings&);
    ~core();
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    void step(const command&, call_id, instant now, effects& out);
    void resume(instant now, effects& out);
    /// None while an `expire` is still being worked off: there is always one `resume` to come,
    /// then.
    std::optional<instant> next_deadline() const;

    /// Records come in the order in which they were decided; volatile ones may be missing.
    void replay(const record&, instant at);
    /// Likewise, from a snapshot: all images of one state in their order, into a core that has seen
    /// nothing yet, before the records that came after it.
    void restore(const image&);

    /// Appends about `most` further images to `out` and moves `from` on, until `from.over`. Nothing
    /// may change between the first of these calls and the last.
    void images(image_cursor& from, std::size_t most, std::vector<image>& out) const;

    /// For a core that only replays: drops what is due to be forgotten at `now`, at most `most`
    /// things in one call. Returns whether there is more.
    bool forget(instant now, std::size_t most);

    /// Changes with every durable fact that counts (pools, live leases, kept places, the next
    /// token), and is the same for any two cores in which these are the same, however they came
    /// about. No volatile record changes it. Not for safety from those who choose the facts. O(1).
    std::uint64_t digest() const noexcept;

    /// Begins a process whose tokens and tickets are at least these: a durable record. Numbers that
    /// the former process gave and never made durable are not given again then.
    void raise(const raised&, instant now, effects& out);

    /// What `raise` would find: the token and the ticket that come next.
    raised next_numbers() const noexcept;

    /// From now on nobody is admitted out of a line, until `open_lines`. An acquire that finds no
    /// line is decided as ever; who wants nobody admitted does not ask.
    void close_lines() noexcept;
    void open_lines(instant now, effects& out);

    /// Ends recovery: each live lease gets its whole TTL from `now`, each kept place its `keep_ms`;
    /// places that were not to be kept are gone.
    void recovered(instant now, effects& out);

    /// The whole state as text, one line per pool, waiter, lease and remembered thing, in a fixed
    /// order; calls and counters of answers left out where `durable_only`. For tests and tools.
    std::string describe(bool durable_only = false) const;

    /// How much of everything there is; 0 calls and waiters after everybody has left.
    struct counts {
        std::size_t pools = 0, leases = 0, waiters = 0, calls = 0, ended = 0, cancelled_ids = 0;
    };
    counts count() const;

private:
    std::unique_ptr<state> state_;
    std::unique_ptr<decider> decider_;
};

}  // namespace admit::core
