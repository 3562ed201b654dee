// What a step of the core gives back, and in which order its user has to act on it.
#pragma once

#include "proto/answers.hpp"
#include "server/core/record.hpp"

#include <string>
#include <vector>

namespace admit::core {

/// The answer to one call.
struct reply {
    call_id call = 0;
    admit::answer answer;
};

enum class event_kind : std::uint8_t {
    acquired,   ///< a lease was given (unclaimed ones too)
    claimed,    ///< its worker came for it
    unclaimed,  ///< nobody could be told of it, and it is kept
    busy,       ///< its worker confirmed it
    released,
    expired,    ///< expired or not started
    evicted,
    taken_back, ///< unclaimed or abandoned
    queued,
    left,
    rejected,
    pool_changed,
    pool_deleted,
};

/// Something that people and dashboards want to know, with the pool's numbers right after it.
struct event {
    event_kind kind = event_kind::acquired;
    std::string pool;
    admission_ref who;              ///< none for rejected, pool_changed and pool_deleted
    std::string worker;             ///< of rejected: it has no admission
    admit::token token = 0;         ///< of all that is about one lease
    errc code = errc::pool_full;    ///< of rejected
    leave_reason why{};             ///< of left
    ending how{};                   ///< of what ends a lease
    std::int64_t limit = 0;
    std::int64_t active = 0;
    std::int64_t waiting = 0;
    std::int64_t unclaimed = 0;
    duration waited{};  ///< of acquired and left: since it stood in line, 0 if it never did
    duration held{};    ///< of what ends a lease: since its TTL first began
};

/// The output of a step. Its user owns it and reuses it: the vectors keep their memory.
struct effects {
    /// 1. Append the durable ones, in this order and as one frame that no batch splits. The state
    ///    already contains them all.
    std::vector<record> records;

    /// 2. Hand out only when the journal holds everything decided so far, by this step and by all
    ///    before it: refusals and reads too, so that nobody is shown state that may vanish.
    std::vector<reply> replies;

    /// 3. For metrics, logs and streams, at any time.
    std::vector<event> events;

    /// 4. The command was too long for one step: call `resume`, after letting others have a turn.
    bool more = false;

    void clear() {
        records.clear();
        replies.clear();
        events.clear();
        more = false;
    }
};

}  // namespace admit::core
