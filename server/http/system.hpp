// What the server answers itself: whether it lives and is ready, which one it is, its metrics and
// its contract.
#pragma once

#include "server/http/respond.hpp"
#include "server/http/service.hpp"

#include <string>

namespace admit::http {

/// Appends the reply to `out` and returns its status. Does not wait for the journal.
int respond(system_call, const service&, const envelope&, std::string& out);

}  // namespace admit::http
