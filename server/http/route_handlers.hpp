// The functions behind the rows of the route table, by who calls them.
#pragma once

#include "server/http/route.hpp"

namespace admit::http {

// route_worker.cpp
task acquire(const parameters&);
task renew(const parameters&);
task release(const parameters&);
task cancel(const parameters&);
task check(const parameters&);

// route_observer.cpp
task list_pools(const parameters&);
task show_pool(const parameters&);
task list_leases(const parameters&);
task list_waiters(const parameters&);
task list_history(const parameters&);
task show_worker(const parameters&);

// route_operator.cpp
task put_pool(const parameters&);
task patch_pool(const parameters&);
task delete_pool(const parameters&);
task evict_lease(const parameters&);
task drop_waiter(const parameters&);
task evict_worker(const parameters&);
task backup(const parameters&);

}  // namespace admit::http
