"""The line: strict FIFO, no starving, hand-over at once."""

import random
import statistics
import time
import unittest

from support.case import Case, eventually
from support.wire import Wire


class Fifo(Case):
    args = ("--pool", "db=1")

    def test_grants_come_in_the_order_of_arrival(self):
        holder = self.api.admitted("holder")
        waiters = [self.waiting(f"w{i}") for i in range(20)]
        rows = self.api.listed("waiters")
        self.assertEqual([r["worker"] for r in rows], [f"w{i}" for i in range(20)])
        self.assertEqual([r["position"] for r in rows], list(range(1, 21)))
        self.assertTrue(all(r["attached"] for r in rows))
        handle = holder["handle"]
        for i, waiter in enumerate(waiters):
            self.api.release(handle)
            answer = waiter.answer(10).json
            self.assertEqual(answer["worker"], f"w{i}")
            self.assertEqual(self.api.counts(), (1, 19 - i, 0))
            handle = answer["handle"]

    def test_a_newcomer_never_overtakes(self):
        self.api.patch(limit=3)
        self.api.admitted("small")
        big = self.waiting("big", slots=3)
        # Two slots are free, yet whoever comes now stands behind the big one.
        self.assert_problem(self.api.acquire("try"), 429, "pool_full")
        behind = self.waiting("behind", slots=1)
        self.assertTrue(big.is_silent(0.1) and behind.is_silent(0.1))
        self.assertEqual(self.api.counts(), (1, 2, 0))

    def test_a_big_request_is_not_starved_by_small_ones(self):
        self.api.patch(limit=4)
        small = [self.api.admitted(f"s{i}")["handle"] for i in range(4)]
        big = self.waiting("big", slots=4)
        crowd = [self.waiting(f"c{i}") for i in range(8)]
        for handle in small[:3]:
            self.api.release(handle)
        self.assertEqual(self.api.counts(), (1, 9, 0))
        self.assertTrue(all(wire.is_silent(0.02) for wire in [big, *crowd]))
        self.api.release(small[3])
        handle = big.answer(10).json["handle"]
        self.assertEqual(self.api.counts(), (4, 8, 0))
        self.api.release(handle)
        self.assertEqual({wire.answer(10).status for wire in crowd[:4]}, {200})
        self.assertTrue(crowd[4].is_silent(0.05))

    def test_a_release_wakes_exactly_those_who_fit(self):
        self.api.patch(limit=4)
        held = self.api.admitted("all", slots=4)
        wires = [self.waiting(f"w{i}", slots=n) for i, n in enumerate([2, 1, 3, 1])]
        self.api.release(held["handle"])
        self.assertEqual([wire.answer(10).status for wire in wires[:2]], [200, 200])
        self.assertTrue(wires[2].is_silent(0.1) and wires[3].is_silent(0.01))
        self.assertEqual(self.api.counts(), (3, 2, 0))

    def test_when_the_head_leaves_those_behind_it_get_their_chance(self):
        self.api.patch(limit=2)
        self.api.admitted("one")
        big = self.waiting("big", slots=2)
        small = self.waiting("small")
        big.close()
        self.assertEqual(small.answer(10).json["worker"], "small")
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_a_random_crowd_keeps_its_order(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        dice = random.Random(seed)
        self.api.patch(limit=5)
        held = [self.api.admitted("first", slots=5)["handle"]]
        order, wires = [], []
        for i in range(60):
            wires.append(self.waiting(f"w{i}", slots=dice.randint(1, 5)))
        while len(order) < 60:
            self.api.release(held.pop(dice.randrange(len(held))))
            while wires and (not held or not wires[0].is_silent(0.02)):
                answer = wires.pop(0).answer(10).json
                order.append(answer["worker"])
                held.append(answer["handle"])
        self.assertEqual(order, [f"w{i}" for i in range(60)])


class HandOver(Case):
    args = ("--pool", "db=1")

    def hand_over_ms(self, free):
        """From just before `free()` until the waiter's answer is here, in ms."""
        waiter = self.waiting("next")
        began = time.perf_counter()
        free()
        answer = waiter.answer(10)
        took = (time.perf_counter() - began) * 1000
        self.assertEqual(answer.status, 200, str(answer))
        waiter.close()
        self.api.release(answer.json["handle"])
        eventually(lambda: self.api.counts() == (0, 0, 0))
        return took

    def test_release_evict_and_a_raised_limit_hand_over_at_once(self):
        other = Wire(self.server.address)
        self.addCleanup(other.close)
        lease = {}

        def release():
            other.call("POST", "/v1/release", {"handle": lease["handle"]})

        def evict():
            other.call("DELETE", f"/v1/pools/db/leases/{lease['token']}")

        def raise_limit():
            other.call("PATCH", "/v1/pools/db", {"limit": 2})
            self.api.release(lease["handle"])

        for free in (release, evict, raise_limit):
            took = []
            for _ in range(10):
                self.api.patch(limit=1)
                lease.update(self.api.admitted("holder"))
                took.append(self.hand_over_ms(free))
            best, middle = min(took), statistics.median(took)
            print(f"hand-over by {free.__name__}: best {best:.2f} ms, median {middle:.2f} ms")
            self.assertLess(best, 50)


if __name__ == "__main__":
    unittest.main()
