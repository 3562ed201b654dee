// Options that several commands share.
#pragma once

#include "client/cli/arguments.hpp"
#include "client/cli/declarations.hpp"

namespace admit::client {

/// --json, into `into.json`.
void declare_json(declarations&, arguments& into);

/// Of `run` and `acquire`: POOL and the options of an admission, into `into.acquire` and
/// `into.wait`.
void declare_acquire_options(declarations&, arguments& into);

}  // namespace admit::client
