// Holding many leases: which to renew when, as few calls as possible for all of them, and whom to
// tell that it is over. Sans-IO: the shell asks for the next step, does it, and tells what came.
#pragma once

#include "client/policy/tenure.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace admit::client {

/// Names a lease to its client: two acquires with one request id get the same token, and each of
/// them has to be renewed and told.
using lease_number = std::uint64_t;

/// The leases of one client, each by its number.
///
/// Call `next(now)` and do what it says; ask again after each step, after `add` and `drop`, and
/// when time has passed. Several renewals may be on their way at once, each with leases of its own,
/// so that a call that hangs holds up nobody else. After `renew`, exactly one of `renewed` and
/// `failed` for each of its leases; both ignore a lease that was dropped meanwhile. O(leases).
class renewals {
public:
    /// Send one renewal of these; take no answer for a failure at `answer_by`.
    struct renew {
        std::vector<lease_number> leases;
        instant answer_by;
    };
    /// Nothing to do until then; `instant::max()`: until one is added or told of.
    struct wait {
        instant until;
    };
    /// This one is over and no longer held here.
    struct lost {
        lease_number lease;
        failure why;
        instant deadline;  ///< of the slots; has passed where the server said that it is over
    };
    using step = std::variant<renew, wait, lost>;

    void add(lease_number, tenure);
    /// It was given back, or nobody wants it kept. Unknown ones are ignored.
    void drop(lease_number) noexcept;
    bool empty() const noexcept { return held_.empty(); }

    step next(instant now);

    void renewed(lease_number, const renewed_lease&, instant sent_at, instant now);
    void failed(lease_number, const failure&, instant now);

    /// Until when that lease may be believed; nothing for one that is not held.
    std::optional<instant> deadline(lease_number) const noexcept;

private:
    struct entry {
        tenure held;
        bool asked = false;  ///< a renewal is on its way
    };

    renew gather(instant now);

    std::map<lease_number, entry> held_;
};

}  // namespace admit::client
