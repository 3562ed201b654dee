"""keep_ms: places that outlive their calls, 202, and grants that nobody has come for yet."""

import time
import unittest

from support.case import Case, eventually


class Keep(Case):
    args = ("--pool", "db=1")

    def keep(self, worker="k", request_id="id-k", keep_ms=5000, **fields):
        return self.api.acquire(worker, request_id=request_id, keep_ms=keep_ms, **fields)

    def test_a_place_without_waiting_is_answered_at_once(self):
        self.api.admitted("holder")
        first = self.keep()
        self.assertEqual(first.status, 202)
        place = first.json
        self.assertEqual((place["position"], place["waiting"]), (1, 1))
        self.assertEqual((place["status"], place["request_id"]), ("queued", "id-k"))
        self.assertIn("db", place["reason"])
        again = self.keep().json
        self.assertEqual(again["ticket"], place["ticket"])
        row = self.api.listed("waiters")[0]
        self.assertEqual((row["ticket"], row["attached"]), (place["ticket"], False))

    def test_keep_needs_an_id(self):
        response = self.api.acquire("k", keep_ms=1000)
        self.assert_problem(response, 400, "bad_request", "request_id")

    def test_it_is_admitted_at_once_where_there_is_room(self):
        self.assertEqual(self.keep().status, 200)

    def test_the_place_is_lost_when_nobody_comes_back(self):
        self.api.admitted("holder")
        self.assertEqual(self.keep(keep_ms=300).status, 202)
        self.assertEqual(self.api.counts(), (1, 1, 0))
        eventually(lambda: self.api.counts() == (1, 0, 0))

    def test_each_call_starts_the_keep_clock_anew(self):
        self.api.admitted("holder")
        ticket = self.keep(keep_ms=600).json["ticket"]
        until = time.monotonic() + 2
        while time.monotonic() < until:
            self.assertEqual(self.keep(keep_ms=600).json["ticket"], ticket)
            time.sleep(0.1)

    def test_a_disconnect_keeps_the_place(self):
        self.api.admitted("holder")
        wire = self.waiting("k", request_id="id-k", keep_ms=10_000)
        self.assertTrue(self.api.listed("waiters")[0]["attached"])
        wire.reset()
        eventually(lambda: not self.api.listed("waiters")[0]["attached"], what="detached")
        self.assertEqual(self.api.counts(), (1, 1, 0))

    def test_a_grant_meanwhile_is_unclaimed_until_it_is_fetched(self):
        holder = self.api.admitted("holder")
        self.keep(ttl_ms=2000)
        self.api.release(holder["handle"])
        self.assertEqual(self.api.counts(), (1, 0, 1))
        row = self.api.listed("leases")[0]
        self.assertEqual((row["state"], row["worker"]), ("unclaimed", "k"))
        check = self.api.call("GET", f"/v1/check?pool=db&token={row['token']}").json
        self.assertEqual((check["live"], check["floor"]), (True, row["token"]))
        claimed = self.keep(ttl_ms=2000)
        self.assertEqual((claimed.status, claimed.json["token"]), (200, row["token"]))
        self.assertGreater(claimed.json["ttl_ms"], 1500)
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.api.release(claimed.json["handle"])
        self.assert_empty()

    def test_an_unclaimed_grant_ends_after_claim_ms(self):
        self.api.patch(claim_ms=300)
        holder = self.api.admitted("holder")
        self.keep(keep_ms=60_000)
        waiter = self.waiting("next")
        self.api.release(holder["handle"])
        self.assertEqual(self.api.counts(), (1, 1, 1))
        self.assertEqual(waiter.answer(5).json["worker"], "next")
        rows = [(r["worker"], r["outcome"]) for r in self.api.listed("history")]
        self.assertEqual(rows, [("holder", "ok"), ("k", "unclaimed")])
        self.assert_problem(self.keep(keep_ms=60_000), 409, "request_ended")

    def test_an_unclaimed_grant_ends_after_the_rest_of_keep_ms(self):
        holder = self.api.admitted("holder")
        self.keep(keep_ms=400)
        self.api.release(holder["handle"])
        self.assertEqual(self.api.counts(), (1, 0, 1))
        self.assert_empty(seconds=5)

    def test_a_wait_that_ends_says_202(self):
        self.api.admitted("holder")
        first = self.wire().ask(
            "POST",
            "/v1/acquire",
            {"pool": "db", "worker": "k", "request_id": "i", "keep_ms": 9000, "wait_ms": 200},
        )
        self.assertEqual(first.answer(5).status, 202)
        self.assertEqual(self.api.counts(), (1, 1, 0))

    def test_an_answer_that_cannot_be_delivered_leaves_it_unclaimed_or_takes_it_back(self):
        for kept in (True, False):
            holder = self.api.admitted("holder")
            fields = {"request_id": f"id-{kept}", "keep_ms": 2000} if kept else {}
            wire = self.waiting("k", **fields)
            # The server sees the reset and the release in whichever order it likes.
            wire.reset()
            self.api.release(holder["handle"])
            if kept:
                eventually(lambda: self.api.counts() == (1, 0, 1), what="unclaimed")
                self.assertEqual(self.api.cancel("id-True").json["status"], "cancelled")
            self.assert_empty()


