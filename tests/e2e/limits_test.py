"""Limits and modes that change while workers hold and wait."""

import unittest

from support.case import Case


class Limits(Case):
    def test_raised(self):
        self.api.admitted("a", slots=2)
        wires = [self.waiting(f"w{i}") for i in range(3)]
        self.assertEqual(self.api.patch(limit=4)["limit"], 4)
        self.assertEqual(self.api.counts(), (4, 1, 0))
        self.assertEqual([w.answer(5).status for w in wires[:2]], [200, 200])
        self.assertTrue(wires[2].is_silent(0.05))
        self.api.patch(limit=5)
        self.assertEqual(wires[2].answer(5).status, 200)

    def test_raised_for_a_whole_crowd(self):
        self.api.patch(limit=0)
        wires = [self.api.waiting(f"w{i}") for i in range(600)]
        for wire in wires:
            self.addCleanup(wire.close)
        while self.api.pool()["waiting"] < 600:
            pass
        self.api.patch(limit=1000)
        self.assertEqual({wire.answer(20).status for wire in wires}, {200})
        self.assertEqual(self.api.counts(), (600, 0, 0))

    def test_lowered_below_what_is_held(self):
        self.api.patch(limit=4)
        leases = [self.api.admitted(f"a{i}") for i in range(4)]
        waiter = self.waiting("w")
        lowered = self.api.patch(limit=2)
        self.assertEqual((lowered["active"], lowered["over_limit_by"]), (4, 2))
        for i, lease in enumerate(leases[:2]):
            self.api.release(lease["handle"])
            self.assertEqual(self.api.pool()["over_limit_by"], 1 - i)
            self.assertTrue(waiter.is_silent(0.05))
            self.assertEqual(self.api.renew(leases[3]["handle"]).json["status"], "renewed")
        self.api.release(leases[2]["handle"])
        self.assertEqual(waiter.answer(5).status, 200)
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_lowered_below_what_a_waiter_asks(self):
        self.api.patch(limit=4)
        self.api.admitted("a", slots=1)
        big, small = self.waiting("big", slots=4), self.waiting("small", slots=2)
        self.api.patch(limit=3)
        self.assert_problem(big.answer(5), 422, "slots_exceed_limit")
        self.assertEqual(small.answer(5).status, 200)
        self.assertEqual(self.api.counts(), (3, 0, 0))

    def test_a_place_that_became_too_big_is_gone(self):
        self.api.patch(limit=4)
        self.api.admitted("a", slots=4)
        self.api.acquire("k", slots=4, request_id="r", keep_ms=60_000)
        self.api.patch(limit=3)
        self.assertEqual(self.api.counts(), (4, 0, 0))
        response = self.api.acquire("k", slots=4, request_id="r", keep_ms=60_000)
        self.assertIn((response.status, response.code),
                      [(422, "slots_exceed_limit"), (409, "request_ended")])

    def test_zero_closes_and_keeps_the_line(self):
        self.api.admitted("a", slots=2)
        waiter = self.waiting("w", slots=2)
        self.api.patch(limit=0)
        refused = self.assert_problem(self.api.acquire("x"), 429, "pool_full")
        self.assertIn(int(refused.get("Retry-After")), range(24, 37))
        self.assert_problem(self.api.acquire("x", wait_ms=100), 429, "wait_timeout")
        self.assertTrue(waiter.is_silent(0.05))
        self.assertEqual(self.api.counts(), (2, 1, 0))
        self.api.patch(limit=4)
        self.assertEqual(waiter.answer(5).status, 200)

    def test_zero_takes_any_size_and_a_small_limit_then_refuses_it(self):
        self.api.patch(limit=0)
        waiter = self.waiting("w", slots=9)
        self.api.patch(limit=3)
        self.assert_problem(waiter.answer(5), 422, "slots_exceed_limit")


class Modes(Case):
    def test_paused(self):
        lease = self.api.admitted("a")
        self.assertEqual(self.api.patch(mode="paused", note="back at noon")["mode"], "paused")
        refused = self.assert_problem(self.api.acquire("x"), 429, "paused", "back at noon")
        self.assertIn(int(refused.get("Retry-After")), range(24, 37))
        self.assert_problem(self.api.acquire("x", wait_ms=100), 429, "wait_timeout")
        waiter = self.waiting("w")
        self.assertTrue(waiter.is_silent(0.05))
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        self.api.release(lease["handle"])
        self.assertTrue(waiter.is_silent(0.05))
        queued = self.api.acquire("k", request_id="r", keep_ms=60_000)
        self.assertEqual(queued.status, 202)
        self.assertIn("paused", queued.json["reason"])
        self.api.patch(mode="open")
        self.assertEqual(waiter.answer(5).status, 200)
        self.assertEqual(self.api.counts(), (2, 0, 1))

    def test_draining(self):
        lease = self.api.admitted("a", slots=2)
        waiter = self.waiting("w")
        self.api.acquire("k", request_id="r", keep_ms=60_000)
        self.api.patch(mode="draining", note="moving house")
        self.assert_problem(waiter.answer(5), 429, "draining")
        self.assertEqual(self.api.counts(), (2, 0, 0))
        for fields in ({}, {"wait_ms": 5000}, {"keep_ms": 5000, "request_id": "s"}):
            refused = self.api.acquire("x", **fields)
            self.assert_problem(refused, 429, "draining", "moving house")
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        self.api.release(lease["handle"])
        self.assert_problem(self.api.acquire("x"), 429, "draining")
        self.api.patch(mode="open")
        self.api.admitted("x")

    def test_a_full_line(self):
        self.api.patch(max_waiters=2)
        self.api.admitted("a", slots=2)
        wires = [self.waiting(f"w{i}") for i in range(2)]
        self.assert_problem(self.api.acquire("x", wait_ms=5000), 429, "queue_full")
        self.assert_problem(self.api.acquire("x"), 429, "pool_full")
        wires[0].close()
        while self.api.pool()["waiting"] > 1:
            pass
        self.waiting("y")

    def test_mode_stays_when_settings_are_replaced(self):
        self.api.patch(mode="paused")
        self.assertEqual(self.api.put(limit=7)["mode"], "paused")
        self.assertEqual(self.api.put(limit=7, mode="open")["mode"], "open")


if __name__ == "__main__":
    unittest.main()
