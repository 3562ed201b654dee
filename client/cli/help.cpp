#include "client/cli/help.hpp"

#include "client/run/exit_status.hpp"

namespace admit::client::help {

std::string footer() {
    std::string out = R"(Examples:
  admit run db -- ./backup.sh            waits for a slot of pool db, then runs the command
  admit run -n db -- ./backup.sh         only if a slot is free right now
  handle=$(admit acquire db --wait 30s) && ./step.sh; admit release "$handle"
  admit pool set db limit=4              creates the pool, or changes it
  admit top                              watches pools, holders and lines

Durations: 250ms, 30s, 5m, 1h30m.

Environment: ADMIT_URL (where the server is, or several addresses with commas in between),
ADMIT_WORKER (who asks), NO_COLOR (no colours, not even on a terminal).

Exit status:
)";
    for (const exit_status::meaning& m : exit_status::meanings) {
        const std::string status = m.status;
        out += "  " + status + std::string(11 - status.size(), ' ') + m.text + "\n";
    }
    out.pop_back();
    return out;
}

const char run[] =
    R"(The command gets ADMIT_HANDLE, ADMIT_TOKEN, ADMIT_POOL and ADMIT_URL, stdin, stdout,
stderr and signals. Its lease is renewed while it runs. When the lease is lost, its whole
process group gets TERM, and KILL before the server may give the slot to somebody else.
Without -n or -w it waits as long as it takes.

Examples:
  admit run db -- ./backup.sh                     waits as long as it takes
  admit run -w 30s db -- ./backup.sh              at most 30 seconds, then exit status 75
  admit run -n -E 0 db -- ./backup.sh             not at all, and that is fine
  admit run --if-unreachable run db -- ./backup.sh
  admit run --slots 2 --label job=nightly db -- sh -c 'dump | gzip > dump.gz')";

const char acquire[] =
    R"(Prints the handle, with which the lease is renewed and released. Nobody renews it meanwhile:
it ends after its time to live. Without --wait it is a single try.

Examples:
  admit acquire db                                a single try
  admit acquire db --wait 30s --ttl 10m
  admit acquire db --wait 1h --keep 5m            the place outlives a server that starts again
  admit acquire db --json | jq .token)";

const char renew[] = R"(Examples:
  admit renew "$handle"
  admit renew "$handle" --ttl 10m)";

const char release[] = R"(Released twice is fine.

Examples:
  admit release "$handle"
  admit release "$handle" --outcome failed)";

const char cancel[] =
    R"(Ends the admission wherever it stands: in line, or with its lease. An id that the server has
never seen is remembered, so that an acquire that comes late is refused.

Examples:
  admit acquire db --request-id nightly-7 --wait 1h & admit cancel nightly-7
  admit cancel nightly-7 --json)";

const char check[] =
    R"(For what a pool guards: a write that comes with a token that is not live is to be refused.
Exit status 0 when the token is live, 70 when it is not.

Examples:
  admit check db 17 && ./write.sh
  admit check db "$ADMIT_TOKEN" --json | jq .floor)";

const char pools[] = R"(Examples:
  admit pools
  admit pools --json | jq '.pools[] | select(.waiting > 0)')";

const char pool[] = R"(Examples:
  admit pool show db
  admit pool set db limit=4 default_ttl=1m
  admit pool pause db --note "new disk"; admit pool resume db
  admit pool delete db --force)";

const char pool_show[] = R"(Examples:
  admit pool show db
  admit pool show db --json | jq .stats)";

const char pool_set[] =
    R"(Changes the settings that are named and no others, all or nothing. A pool that does not exist
is created if limit is among them.

Settings:
  limit=4            slots that may be held at once; 0 closes the pool
  mode=open          open, paused or draining
  note="new disk"    shown beside a mode that is not open
  default_ttl=30s    a lease's life between renewals, unless the worker asks for another
  max_ttl=1h         the longest that it may ask for
  max_waiters=10000  how long the line may get
  max_wait=1h        how long one call may wait
  claim=10s          how long a grant waits for a worker that has gone
  start_within=0     how long a lease may stay without a sign of work; 0 is for ever
  label.team=db      a label; label.team= takes it away

Examples:
  admit pool set db limit=4
  admit pool set db limit=8 default_ttl=1m label.team=storage)";

const char pool_pause[] = R"(Leases live on, and whoever waits keeps the place.

Examples:
  admit pool pause db
  admit pool pause db --note "new disk until noon")";

const char pool_resume[] = R"(Opens a pool that was paused or drained, and takes its note away.

Examples:
  admit pool resume db)";

const char pool_drain[] = R"(Leases live on until they end; whoever waits is refused.

Examples:
  admit pool drain db --note "moves to pool db2")";

const char pool_delete[] =
    R"(A pool with leases or waiters is not deleted without --force. The pool default stays.

Examples:
  admit pool delete db
  admit pool delete db --force)";

const char leases[] = R"(Examples:
  admit leases db
  admit leases db --json | jq '.leases[].worker')";

const char waiters[] = R"(Examples:
  admit waiters db
  admit waiters db --json | jq '.waiters | length')";

const char history[] = R"(As long as the server remembers them; the oldest come first.

Examples:
  admit history db
  admit history db --json | jq '.ended[] | select(.outcome == "expired")')";

const char worker[] = R"(A name that the server has never seen is idle.

Examples:
  admit worker backup
  admit worker backup --json | jq .state)";

const char evict[] =
    R"(The slots are free at once. The worker learns of it when it renews; admit run then ends its
command. All leases of a worker are evicted when its machine has died.

Examples:
  admit evict db 17
  admit evict --worker backup)";

const char top[] = R"(Keys: q or Ctrl-C quits.

Examples:
  admit top
  admit top --interval 5s
  admit top --once | less)";

const char demo[] =
    R"(Four workers, two slots, each works 100 ms: two are admitted, two are rejected and stand in
line until the first two have released. On a pool of its own, which is deleted at the end.

Examples:
  admit demo)";

const char version[] = R"(Examples:
  admit version
  admit version --json | jq -r .server.commit)";

}  // namespace admit::client::help
