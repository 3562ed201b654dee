"""What the clients wrote down, and what must follow from it. Pure, so that forged answers can show
that it finds what it has to: times are arguments, in seconds of one clock."""

from .lease import SURE, Broken, Lease, hold

REFUSALS = ("pool_full", "wait_timeout", "queue_full")


class Admission:
    """One request id, with all that was sent and answered under it. Its worker's name is its own,
    by which listings show it. `state`: new, open (sent, and maybe lost), placed (it has a ticket),
    granted, over."""

    __slots__ = ("id", "worker", "body", "pool", "slots", "state", "lease", "ticket", "above",
                 "floor", "contact", "since")

    def __init__(self, request_id, worker, body):
        self.id = request_id
        self.worker = worker
        self.body = {**body, "worker": worker, "request_id": request_id}
        self.pool = body["pool"]
        self.slots = body.get("slots", 1)
        self.state = "new"
        self.lease = None
        self.ticket = None
        self.above = 0  # a grant's token is higher
        self.floor = 0  # of the pool, when it was sent
        self.contact = 0.0  # when it was last asked for, as far as an answer tells
        self.since = 0.0  # when it was over

    @property
    def keeps(self):
        return self.body.get("keep_ms", 0) > 0

    def __str__(self):
        return f"{self.worker} ({self.state})"


