"""The look after each restart: what was acknowledged before is held against what the new server
says."""

import time

from .lease import hold
from .wire import Line

AT_ONCE = 1000  # handles in a call, rows of a page


def listed(line, kind, pool):
    """All rows of leases or waiters of a pool."""
    rows, after = [], ""
    while True:
        status, page = line.call("GET", f"/v1/pools/{pool}/{kind}?limit={AT_ONCE}{after}")
        hold(status == 200, pool, status, page)
        rows += [{**row, "pool": pool} for row in page[kind]]
        if "next" not in page:
            return rows
        after = f"&after={page['next']}"


class Recheck:
    def __init__(self, ledger, dice):
        self.ledger = ledger
        self.dice = dice
        self.older = []  # leases that have ended, and were looked at
        self.checks = 0

    def run(self, address, started, everything=False):
        """`started`: before the server was."""
        line = Line(address)
        try:
            self.listings(line, started)
            self.repeats(line)
            self.ends(line, everything)
            self.handles(line)
            self.tokens(line)
        finally:
            line.close()

    def listings(self, line, started):
        """Every acknowledged grant is live or has ended, nothing else is live, no pool is over."""
        sent = time.monotonic()
        status, page = line.call("GET", "/v1/pools")
        hold(status == 200, status, page)
        pools = [pool for pool in page["pools"] if pool["pool"] in self.ledger.pools]
        leases = [row for pool in self.ledger.pools for row in listed(line, "leases", pool)]
        waiters = [row for pool in self.ledger.pools for row in listed(line, "waiters", pool)]
        now = time.monotonic()
        self.ledger.listed(pools, leases, waiters, sent, (now - started) * 1000, now)

    def repeats(self, line):
        """The same request id finds its lease or its place, whether it was told of it or not."""
        some = [lease.admission for lease in self.ledger.live.values()]
        some += [a for a in self.ledger.unsettled() if a.state == "placed"]
        sent = time.monotonic()
        for admission in some:
            self.ledger.acquiring(admission, sent)
        # None of them waits: there is a lease, or a place that is kept.
        bodies = [{**admission.body, "wait_ms": 0} for admission in some]
        answers = line.call_all([("POST", "/v1/acquire", body) for body in bodies])
        now = time.monotonic()
        for admission, (status, said) in zip(some, answers):
            hold(status in (200, 202, 409), admission, "is answered", status, said)
            self.ledger.acquired(admission, status, said, sent, now)
        self.checks += len(some)

    def ends(self, line, everything):
        """What has ended stays ended as it was acknowledged; its request id gets nothing new."""
        fresh, self.ledger.ended = self.ledger.ended, []
        older = self.older if everything else self.dice.sample(self.older,
                                                               min(100, len(self.older)))
        some = [lease for lease in fresh + older if lease.handle]
        self.older += fresh
        for begin in range(0, len(some), AT_ONCE):
            self.release(line, some[begin:begin + AT_ONCE])
        repeated = some if everything else self.dice.sample(some, min(100, len(some)))
        answers = line.call_all([("POST", "/v1/acquire", {**lease.admission.body, "wait_ms": 0})
                                 for lease in repeated])
        for lease, (status, said) in zip(repeated, answers):
            hold(status == 409 and said["code"] == "request_ended", lease, "is answered", status,
                 said)
        self.checks += len(some) + len(repeated)

    def release(self, line, leases):
        now = time.monotonic()
        for lease in leases:
            self.ledger.releasing(lease, now)
        status, said = line.call("POST", "/v1/release", {"handles": [x.handle for x in leases]})
        hold(status == 200 and len(said["leases"]) == len(leases), status, said)
        now = time.monotonic()
        for lease, row in zip(leases, said["leases"]):
            hold(row["token"] == lease.token, lease, row)
            self.ledger.found_ended(lease, row["status"], now)

    def handles(self, line):
        """A renewal works with the handle that was acknowledged before."""
        live = [lease for lease in self.ledger.live.values() if lease.handle]
        if not live:
            return
        sent = time.monotonic()
        for lease in live:
            self.ledger.renewing(lease, sent)
        status, said = line.call("POST", "/v1/renew", {"handles": [x.handle for x in live]})
        hold(status == 200 and len(said["leases"]) == len(live), status, said)
        now = time.monotonic()
        for lease, row in zip(live, said["leases"]):
            if row["status"] == "renewed":
                self.ledger.renewed(lease, 200, row, sent, now)
            else:
                self.ledger.found_ended(lease, row["status"], now)
        self.checks += len(live)

    def tokens(self, line):
        """A guarded resource is told the same."""
        now = time.monotonic()
        live = [lease for lease in self.ledger.live.values() if lease.is_surely_live(now)]
        ended = self.dice.sample(self.older, min(20, len(self.older)))
        asked = live + ended
        answers = line.call_all([("GET", f"/v1/check?pool={lease.pool}&token={lease.token}", None)
                                 for lease in asked])
        now = time.monotonic()
        for lease, (status, said) in zip(asked, answers):
            hold(status == 200, lease, status, said)
            hold(said["live"] or not lease.is_surely_live(now), lease, "is not live:", said)
            hold(not said["live"] or "live" in lease.may, lease, "is live:", said)
            hold(said["floor"] >= self.ledger.floors[lease.pool], "a floor has fallen:", said)
            hold(not said["live"] or said["floor"] <= lease.token, lease, "is below", said)
            self.ledger.floors[lease.pool] = said["floor"]
        self.checks += len(asked)
