// Ends a command whose `admit` was killed with -9. PR_SET_PDEATHSIG reaches only the process that
// was started, not what that one has started in turn: `sh -c 'dump | gzip'` would go on without a
// slot. A tiny process, blocked in a read, outlives admit by the moment that it takes to kill the
// group.
#pragma once

#include <sys/types.h>

namespace admit::client {

class guardian {
public:
    /// Starts the process, before the command. Where that is not possible there is no guardian.
    guardian();
    /// Lets it go: the group lives on.
    ~guardian();
    guardian(const guardian&) = delete;
    guardian& operator=(const guardian&) = delete;

    /// From now on this group ends with us. Safe after fork.
    void watch(pid_t group) noexcept { tell(group); }

private:
    void tell(pid_t group) noexcept;

    int line_ = -1;  ///< the end of the connection that only we have
};

}  // namespace admit::client
