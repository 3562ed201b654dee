"""Cancel in each state, and a cancel that overtakes its acquire."""

import unittest

from support.case import Case, eventually


class Cancel(Case):
    args = ("--pool", "db=1")

    def test_waiting(self):
        self.api.admitted("holder")
        wires = [self.waiting("w", request_id="r")]
        wires.append(self.api.waiting("w", request_id="r"))
        self.addCleanup(wires[1].close)
        self.assertTrue(wires[1].is_silent(0.1))
        behind = self.waiting("behind")
        self.assertEqual(self.api.cancel("r").json, {"status": "cancelled"})
        for wire in wires:
            self.assert_problem(wire.answer(5), 409, "cancelled")
        self.assertTrue(behind.is_silent(0.05))
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.assertEqual(self.api.cancel("r").json, {"status": "cancelled"})
        self.assert_problem(self.api.acquire("w", request_id="r"), 409, "cancelled")

    def test_a_kept_place_without_a_call(self):
        self.api.admitted("holder")
        self.api.acquire("w", request_id="r", keep_ms=60_000)
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.assertEqual(self.api.cancel("r").json, {"status": "cancelled"})
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_unclaimed(self):
        holder = self.api.admitted("holder")
        self.api.acquire("w", request_id="r", keep_ms=60_000)
        behind = self.waiting("behind")
        self.api.release(holder["handle"])
        self.assertEqual(self.api.counts(), (1, 1, 1))
        self.assertEqual(self.api.cancel("r").json, {"status": "cancelled"})
        self.assertEqual(behind.answer(5).json["worker"], "behind")
        self.assertEqual(self.api.cancel("r").json, {"status": "cancelled"})
        # Like a lease that ended, or like an id that was cancelled: never admitted again.
        response = self.api.acquire("w", request_id="r", keep_ms=60_000)
        self.assertEqual(response.status, 409)
        self.assertIn(response.code, ("cancelled", "request_ended"))

    def test_live(self):
        lease = self.api.admitted("w", request_id="r")
        behind = self.waiting("behind")
        released = {"status": "released", "token": lease["token"]}
        self.assertEqual(self.api.cancel("r").json, released)
        self.assertEqual(behind.answer(5).json["worker"], "behind")
        self.assertEqual(self.api.cancel("r").json, released)
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assertEqual(self.api.listed("history")[0]["outcome"], "cancelled")
        self.assertEqual(self.api.release(lease["handle"]).json["status"], "already_released")
        self.assert_problem(self.api.renew(lease["handle"]), 410, "lease_released")

    def test_a_cancel_overtakes_its_acquire(self):
        self.assertEqual(self.api.cancel("late").json, {"status": "cancelled"})
        for fields in ({}, {"wait_ms": 1000}, {"keep_ms": 1000}):
            self.assert_problem(
                self.api.acquire("w", request_id="late", **fields), 409, "cancelled"
            )
        self.assertEqual(self.api.cancel("late").json, {"status": "cancelled"})
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_an_id_of_the_server_can_be_cancelled_too(self):
        lease = self.api.admitted("w")
        answer = self.api.cancel(lease["request_id"]).json
        self.assertEqual(answer, {"status": "released", "token": lease["token"]})

    def test_acquire_and_cancel_race_on_two_connections(self):
        self.api.patch(limit=1000)
        wires = self.wire(), self.wire()
        for i in range(200):
            first, second = wires if i % 2 else wires[::-1]
            first.ask("POST", "/v1/acquire", {"pool": "db", "worker": "w", "request_id": f"r{i}"})
            second.ask("POST", "/v1/cancel", {"request_id": f"r{i}"})
            got, cancelled = first.answer(10), second.answer(10)
            if got.status == 200:
                wanted = {"status": "released", "token": got.json["token"]}
                self.assertEqual(cancelled.json, wanted)
            else:
                self.assert_problem(got, 409, "cancelled")
                self.assertEqual(cancelled.json, {"status": "cancelled"})
        eventually(lambda: self.api.counts() == (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
