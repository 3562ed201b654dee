// From what callers ask for to what the policies need.
#pragma once

#include "client/client.hpp"
#include "client/policy/acquisition.hpp"

namespace admit::client {

/// Makes up a request id where the caller has none.
acquisition_plan plan_of(const acquire_options&);

}  // namespace admit::client
