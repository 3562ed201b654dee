"""The crash test's ledger finds what it has to: each promise is broken once, by forged answers."""

import unittest

from support.crash.ledger import Admission, Ledger
from support.crash.lease import Broken

POOLS = {"one": {"limit": 1}, "two": {"limit": 2}, "prompt": {"limit": 2, "start_within_ms": 50}}
TTL_MS = 30_000


def granted(admission, token, **more):
    return {"status": "acquired", "handle": f"{token}.mac", "token": token, "ttl_ms": TTL_MS,
            "request_id": admission.id, "worker": admission.worker, "waited_ms": 0,
            "pools": [{"pool": admission.pool, "slots": admission.slots, "active": 1, "limit": 2,
                       "floor": 1}], **more}


def row(lease, **more):
    return {"token": lease.token, "pool": lease.pool, "slots": lease.slots, "state": "busy",
            "worker": lease.admission.worker, "ttl_ms": TTL_MS, **more}


class Forged(unittest.TestCase):
    """`now` is the clock."""

    def setUp(self):
        self.ledger = Ledger(POOLS)
        self.now = 100.0
        self.count = 0

    def asked(self, pool="two", **body):
        self.count += 1
        admission = Admission(f"id-{self.count}", f"w{self.count}", {"pool": pool, **body})
        self.ledger.acquiring(admission, self.now)
        return admission

    def answer(self, admission, status, said):
        self.ledger.acquired(admission, status, said, self.now, self.now)
        return admission.lease

    def lease(self, pool="two", token=None, **body):
        admission = self.asked(pool, **body)
        return self.answer(admission, 200, granted(admission, token or self.ledger.newest + 1))

    def release(self, lease, status="released"):
        self.ledger.releasing(lease, self.now)
        self.ledger.released(lease, 200, {"status": status, "token": lease.token}, self.now)

    def renew(self, lease, status, **said):
        self.ledger.renewing(lease, self.now)
        said = {"token": lease.token, "ttl_ms": TTL_MS, "floor": 1, "status": "renewed"} | said
        self.ledger.renewed(lease, status, said, self.now, self.now)

    def restart(self, *leases, waiters=(), **active):
        """What the next server lists; `active` where that is not what its leases take."""
        self.ledger.killed(0, self.now)
        rows = [each if isinstance(each, dict) else row(each) for each in leases]
        pools = []
        for pool in POOLS:
            slots = sum(each["slots"] for each in rows if each["pool"] == pool)
            pools.append({"pool": pool, "active": active.get(pool, slots)})
        self.ledger.listed(pools, rows, list(waiters), self.now, 0, self.now)

    def broken(self, words):
        return self.assertRaisesRegex(Broken, words)


class Leases(Forged):
    def test_what_is_as_it_was_is_no_finding(self):
        live, done = self.lease(), self.lease()
        self.release(done)
        self.restart(live)
        self.renew(live, 200)
        self.release(done, "already_released")

    def test_an_acknowledged_grant_is_gone(self):
        self.lease()
        with self.broken("was acknowledged, and is gone"):
            self.restart()

    def test_a_release_is_undone(self):
        lease = self.lease()
        self.release(lease)
        with self.broken("lives again"):
            self.restart(lease)

    def test_a_release_is_done_twice(self):
        lease = self.lease()
        self.release(lease)
        with self.broken("is answered released"):
            self.release(lease)

    def test_a_lease_is_said_to_have_been_released_before_it_was(self):
        with self.broken("already_released"):
            self.release(self.lease(), "already_released")

    def test_a_lost_release_may_have_been_done_or_not_but_not_both(self):
        for listed, then in ((True, "released"), (False, "already_released")):
            lease = self.lease("one")
            self.ledger.releasing(lease, self.now)
            self.restart(*[lease] * listed)
            self.release(lease, then)
        lease = self.lease("one")
        self.ledger.releasing(lease, self.now)
        self.restart()
        with self.broken("released"):
            self.release(lease, "released")

    def test_a_lease_expires_early(self):
        lease = self.lease()
        self.now += 29.9
        with self.broken("is answered to have been expired"):
            self.renew(lease, 410, code="lease_expired")

    def test_a_lease_may_expire_late(self):
        lease = self.lease()
        self.now += 30
        self.renew(lease, 200)
        self.now += 30
        self.renew(lease, 410, code="lease_expired")

    def test_an_eviction_is_undone(self):
        lease = self.lease()
        self.ledger.evicting(lease, self.now)
        self.ledger.evicted(lease, 204, {}, self.now)
        self.renew(lease, 410, code="lease_evicted")
        with self.broken("lives again"):
            self.restart(lease)

    def test_nobody_has_evicted_it(self):
        lease = self.lease()
        with self.broken("evicted"):
            self.renew(lease, 410, code="lease_evicted")

    def test_a_renewal_that_lengthened_it_is_undone(self):
        lease = self.lease()
        self.renew(lease, 200, ttl_ms=40_000)
        with self.broken("whole TTL"):
            self.restart(lease)


