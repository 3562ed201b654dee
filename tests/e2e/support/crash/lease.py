"""What is known of one lease by the answers about it alone. Pure: times are arguments, in seconds
of one clock."""

# A client's deadline: no server's clock is faster than this by ours.
SURE = 1 - 1 / 1000
GONE = {"lease_expired": "expired", "lease_evicted": "evicted", "lease_released": "released"}


class Broken(AssertionError):
    """The server has not kept what was promised."""


def hold(condition, *what):
    if not condition:
        raise Broken(" ".join(map(str, what)))


class Lease:
    """`may`: what the lease can be, of live, released, expired and evicted. A request that could
    change it adds to that when it is sent, an answer takes away what it rules out; nothing left is
    a broken promise. One request of its owner and one of an operator may be under way at a time."""

    __slots__ = ("token", "handle", "admission", "pool", "slots", "ttl_ms", "deadline", "start_by",
                 "may", "before", "evicting", "ended_at")

    def __init__(self, token, admission, ttl_ms):
        self.token = token
        self.admission = admission
        self.pool = admission.pool
        self.slots = admission.slots
        self.handle = None  # until it was answered
        self.ttl_ms = ttl_ms
        self.deadline = 0.0  # before it, it does not expire
        self.start_by = None  # likewise, while nobody has confirmed it
        self.may = {"live"}
        self.before = {"live"}
        self.evicting = False
        self.ended_at = None

    def __str__(self):
        return f"lease {self.token} of {self.admission.worker} ({'/'.join(sorted(self.may))})"

    @property
    def ends(self):
        return self.deadline if self.start_by is None else min(self.deadline, self.start_by)

    def lapse(self, now):
        """Takes into account that time has passed."""
        if "live" in self.may and now >= self.ends:
            self.may.add("expired")

    def is_surely_live(self, now):
        self.lapse(now)
        return self.may == {"live"}

    def seen_live(self):
        """An answer says so. An eviction under way may have come after it."""
        hold("live" in self.before, self, "was seen live after its end")
        if "live" in self.may:
            self.may = {"live", "evicted"} if self.evicting else {"live"}

    def seen_ended(self, how, now):
        self.lapse(now)
        hold(how in self.may, self, "is answered to have been", how)
        self.may = {how}
        self.ended_at = now

    def lasts(self, sent, ttl_ms):
        """So much was left after `sent`."""
        self.deadline = max(self.deadline, sent + ttl_ms / 1000 * SURE)

    # --- The owner's requests, each answered or lost before the next one.

    def renewing(self):
        self.before = set(self.may)

    def renewed(self, status, said, sent, now):
        if status == 200:
            hold(said["status"] == "renewed" and said["token"] == self.token, self, said)
            hold(said["ttl_ms"] >= self.ttl_ms, self, "has become shorter:", said)
            hold(said["floor"] <= self.token, self, "is below the floor:", said)
            self.seen_live()
            self.start_by = None
            self.ttl_ms = said["ttl_ms"]
            self.lasts(sent, self.ttl_ms)
        else:
            self.gone(status, said, now)

    def releasing(self):
        self.before = set(self.may)
        if "live" in self.may:
            self.may.add("released")

    def released(self, status, said, now):
        if status != 200:
            self.gone(status, said, now)
            return
        hold(said["token"] == self.token, self, said)
        was = "live" if said["status"] == "released" else "released"
        hold(was in self.before, self, "was", self.before, "and is answered", said["status"])
        self.seen_ended("released", now)

    def gone(self, status, said, now):
        code = said.get("code")
        hold(status == 410 and code in GONE, self, "is answered", status, said)
        self.seen_ended(GONE[code], now)

    # --- An operator's.

    def evict(self):
        self.evicting = True
        self.may.add("evicted")

    def evicted(self, status, said, now):
        self.evicting = False
        if status == 204:
            self.seen_ended("evicted", now)
            return
        hold(status == 404 and said["code"] == "unknown_lease", self, "is answered", status, said)
        self.lapse(now)
        self.may -= {"live", "evicted"}
        hold(self.may, self, "is unknown to an operator")

    # --- After a restart, when nothing is under way.

    def listed(self, row, sent, whole_ms):
        """`whole_ms`: so much of the whole TTL that it has then must be left."""
        hold("live" in self.may, self, "lives again:", row)
        self.may = {"live"}
        # The TTL of an unclaimed one has not begun: it is repeated next, which claims it.
        if row["state"] != "unclaimed":
            hold(row["ttl_ms"] >= whole_ms, self, "has not got its whole TTL again:", row)
            self.lasts(sent, row["ttl_ms"])

    def not_listed(self, now):
        self.lapse(now)
        self.may.discard("live")
        hold(self.may, self, "was acknowledged, and is gone")
        self.ended_at = self.ended_at or now
