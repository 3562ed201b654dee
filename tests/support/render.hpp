// What comes out of the core as one line each, for transcripts and for the messages of failed
// tests.
#pragma once

#include "proto/answers.hpp"
#include "server/core/effects.hpp"
#include "server/core/record.hpp"

#include <string>

namespace admit::test {

/// E.g. `acquired 17 id=a worker=w1 db slots=1 active=1/2 floor=17 ttl=30s renew_in=10s waited=0`.
/// Of listings: a line per row, the first one says how many.
std::string render(const answer&);

/// E.g. `granted 17 db worker=w1 id=a calls=1`. Volatile ones begin with `~`, durable ones with
/// `+`.
std::string render(const core::record&);

/// E.g. `acquired 17 db worker=w1 1/2 active`.
std::string render(const core::event&);

}  // namespace admit::test
