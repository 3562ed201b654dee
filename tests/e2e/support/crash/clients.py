"""Who talks to the server: connections that acquire, renew and release as fast as they are
answered, and an operator who evicts. All of them in one loop; everything is in the ledger before
the next request of its connection leaves."""

import selectors
import time

from .ledger import Admission
from .wire import Line, encoded

POOLS = {
    "one": {"limit": 1},
    "few": {"limit": 3},
    "many": {"limit": 16},
    "wide": {"limit": 8},  # several slots a lease
    "brief": {"limit": 6, "default_ttl_ms": 1000},  # often left to expire
    "prompt": {"limit": 4, "start_within_ms": 60},  # taken back unless confirmed
}
HELD_MOST = 2
# With as much in its labels as may be: the journal grows by five kilobytes a grant.
FAT = {f"label-{i}": "x" * 256 for i in range(16)}


class Client:
    """One connection after the other, with what it holds through all of them. `request` makes the
    next request and says who takes its answer."""

    def __init__(self, number, dice, ledger, fat=False):
        self.number = number
        self.fat = fat
        self.dice = dice
        self.ledger = ledger
        self.held = []
        self.admission = None  # asked for, and not yet had or refused
        self.count = 0
        self.sent = 0.0
        self.take = None  # takes the answer that is to come
        self.answers = 0

    def request(self, now):
        dice = self.dice
        self.held = [lease for lease in self.held if "live" in lease.may]
        if self.admission and self.admission.state in ("open", "placed"):
            return self.acquire(now)
        if self.admission and self.admission.state == "granted":
            self.held.append(self.admission.lease)  # found again after a restart
        self.admission = None
        if self.held and (len(self.held) == HELD_MOST or dice.random() < 0.8):
            lease = dice.choice(self.held)
            return self.renew(lease, now) if dice.random() < 0.4 else self.release(lease, now)
        self.count += 1
        name = f"c{self.number}-{self.count}"
        self.admission = Admission(f"id-{name}", name, self.wish())
        return self.acquire(now)

    def wish(self):
        """What to ask for, without the names."""
        dice = self.dice
        pool = dice.choice(("one", "few", "many", "many", "wide", "brief", "prompt"))
        body = {"pool": pool, "slots": dice.randint(1, 4) if pool == "wide" else 1}
        if dice.random() < 0.3 and pool != "brief":
            body["ttl_ms"] = dice.randint(5_000, 60_000)
        kind = dice.random()
        if kind < 0.4:
            body["wait_ms"] = dice.randint(20, 300)
        if 0.3 < kind < 0.55:
            body["keep_ms"] = 60_000
        if dice.random() < 0.3:
            body["start"] = True
        if self.fat:
            body["labels"] = FAT
        elif dice.random() < 0.2:
            body["labels"] = {"job": "x" * dice.randint(1, 60)}
        return body

    # --- Requests

    def acquire(self, now):
        admission = self.admission
        self.ledger.acquiring(admission, now)
        self.take = lambda status, said, at: self.acquired(admission, status, said, at)
        return "POST", "/v1/acquire", admission.body

    def acquired(self, admission, status, said, at):
        self.ledger.acquired(admission, status, said, self.sent, at)
        if admission.state in ("open", "placed"):
            return
        self.admission = None
        if admission.state == "granted":
            # Some leave it to expire, where that does not take long.
            leaves = {"brief": 0.4, "prompt": 0.3}.get(admission.body.get("pool"), 0)
            if self.dice.random() >= leaves:
                self.held.append(admission.lease)

    def renew(self, lease, now):
        value = {"handle": lease.handle}
        if self.dice.random() < 0.15 and lease.pool != "brief":
            value["ttl_ms"] = lease.ttl_ms + self.dice.randint(1, 5_000)
        self.ledger.renewing(lease, now, value.get("ttl_ms"))
        self.take = lambda status, said, at: self.ledger.renewed(lease, status, said, self.sent, at)
        return "POST", "/v1/renew", value

    def release(self, lease, now):
        self.ledger.releasing(lease, now)
        self.take = lambda status, said, at: self.released(lease, status, said, at)
        return "POST", "/v1/release", {"handle": lease.handle}

    def released(self, lease, status, said, at):
        self.ledger.released(lease, status, said, at)
        if self.dice.random() < 0.05:
            self.held.append(lease)  # and once more, for nothing

    def left(self, now):
        """After a restart, with an admission that has neither lease nor place: tries again, or
        does not."""
        if self.admission and self.admission.state == "open" and self.dice.random() < 0.4:
            self.ledger.given_up(self.admission, now)


