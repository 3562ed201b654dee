// The journal: where the records of what happened become durable. One small interface; each backend
// is unaware of the others and made by one factory (server/journal/open.hpp).
#pragma once

#include "server/core/record.hpp"
#include "server/core/time.hpp"

#include <functional>
#include <span>
#include <system_error>
#include <vector>

namespace admit::journal {

/// The durable records of one command, in the order in which they were decided. A frame is kept
/// whole or not at all.
struct frame {
    core::instant at;  ///< the lease clock when they were decided
    std::vector<core::record> records;
};

enum class append_result {
    durable,  ///< everything handed over so far will survive; `on_done` is not called
    pending,  ///< `on_done` will be called exactly once
};

/// Called when an append has ended, on a thread of the journal's choosing but never from within
/// `append`. An error is final: what the journal holds is unknown until the next start.
using append_done = std::function<void(std::error_code)>;

/// A log of frames with one user, who keeps at most one append outstanding.
class journal {
public:
    virtual ~journal() = default;

    /// Makes `batch` durable, in order and after everything appended before; no frames is a
    /// barrier. `batch` stays untouched and alive until the append has ended. After an error no
    /// further append is accepted: it ends with the same error.
    virtual append_result append(std::span<const frame> batch, append_done on_done) = 0;

    /// Hands every frame to `visit` in the order of their appends. Before the first append only.
    virtual void replay(const std::function<void(const frame&)>& visit) = 0;

    /// Waits for an outstanding append and lets go of what the journal holds. Idempotent.
    virtual void close() = 0;

    /// Whether frames outlive the process: an engine spares itself the frames otherwise.
    virtual bool keeps() const noexcept = 0;
};

}  // namespace admit::journal
