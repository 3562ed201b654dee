// The journal of `--ephemeral`: what happened is durable for as long as the process lives.
#pragma once

#include "server/journal/journal.hpp"

#include <memory>

namespace admit::journal {

/// Every append is durable at once; nothing is kept and nothing replayed.
std::unique_ptr<journal> make_memory();

}  // namespace admit::journal
