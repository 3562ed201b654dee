"""Acquire, renew and release in their ordinary course."""

import time
import unittest

from support.case import Case, eventually


class Acquire(Case):
    def test_a_try_is_admitted_until_the_pool_is_full(self):
        first = self.api.admitted("w1")
        self.assertEqual(first["pools"][0] | {"floor": 0},
                         {"pool": "db", "slots": 1, "active": 1, "limit": 2, "floor": 0})
        self.assertEqual(first["pools"][0]["floor"], first["token"])
        self.assertEqual((first["worker"], first["ttl_ms"]), ("w1", 30_000))
        self.assertEqual(first["renew_in_ms"], 10_000)
        second = self.api.admitted("w2")
        self.assertGreater(second["token"], first["token"])
        self.assertEqual(second["pools"][0]["floor"], first["token"])
        self.assertNotEqual(second["handle"], first["handle"])
        refused = self.assert_problem(self.api.acquire("w3"), 429, "pool_full", "2 of 2")
        share = {"pool": "db", "active": 2, "limit": 2}
        self.assertEqual({k: refused.json["pools"][0][k] for k in share}, share)
        self.assertEqual(refused.get("Retry-After"), "1")
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_the_default_pool_and_default_fields(self):
        response = self.api.call("POST", "/v1/acquire", {"worker": "w"})
        self.assertEqual(response.json["pools"][0]["pool"], "default")
        self.assertEqual(self.api.pool("default")["limit"], 4)
        self.assertEqual(self.api.pool("default")["source"], "default")

    def test_slots_are_weights(self):
        self.api.put("wide", limit=5)
        self.api.admitted(pool="wide", slots=3)
        self.assert_problem(self.api.acquire(pool="wide", slots=3), 429, "pool_full")
        self.assertEqual(self.api.admitted(pool="wide", slots=2)["pools"][0]["active"], 5)
        self.assert_problem(
            self.api.acquire(pool="wide", slots=6), 422, "slots_exceed_limit"
        )

    def test_a_refused_try_leaves_no_trace(self):
        self.api.admitted(slots=2)
        before = self.api.pool()
        for _ in range(3):
            self.assert_problem(self.api.acquire("x", request_id="same"), 429, "pool_full")
        after = self.api.pool()
        self.assertEqual(after["stats"].pop("rejected") - before["stats"].pop("rejected"), 3)
        for view in (before, after):
            view["stats"].pop("avg_held_ms")
        self.assertEqual(after, before)
        self.assertEqual(self.api.listed("waiters"), [])
        worker = self.api.call("GET", "/v1/workers/x").json
        self.assertEqual((worker["state"], worker["leases"], worker["waits"]), ("idle", [], []))

    def test_unknown_pool_and_its_ranges(self):
        self.assert_problem(self.api.acquire(pool="nope"), 404, "unknown_pool", "nope")
        self.api.put("small", limit=1, max_ttl_ms=5000, default_ttl_ms=2000, max_wait_ms=1000)
        response = self.assert_problem(
            self.api.acquire(pool="small", ttl_ms=5001), 400, "bad_request", "5000"
        )
        self.assertEqual(response.json["field"], "ttl_ms")
        lease = self.api.admitted(pool="small")
        self.assertEqual(lease["ttl_ms"], 2000)

    def test_waiting_until_a_release(self):
        leases = [self.api.admitted(f"w{i}") for i in range(2)]
        waiter = self.waiting("w2")
        self.assertEqual(self.api.counts(), (2, 1, 0))
        self.assertEqual(self.api.call("GET", "/v1/workers/w2").json["state"], "idle")
        self.assertTrue(waiter.is_silent(0.1))
        released = self.api.release(leases[0]["handle"]).json
        self.assertEqual((released["status"], released["token"]), ("released", leases[0]["token"]))
        granted = waiter.answer(5)
        self.assertEqual((granted.status, granted.json["worker"]), (200, "w2"))
        self.assertGreaterEqual(granted.json["waited_ms"], 100)
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_a_wait_ends_on_time(self):
        self.api.admitted(slots=2)
        sent = time.monotonic()
        response = self.wire().call(
            "POST", "/v1/acquire", {"pool": "db", "worker": "x", "wait_ms": 300}
        )
        waited = time.monotonic() - sent
        self.assert_problem(response, 429, "wait_timeout")
        self.assertGreaterEqual(waited, 0.3)
        self.assertLess(waited, 5)
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_labels_are_shown(self):
        labels = {"job": "nightly", "täg": "wört"}
        self.api.admitted(labels=labels, slots=2)
        self.waiting("x", labels={"a": "b"})
        self.assertEqual(self.api.listed("leases")[0]["labels"], labels)
        self.assertEqual(self.api.listed("waiters")[0]["labels"], {"a": "b"})


