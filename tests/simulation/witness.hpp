// Watches a core's records and replies for what must hold whatever was asked: capacity, order,
// tokens, one end per lease, one answer per call. Knows nothing of the rules that lead there.
#pragma once

#include "server/core/effects.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace admit::test {

class witness {
public:
    /// A call was made; `abandon`, `expire` and `drain` are none.
    void called(core::call_id);
    /// What a step brought about. Empty while all is well, else the first breach.
    std::string watch(const core::effects&);
    /// Once a command has run to its end: nobody waits who could be admitted, nobody who never
    /// could, and nobody in a pool that drains. Empty where that is so.
    std::string settled() const;
    /// A new process: calls have ended, and what was not journaled is gone.
    void restarted();

    /// Calls without an answer.
    std::size_t open_calls() const { return open_.size(); }

private:
    struct live_lease {
        std::string pool;
        std::int64_t slots = 0;
    };
    struct waiter {
        std::string pool;
        std::int64_t slots = 0;
        bool journaled = false;
    };

    void watch_record(const core::record&);
    void grant(const core::granted&);
    void end(const core::ended&);
    std::int64_t active(std::string_view pool) const;
    void check_floors();
    void breach(std::string what) {
        if (breach_.empty()) breach_ = std::move(what);
    }

    std::map<std::string, pool_settings, std::less<>> pools_;
    std::map<admit::token, live_lease> leases_;
    std::map<admit::ticket, waiter> line_;
    std::map<std::string, admit::token, std::less<>> floors_;
    std::set<core::call_id> open_;
    admit::token last_token_ = 0;
    admit::ticket last_ticket_ = 0;
    std::string breach_;
};

}  // namespace admit::test
