// What --help says below the lists of options.
#pragma once

namespace admit::client::help {

inline constexpr char about[] =
    "Decides how many may run at once: asks an Admit server for slots of its pools.";

inline constexpr char footer[] = R"(Examples:
  admit run db -- ./backup.sh            waits for a slot of pool db, then runs the command
  admit run -n db -- ./backup.sh         only if a slot is free right now
  handle=$(admit acquire db --wait 30s) && ./step.sh; admit release "$handle"
  admit pools

Durations: 250ms, 30s, 5m, 1h30m.

Environment: ADMIT_URL (where the server is), ADMIT_WORKER (who asks).

Exit status:
  0        done
  1        refused for another reason than the following
  64       wrong use: options, an unknown pool, more slots than the pool has
  69       no server, or one that cannot answer
  70       the lease is gone
  75       not admitted, try later
  run ends with the command's own status, 128+n after signal n, 126 where the command
  cannot be executed and 127 where there is none.)";

inline constexpr char run[] =
    R"(The command gets ADMIT_HANDLE, ADMIT_TOKEN, ADMIT_POOL and ADMIT_URL, stdin, stdout,
stderr and signals. Its lease is renewed while it runs. When the lease is lost, its whole
process group gets TERM, and KILL before the server may give the slot to somebody else.

Examples:
  admit run db -- ./backup.sh                     waits as long as it takes
  admit run -w 30s db -- ./backup.sh              at most 30 seconds, then exit status 75
  admit run -n db -- ./backup.sh                  not at all
  admit run --slots 2 --label job=nightly db -- sh -c 'dump | gzip > dump.gz')";

inline constexpr char acquire[] =
    R"(Prints the handle, with which the lease is renewed and released. Nobody renews it meanwhile:
it ends after its time to live.

Examples:
  admit acquire db                                a single try
  admit acquire db --wait 30s --ttl 10m
  admit acquire db --json | jq .token)";

inline constexpr char renew[] = R"(Examples:
  admit renew "$handle"
  admit renew "$handle" --ttl 10m)";

inline constexpr char release[] = R"(Released twice is fine.

Examples:
  admit release "$handle"
  admit release "$handle" --outcome failed)";

inline constexpr char pools[] = R"(Examples:
  admit pools
  admit pools --json | jq '.pools[] | select(.waiting > 0)')";

inline constexpr char demo[] =
    R"(Four workers, two slots, each works 100 ms: two are admitted, two are rejected and stand in
line until the first two have released. On a pool of its own, which is deleted at the end.)";

}  // namespace admit::client::help
