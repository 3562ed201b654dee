"""Clients that disconnect while they wait: forgotten at once, and nothing goes to the dead."""

import random
import unittest

from support.case import Case, eventually
from support.crowd import vanishing
from support.message import Request, json_body


class Leaving(Case):
    args = ("--pool", "db=1")

    def test_every_way_to_go(self):
        self.api.admitted("holder")
        for way in ("close", "reset", "half_close"):
            wire = self.waiting("w")
            getattr(wire, way)()
            eventually(lambda: self.api.counts() == (1, 0, 0), what=f"gone by {way}")
            if way == "half_close":
                self.assertTrue(wire.ends(5))

    def test_nothing_is_granted_to_the_dead(self):
        holder = self.api.admitted("holder")
        dead = [self.waiting(f"dead{i}") for i in range(50)]
        alive = self.waiting("alive")
        for wire in dead:
            wire.close()
        self.api.release(holder["handle"])
        self.assertEqual(alive.answer(5).json["worker"], "alive")
        eventually(lambda: self.api.counts() == (1, 0, 0))
        outcomes = {row["outcome"] for row in self.api.listed("history")} - {"ok"}
        self.assertLessEqual(outcomes, {"abandoned"})

    def test_a_pipelined_request_behind_a_wait_does_not_hide_the_end(self):
        self.api.admitted("holder")
        wire = self.waiting("w")
        wire.ask("GET", "/healthz").ask("GET", "/healthz")
        self.assertTrue(wire.is_silent(0.1))
        wire.close()
        eventually(lambda: self.api.counts() == (1, 0, 0))


class TenThousand(Case):
    args = ("--pool", "db=3")
    seconds = 120

    def requests(self, count, dice):
        for i in range(count):
            fields = {"pool": "db", "worker": f"w{i % 50}", "ttl_ms": 1000}
            fields["wait_ms"] = dice.choice((0, 0, 50, 60_000, 60_000, 60_000))
            if dice.random() < 0.3:
                fields |= {"request_id": f"r{i if dice.random() < 0.7 else i // 5 * 5}",
                           "keep_ms": dice.choice((100, 1000, 2000)), "worker": "keeper"}
            yield Request("POST", "/v1/acquire", json_body(fields)).encode("localhost")

    def test_ten_thousand_that_vanish_leave_no_trace(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        self.api.patch(claim_ms=1000, limit=3)
        dice = random.Random(seed)
        most = 0

        def meanwhile():
            nonlocal most
            active, waiting, _ = self.api.counts()
            self.assertLessEqual(active, 3)
            most = max(most, waiting)

        vanishing(self.server.address, self.requests(10_000, dice), seed, meanwhile=meanwhile)
        print(f"at most {most} waited at once; {self.api.pool()['stats']}")
        self.assertGreater(most, 100)
        self.assert_empty(seconds=15)
        self.assertEqual(self.api.listed("waiters") + self.api.listed("leases"), [])
        # The pool still works to its very limit, no more and no less.
        for i in range(3):
            self.api.admitted(f"after{i}")
        self.assert_problem(self.api.acquire("one more"), 429, "pool_full")


if __name__ == "__main__":
    unittest.main()
