// A transcript: commands in the language of support/command_line.hpp, and what came out of the
// core.
//
//   # What this shows.            comments stay
//   pool db limit=1               one or more commands
//   acquire pool=db worker=w1
//   ----
//   > pool db limit=1             of several commands, each one's own line
//   + granted 1 db …              durable records; ~ is a volatile one
//   #1 acquired 1 …               the answer to acquire number 1; other calls have no number
//                                 a blank line ends the block
//
// Besides commands: `settings remember=10s ended_max=3 slice=2 first_token=… first_ticket=…`
// (first), `advance 5s` (expiring what is due on the way), `oversleep 5s` (nobody looks),
// `restart`, `count`, `events` (from now on they are shown, after a !).
#pragma once

#include <string>

namespace admit::test {

/// The transcript with everything that comes out written anew. Throws `std::invalid_argument` where
/// a line cannot be understood.
std::string play_transcript(const std::string& text);

}  // namespace admit::test