class Renew(Case):
    def test_states_of_a_worker(self):
        def state():
            return self.api.call("GET", "/v1/workers/w").json["state"]

        self.assertEqual(state(), "idle")
        lease = self.api.admitted("w")
        self.assertEqual(state(), "acquired")
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        self.assertEqual(state(), "busy")
        self.api.release(lease["handle"])
        self.assertEqual(state(), "idle")
        self.api.admitted("w", start=True)
        self.assertEqual(state(), "busy")

    def test_a_renewed_lease_outlives_its_ttl(self):
        lease = self.api.admitted(ttl_ms=1000)
        other = self.api.admitted(ttl_ms=1000)
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            answer = self.api.renew(lease["handle"], state="busy").json
            self.assertEqual((answer["status"], answer["token"]), ("renewed", lease["token"]))
            self.assertEqual((answer["ttl_ms"], answer["renew_in_ms"]), (1000, 333))
            time.sleep(0.1)
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assert_problem(self.api.renew(other["handle"]), 410, "lease_expired")

    def test_ttl_may_grow_but_not_shrink(self):
        lease = self.api.admitted(ttl_ms=10_000)
        self.assertEqual(self.api.renew(lease["handle"], ttl_ms=2000).json["ttl_ms"], 10_000)
        self.assertEqual(self.api.renew(lease["handle"], ttl_ms=20_000).json["ttl_ms"], 20_000)
        self.assertEqual(self.api.renew(lease["handle"]).json["ttl_ms"], 20_000)

    def test_many_handles_in_request_order(self):
        self.api.put("many", limit=50)
        leases = [self.api.admitted(pool="many") for _ in range(50)]
        self.api.release(leases[7]["handle"])
        handles = [lease["handle"] for lease in reversed(leases)] + ["17.forged"]
        rows = self.api.call("POST", "/v1/renew", {"handles": handles}).json["leases"]
        tokens = [lease["token"] for lease in reversed(leases)]
        self.assertEqual([row.get("token") for row in rows[:-1]], tokens)
        wanted = ["renewed"] * 50 + ["unknown"]
        wanted[50 - 1 - 7] = "released"
        self.assertEqual([row["status"] for row in rows], wanted)
        rows = self.api.call("POST", "/v1/release", {"handles": handles}).json["leases"]
        wanted = ["released"] * 50 + ["unknown"]
        wanted[50 - 1 - 7] = "already_released"
        self.assertEqual([row["status"] for row in rows], wanted)
        self.assertEqual(self.api.counts("many"), (0, 0, 0))

    def test_a_thousand_handles_fit_one_call(self):
        handles = [f"{n}." + "A" * 43 for n in range(1, 1001)]
        rows = self.api.call("POST", "/v1/renew", {"handles": handles}).json["leases"]
        self.assertEqual({row["status"] for row in rows}, {"unknown"})
        too_many = self.api.call("POST", "/v1/renew", {"handles": [*handles, "1.A"]})
        self.assert_problem(too_many, 400, "bad_request", "1000")
        self.assertEqual(too_many.json["field"], "handles")

    def test_start_within_ms_takes_back_what_is_not_busy(self):
        self.api.patch(start_within_ms=300)
        slow = self.api.admitted("slow", ttl_ms=60_000)
        self.assertEqual(slow["renew_in_ms"], 150)
        quick = self.api.admitted("quick", ttl_ms=60_000)
        self.api.renew(quick["handle"])
        waiter = self.waiting("next", start=True)
        self.assertEqual(waiter.answer(5).json["worker"], "next")
        self.assert_problem(self.api.renew(slow["handle"]), 410, "lease_expired")
        rows = self.api.listed("history")
        self.assertEqual([(r["worker"], r["outcome"]) for r in rows], [("slow", "not_started")])
        eventually(lambda: self.api.counts() == (2, 0, 0))


class Outcomes(Case):
    def test_outcomes_and_history(self):
        for outcome in ("ok", "dropped", "failed", None):
            lease = self.api.admitted(outcome or "unsaid", labels={"o": outcome or ""})
            fields = {"outcome": outcome} if outcome else {}
            self.assertEqual(self.api.release(lease["handle"], **fields).json["status"], "released")
        rows = self.api.listed("history")
        self.assertEqual([r["outcome"] for r in rows], ["ok", "dropped", "failed", "ok"])
        self.assertEqual([r["worker"] for r in rows], ["ok", "dropped", "failed", "unsaid"])
        self.assertEqual(self.api.pool()["stats"]["released"], 4)


if __name__ == "__main__":
    unittest.main()