class RequestId(Case):
    args = ("--pool", "db=1")

    def test_a_repeat_finds_the_same_lease(self):
        first = self.api.admitted("w", request_id="r")
        again = self.api.admitted("w", request_id="r")
        self.assertEqual((again["handle"], again["token"]), (first["handle"], first["token"]))
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_a_repeat_never_renews(self):
        self.api.admitted("w", request_id="r", ttl_ms=1000)
        last = 1000
        while (response := self.api.acquire("w", request_id="r", ttl_ms=1000)).status == 200:
            self.assertLessEqual(response.json["ttl_ms"], last)
            last = response.json["ttl_ms"]
        self.assert_problem(response, 409, "request_ended")
        self.assertLess(last, 500)

    def test_the_header_means_the_same(self):
        first = self.api.acquire(headers={"Idempotency-Key": '"abc"'})
        bare = self.api.acquire(headers={"Idempotency-Key": "abc"})
        field = self.api.acquire(request_id="abc", headers={"Idempotency-Key": '"abc"'})
        self.assertEqual({r.json["token"] for r in (first, bare, field)}, {first.json["token"]})
        self.assertEqual(first.json["request_id"], "abc")
        differs = self.api.acquire(request_id="x", headers={"Idempotency-Key": "abc"})
        self.assert_problem(differs, 400, "bad_request")

    def test_other_parameters_are_a_mismatch(self):
        self.api.admitted("w", request_id="r", ttl_ms=30_000)
        # Without it the default is filled in, which is the same.
        self.assertEqual(self.api.acquire("w", request_id="r").status, 200)
        for fields in ({"ttl_ms": 5000}, {"labels": {"a": "b"}}, {"start": True},
                       {"pool": "default"}):
            with self.subTest(fields):
                response = self.api.acquire("w", request_id="r", **fields)
                self.assert_problem(response, 409, "request_mismatch")
        self.assert_problem(self.api.acquire("v", request_id="r"), 409, "request_mismatch")

    def test_an_ended_id_is_not_admitted_again(self):
        lease = self.api.admitted(request_id="r")
        self.api.release(lease["handle"])
        self.assert_problem(self.api.acquire(request_id="r"), 409, "request_ended")
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_two_calls_with_one_id_wait_in_one_place_and_get_one_lease(self):
        holder = self.api.admitted("holder")
        first = self.waiting("w", request_id="r")
        second = self.api.waiting("w", request_id="r")
        self.addCleanup(second.close)
        self.assertTrue(second.is_silent(0.1))
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.api.release(holder["handle"])
        answers = [first.answer(5).json, second.answer(5).json]
        self.assertEqual(answers[0]["handle"], answers[1]["handle"])
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_the_last_to_detach_abandons(self):
        self.api.admitted("holder")
        first = self.waiting("w", request_id="r")
        second = self.api.waiting("w", request_id="r")
        self.addCleanup(second.close)
        self.assertTrue(second.is_silent(0.1))
        first.close()
        self.assertTrue(second.is_silent(0.2))
        self.assertEqual(self.api.counts(), (1, 1, 0))
        second.close()
        eventually(lambda: self.api.counts() == (1, 0, 0))

    def test_two_at_the_same_time_on_two_connections(self):
        self.api.patch(limit=1000)
        wires = self.wire(), self.wire()
        for i in range(200):
            fields = {"pool": "db", "worker": "w", "request_id": f"r{i}"}
            for wire in wires:
                wire.ask("POST", "/v1/acquire", fields)
            got = [wire.answer(10).json["handle"] for wire in wires]
            self.assertEqual(got[0], got[1])
        self.assertEqual(self.api.counts(), (200, 0, 0))


if __name__ == "__main__":
    unittest.main()
