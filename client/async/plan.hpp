// From what callers ask for to what the policies need.
#pragma once

#include "client/options.hpp"
#include "client/policy/acquisition.hpp"

namespace admit::client {

/// Makes up a request id where the caller has none. `patience` is the client's.
acquisition_plan plan_of(const acquire_options&, span patience);

}  // namespace admit::client
