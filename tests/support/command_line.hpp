// A line language for the core's commands, for transcripts, tests and the reports of the
// simulation.
//
//   acquire pool=db worker=w1 [slots=2] [wait=30s] [ttl=10s] [id=a] [keep=10s] [start]
//           [labels=job:nightly,host:h1]        server_id=s1: an id that the server made
//   renew 17[,18] [ttl=60s] [many]              many: as with `handles`, even for one
//   release 17[,18] [outcome=failed] [many]     token 0: a handle that is not ours
//   cancel a
//   check db 17
//   abandon call=3 [token=17]                   the client of call 3 has gone
//   expire [until=12s] | drain               until: an instant, since the story began
//   pool db limit=2 [mode=paused] [note=…] [default_ttl=…] … [if_match=7|*] [if_none_match=*]
//   patch db limit=3 …                          configure db limit=3 source=file
//   delete db [force] [if_match=7]
//   evict db 17 | evict_worker w1 | drop db 41
//   pools [limit=2] [after=db] | show db | worker w1
//   leases db [limit=2] [after=17] | waiters db … | history db …
#pragma once

#include "server/core/command.hpp"

#include <string>
#include <string_view>

namespace admit::test {

/// The command that a line stands for. An acquire without an id has an empty one: who runs it makes
/// one. Throws `std::invalid_argument` that quotes the line.
core::command parse_command(std::string_view line);

/// The line that stands for a command: `parse_command` gives the same command back.
std::string render(const core::command&);

}  // namespace admit::test