class Ledger:
    """`pools`: settings by name. `write` takes each line that is written down."""

    def __init__(self, pools, write=lambda line: None):
        self.pools = pools
        self.write = write
        self.admissions = {}  # by worker
        self.leases = {}  # by token
        self.live = {}  # by token: those that may be
        self.ended = []  # since the last look after a restart
        self.newest = 0  # token
        self.floors = dict.fromkeys(pools, 0)
        self.grants = 0
        self.lost = 0  # requests without an answer
        self.found_later = 0  # leases that nobody was told of before the kill
        self.outcomes = dict.fromkeys(("released", "expired", "evicted"), 0)

    # --- Acquire

    def acquiring(self, admission, now):
        """It is about to be sent, for the first time or again."""
        self.write(f"{now:.6f} acquire {admission.id} {admission.body}")
        if admission.state == "new":
            self.admissions[admission.worker] = admission
            admission.state = "open"
            admission.above = self.newest
            admission.contact = now
        if admission.lease:
            admission.lease.before = set(admission.lease.may)
        admission.floor = self.floors[admission.pool]

    def acquired(self, admission, status, said, sent, now):
        self.write(f"{now:.6f} acquire {admission.id} -> {status} {said}")
        code = said.get("code")
        lease = admission.lease
        if status == 200:
            self.granted(admission, said, sent, now)
        elif status == 202:
            hold(admission.keeps and lease is None, admission, "is queued again:", said)
            hold(admission.ticket in (None, said["ticket"]), admission, "has another place:", said)
            admission.ticket, admission.state = said["ticket"], "placed"
        elif status == 429 and code in REFUSALS:
            hold(lease is None, admission, "holds", lease, "and is refused")
            hold(not admission.keeps, admission, "has a place and is refused:", said)
            self.close(admission, now)
        elif status == 409 and code == "request_ended":
            hold(lease or self.may_have_ended(admission, now), admission, "never had a lease, and",
                 said)
            if lease:
                lease.lapse(now)
                lease.may.discard("live")
                hold(lease.may, lease, "is answered to have ended")
                self.note_end(lease, now)
            self.close(admission, now)
        else:
            raise Broken(f"{admission}: {status} {said}")
        admission.contact = sent

    def granted(self, admission, said, sent, now):
        token = said["token"]
        lease = admission.lease
        if lease is None:
            lease = self.found(admission, token)
        hold(token == lease.token, admission, "has", lease, "and gets another:", said)
        hold(lease.handle in (None, said["handle"]), lease, "has another handle:", said)
        hold(said["request_id"] == admission.id and said["worker"] == admission.worker, said)
        if lease.handle is None:
            self.grants += 1
            lease.handle = said["handle"]
            within = self.pools[admission.pool].get("start_within_ms")
            if within and not admission.body.get("start") and lease.start_by is None:
                lease.start_by = sent + (said["waited_ms"] + within) / 1000 * SURE
        lease.seen_live()
        lease.lasts(sent, said["waited_ms"] + said["ttl_ms"])
        [share] = said["pools"]
        pool, limit = admission.pool, self.pools[admission.pool]["limit"]
        hold((share["pool"], share["slots"]) == (pool, admission.slots), said)
        hold(share["active"] <= limit, pool, "is over its limit:", said)
        hold(admission.floor <= share["floor"] <= token, pool, "has a wrong floor:", said)
        self.floors[pool] = max(self.floors[pool], share["floor"])
        self.check_capacity(pool, now)

    def found(self, admission, token):
        """A lease that was not known: the one that its admission may have."""
        hold(admission.state in ("open", "placed"), admission, "was over, and has lease", token)
        hold(token not in self.leases, admission, "has the lease of another:", token)
        hold(token > admission.above, admission, "has the token", token, "not above",
             admission.above)
        lease = Lease(token, admission, self.life(admission))
        admission.lease, admission.state = lease, "granted"
        self.leases[token] = self.live[token] = lease
        self.newest = max(self.newest, token)
        return lease

    def may_have_ended(self, admission, now):
        """Whether a grant that nobody was told of can be over by itself."""
        settings = self.pools[admission.pool]
        if admission.keeps:
            least = min(admission.body["keep_ms"], settings.get("claim_ms", 10_000))
            return now - admission.contact > least / 1000 * SURE
        return "start_within_ms" in settings

    def life(self, admission):
        default = self.pools[admission.pool].get("default_ttl_ms", 30_000)
        return admission.body.get("ttl_ms", default)

    def given_up(self, admission, now):
        """Nobody asks for it again, and it has neither lease nor place."""
        self.write(f"{now:.6f} given up {admission.id}")
        self.close(admission, now)

    def close(self, admission, now):
        admission.state, admission.since = "over", now

    def check_capacity(self, pool, now):
        """Of leases that were answered, and of which no end was asked for or can have come."""
        held = [lease for lease in self.live.values()
                if lease.pool == pool and lease.is_surely_live(now)]
        limit = self.pools[pool]["limit"]
        hold(sum(lease.slots for lease in held) <= limit, pool, "has more than", limit,
             "slots held:", *held)

    # --- What is done with a lease

    def renewing(self, lease, now, ttl_ms=None):
        self.write(f"{now:.6f} renew {lease.token} {ttl_ms}")
        lease.renewing()

    def renewed(self, lease, status, said, sent, now):
        self.write(f"{now:.6f} renew {lease.token} -> {status} {said}")
        lease.renewed(status, said, sent, now)
        self.note_end(lease, now)

    def releasing(self, lease, now):
        self.write(f"{now:.6f} release {lease.token}")
        lease.releasing()

    def released(self, lease, status, said, now):
        self.write(f"{now:.6f} release {lease.token} -> {status} {said}")
        lease.released(status, said, now)
        self.note_end(lease, now)

    def found_ended(self, lease, how, now):
        """A call for several says what has become of this one."""
        self.write(f"{now:.6f} several: {lease.token} -> {how}")
        if how in ("released", "already_released"):
            lease.released(200, {"status": how, "token": lease.token}, now)
        else:
            lease.seen_ended(how, now)
        self.note_end(lease, now)

    def evicting(self, lease, now):
        self.write(f"{now:.6f} evict {lease.token}")
        lease.evict()

    def evicted(self, lease, status, said, now):
        self.write(f"{now:.6f} evict {lease.token} -> {status} {said}")
        lease.evicted(status, said, now)
        self.note_end(lease, now)

    def looked(self, status, said, now):
        """At a pool, while everybody is busy with it."""
        self.write(f"{now:.6f} looked -> {status} {said}")
        hold(status == 200 and said["active"] <= self.pools[said["pool"]]["limit"], status, said)

    def note_end(self, lease, now):
        if "live" in lease.may:
            return
        if self.live.pop(lease.token, None):
            self.ended.append(lease)
            lease.ended_at = now
            for outcome in lease.may if len(lease.may) == 1 else ():
                self.outcomes[outcome] += 1
        if lease.admission.state != "over":
            self.close(lease.admission, now)

    # --- After a restart

    def killed(self, lost, now):
        """Nothing is under way any more; `lost` requests had no answer."""
        self.write(f"{now:.6f} killed, {lost} without an answer")
        self.lost += lost
        for lease in self.live.values():
            lease.evicting = False

    def listed(self, pools, leases, waiters, sent, since_start_ms, now):
        """All pools, leases and waiters of a server that was just started."""
        self.write(f"{now:.6f} listed {len(leases)} leases, {len(waiters)} waiters")
        tokens = {row["token"] for row in leases}
        hold(len(tokens) == len(leases), "a lease is listed twice:", leases)
        for row in leases:
            self.see_lease(row, sent, since_start_ms)
        for pool in pools:
            settings = self.pools[pool["pool"]]
            active = sum(row["slots"] for row in leases if row["pool"] == pool["pool"])
            # The two are not of the same moment, and in some pools leases end by themselves.
            quiet = not settings.keys() & {"start_within_ms", "default_ttl_ms"}
            hold(max(active, pool["active"]) <= settings["limit"], active, "slots are held:", pool)
            hold(active == pool["active"] or not quiet, active, "slots are held:", pool)
        for lease in list(self.live.values()):
            if lease.token not in tokens:
                lease.not_listed(now)
                self.note_end(lease, now)
        self.see_waiters(waiters, now)

    def see_lease(self, row, sent, since_start_ms):
        admission = self.admissions.get(row["worker"])
        hold(admission, "nobody asked for", row)
        if admission.lease is None:
            self.found(admission, row["token"])
            self.found_later += 1
        lease = admission.lease
        hold(lease.token == row["token"], admission, "has", lease, "and another:", row)
        hold((row["pool"], row["slots"]) == (lease.pool, lease.slots), lease, "holds", row)
        # What has yet to be confirmed may end earlier than its TTL says.
        confirmed = row["state"] == "busy"
        limited = "start_within_ms" in self.pools[lease.pool]
        if confirmed:
            lease.start_by = None
        elif limited and lease.handle is None:
            lease.start_by = 0.0
        whole_ms = 0 if limited and not confirmed else lease.ttl_ms * SURE - since_start_ms
        lease.listed(row, sent, whole_ms)

    def see_waiters(self, rows, now):
        tickets = [row["ticket"] for row in rows]
        hold(len(set(tickets)) == len(tickets), "a place is listed twice:", tickets)
        standing = {row["worker"]: row["ticket"] for row in rows}
        for worker, ticket in standing.items():
            admission = self.admissions.get(worker)
            hold(admission and admission.keeps and admission.state in ("open", "placed"),
                 admission or worker, "stands in line")
            hold(admission.ticket in (None, ticket), admission, "has the place", ticket)
            admission.ticket, admission.state = ticket, "placed"
        for admission in self.unsettled():
            if admission.worker not in standing:
                hold(admission.state == "open" or self.may_have_ended(admission, now), admission,
                     "was queued, and stands nowhere")
            # It has no lease so far, so what it gets is above all that were given.
            admission.above = self.newest

    def unsettled(self):
        return [a for a in self.admissions.values() if a.state in ("open", "placed")]

    def forget(self, before):
        """What was over by then; the server forgets it in the end, too."""
        for worker, admission in list(self.admissions.items()):
            if admission.state == "over" and admission.since < before:
                del self.admissions[worker]
                if admission.lease:
                    del self.leases[admission.lease.token]