def fill(line, ledger, grants):
    """So many leases come and go."""
    pool, at_once = "many", POOLS["many"]["limit"]
    for begin in range(0, grants, at_once):
        some = [Admission(f"id-f-{begin + i}", f"f-{begin + i}", {"pool": pool, "labels": FAT})
                for i in range(at_once)]
        sent = time.monotonic()
        for admission in some:
            ledger.acquiring(admission, sent)
        answers = line.call_all([("POST", "/v1/acquire", admission.body) for admission in some])
        now = time.monotonic()
        for admission, (status, said) in zip(some, answers):
            ledger.acquired(admission, status, said, sent, now)
            ledger.releasing(admission.lease, now)
        handles = [admission.lease.handle for admission in some]
        _, said = line.call("POST", "/v1/release", {"handles": handles})
        for admission, row in zip(some, said["leases"]):
            ledger.found_ended(admission.lease, row["status"], time.monotonic())


class Operator:
    """Evicts somebody every few hundredths of a second, and looks at a pool."""

    def __init__(self, dice, ledger):
        self.dice = dice
        self.ledger = ledger
        self.sent = 0.0
        self.take = None
        self.answers = 0
        self.due = 0.0

    def request(self, now):
        live = [lease for lease in self.ledger.live.values() if lease.is_surely_live(now)]
        if now < self.due or not live:
            self.take = self.ledger.looked
            return "GET", "/v1/pools/" + self.dice.choice(list(POOLS)), None
        self.due = now + self.dice.random() * 0.05
        lease = self.dice.choice(live)
        self.ledger.evicting(lease, now)
        self.take = lambda status, said, at: self.ledger.evicted(lease, status, said, at)
        return "DELETE", f"/v1/pools/{lease.pool}/leases/{lease.token}", None


def talk(address, parties, begin, kill, seconds):
    """Lets all of them talk until the server is gone, and reads what it had sent by then. Calls
    `begin` when all have a connection, and `kill` so many seconds later, unless the server has
    ended by itself. Returns how many requests have had no answer."""
    with selectors.DefaultSelector() as ready:
        lines = []
        try:
            for party in parties:
                line = Line(address)
                lines.append(line)
                line.sock.setblocking(False)
                ready.register(line.sock, selectors.EVENT_READ, (line, party))
            begin()
            until = time.monotonic() + seconds
            for line, party in zip(lines, parties):
                ask(line, party)
            killed = False
            while len(ready.get_map()) > 0:
                left = until - time.monotonic()
                if left <= 0 and not killed:
                    kill()
                    killed = True
                for key, _ in ready.select(None if killed else max(0, left)):
                    if serve(*key.data):
                        ready.unregister(key.fileobj)
        finally:
            for line in lines:
                line.close()
    return sum(party.take is not None for party in parties)


def serve(line, party):
    """Reads, and goes on where an answer was whole; whether the connection is at its end."""
    line.receive()
    while (answer := line.take()) is not None:
        take, party.take = party.take, None
        party.answers += 1
        take(*answer, time.monotonic())
        if not line.ended:
            ask(line, party)
    return line.ended


def ask(line, party):
    now = time.monotonic()
    request = party.request(now)
    party.sent = now
    line.send(encoded(*request))