class Capacity(Forged):
    def test_two_hold_the_only_slot(self):
        self.lease("one")
        with self.broken("more than 1 slots"):
            self.lease("one")

    def test_whose_release_is_under_way_may_hold_nothing(self):
        self.ledger.releasing(self.lease("one"), self.now)
        self.lease("one")

    def test_the_listing_is_over_the_limit(self):
        leases = [self.lease(), self.lease()]
        lost = self.asked()
        with self.broken("slots are held"):
            self.restart(*leases, {**row(leases[0]), "token": 9, "worker": lost.worker})

    def test_a_pool_counts_otherwise_than_its_listing(self):
        with self.broken("slots are held"):
            self.restart(self.lease(), two=2)


class Tokens(Forged):
    def test_a_token_does_not_rise(self):
        self.lease(token=7)
        with self.broken("not above 7"):
            self.lease(token=6)

    def test_nor_after_a_restart(self):
        lease = self.lease(token=7)
        lost = self.asked()
        self.restart(lease)
        self.ledger.acquiring(lost, self.now)
        with self.broken("not above 7"):
            self.answer(lost, 200, granted(lost, 5))

    def test_two_have_the_same_one(self):
        first, second = self.asked(), self.asked()
        self.answer(first, 200, granted(first, 7))
        with self.broken("lease of another"):
            self.answer(second, 200, granted(second, 7))


class RequestIds(Forged):
    def test_a_repeated_one_gets_another_lease(self):
        lease = self.lease()
        self.ledger.acquiring(lease.admission, self.now)
        with self.broken("gets another"):
            self.answer(lease.admission, 200, granted(lease.admission, lease.token + 1))

    def test_or_another_handle(self):
        lease = self.lease()
        self.ledger.acquiring(lease.admission, self.now)
        with self.broken("another handle"):
            self.answer(lease.admission, 200,
                        granted(lease.admission, lease.token, handle=f"{lease.token}.other"))

    def test_or_is_refused(self):
        lease = self.lease()
        self.ledger.acquiring(lease.admission, self.now)
        with self.broken("is refused"):
            self.answer(lease.admission, 429, {"code": "pool_full"})

    def test_a_lost_one_has_one_lease_at_most(self):
        lost = self.asked()
        listed = {"token": 5, "pool": "two", "slots": 1, "state": "acquired", "ttl_ms": TTL_MS,
                  "worker": lost.worker}
        self.restart(listed)
        self.ledger.acquiring(lost, self.now)
        with self.broken("gets another"):
            self.answer(lost, 200, granted(lost, 6))

    def test_a_refused_one_holds(self):
        refused = self.asked()
        self.answer(refused, 429, {"code": "pool_full"})
        with self.broken("was over"):
            self.restart({"token": 5, "pool": "two", "slots": 1, "worker": refused.worker})

    def test_nobody_asked_for_it(self):
        with self.broken("nobody asked"):
            self.restart({"token": 5, "pool": "two", "slots": 1, "worker": "somebody"})

    def test_a_kept_place_is_gone(self):
        self.answer(self.asked(keep_ms=60_000), 202, {"ticket": 3})
        with self.broken("stands nowhere"):
            self.restart()

    def test_or_another_one(self):
        placed = self.asked(keep_ms=60_000)
        self.answer(placed, 202, {"ticket": 3})
        with self.broken("has the place 4"):
            self.restart(waiters=[{"ticket": 4, "worker": placed.worker}])


if __name__ == "__main__":
    unittest.main()
