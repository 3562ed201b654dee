// The functions behind the rows of the route table, by who calls them.
#pragma once

#include "server/http/route.hpp"

namespace admit::http {

// route_worker.cpp
outcome acquire(const parameters&);
outcome renew(const parameters&);
outcome release(const parameters&);
outcome cancel(const parameters&);
outcome check(const parameters&);

// route_observer.cpp
outcome list_pools(const parameters&);
outcome show_pool(const parameters&);
outcome list_leases(const parameters&);
outcome list_waiters(const parameters&);
outcome list_history(const parameters&);
outcome show_worker(const parameters&);

// route_operator.cpp
outcome put_pool(const parameters&);
outcome patch_pool(const parameters&);
outcome delete_pool(const parameters&);
outcome evict_lease(const parameters&);
outcome drop_waiter(const parameters&);
outcome evict_worker(const parameters&);

}  // namespace admit::http
