"""Leases that are over, and handles that are not what they claim: no slot is ever freed twice."""

import unittest

from support.case import Case


class Over(Case):
    def test_double_release(self):
        first, second = self.api.admitted("a"), self.api.admitted("b")
        released = self.api.release(first["handle"]).json
        self.assertEqual(released["status"], "released")
        share = {"pool": "db", "active": 1, "limit": 2}
        self.assertEqual({k: released["pools"][0][k] for k in share}, share)
        for _ in range(3):
            again = self.api.release(first["handle"]).json
            self.assertEqual(again, {"status": "already_released", "token": first["token"]})
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assert_problem(self.api.renew(first["handle"]), 410, "lease_released")
        self.api.release(second["handle"])
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_release_twice_in_one_call(self):
        lease = self.api.admitted("a", slots=2)
        handles = [lease["handle"]] * 3
        rows = self.api.call("POST", "/v1/release", {"handles": handles}).json["leases"]
        wanted = ["released", "already_released", "already_released"]
        self.assertEqual([row["status"] for row in rows], wanted)
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_release_of_one_lease_never_frees_the_next(self):
        self.api.patch(limit=1)
        first = self.api.admitted("a")
        self.api.release(first["handle"])
        self.api.admitted("b")
        self.assertEqual(self.api.release(first["handle"]).json["status"], "already_released")
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assert_problem(self.api.acquire("c"), 429, "pool_full")

    def test_after_expiry(self):
        lease = self.api.admitted("a", ttl_ms=1000)
        other = self.api.admitted("b")
        waiter = self.waiting("c")
        self.assertEqual(waiter.answer(10).json["worker"], "c")
        self.assert_problem(self.api.release(lease["handle"]), 410, "lease_expired")
        self.assert_problem(self.api.renew(lease["handle"]), 410, "lease_expired")
        rows = self.api.call(
            "POST", "/v1/renew", {"handles": [lease["handle"], other["handle"]]}
        ).json["leases"]
        self.assertEqual([row["status"] for row in rows], ["expired", "renewed"])
        rows = self.api.call("POST", "/v1/release", {"handles": [lease["handle"]]}).json["leases"]
        self.assertEqual(rows, [{"status": "expired", "token": lease["token"]}])
        self.assertEqual(self.api.counts(), (2, 0, 0))
        self.assertEqual(self.api.pool()["stats"]["expired"], 1)

    def test_after_an_eviction(self):
        lease = self.api.admitted("a")
        target = f"/v1/pools/db/leases/{lease['token']}"
        self.assertEqual(self.api.call("DELETE", target).status, 204)
        self.assert_problem(self.api.call("DELETE", target), 404, "unknown_lease")
        self.assert_problem(self.api.renew(lease["handle"]), 410, "lease_evicted")
        self.assert_problem(self.api.release(lease["handle"]), 410, "lease_evicted")
        rows = self.api.call("POST", "/v1/release", {"handles": [lease["handle"]]}).json["leases"]
        self.assertEqual(rows, [{"status": "evicted", "token": lease["token"]}])
        self.assertEqual(self.api.counts(), (0, 0, 0))


class Forged(Case):
    def test_handles_that_are_not_ours(self):
        first, second = self.api.admitted("a"), self.api.admitted("b")
        token, mac = first["handle"].split(".", 1)
        self.assertEqual(int(token), first["token"])
        other_mac = second["handle"].split(".", 1)[1]
        flipped = ("A" if mac[0] != "A" else "B") + mac[1:]
        forged = [
            f"{token}.{other_mac}",
            f"{token}.{flipped}",
            f"{token}.{mac[:-1]}",
            f"{token}.{mac}A",
            f"{token}.{mac} ",
            f"0{token}.{mac}",
            f"+{token}.{mac}",
            f"{token}..{mac}",
            f"{token}.",
            f".{mac}",
            token,
            mac,
            ".",
            f"{int(token) + 1000}.{mac}",
            f"-1.{mac}",
            f"0.{mac}",
            f"{2**53}.{mac}",
            f"{2**64 + int(token)}.{mac}",
            "17.mZk3",
        ]
        for handle in forged:
            with self.subTest(handle):
                self.assert_problem(self.api.renew(handle), 404, "unknown_lease")
                self.assert_problem(self.api.release(handle), 404, "unknown_lease")
        for call in ("renew", "release"):
            rows = self.api.call("POST", f"/v1/{call}", {"handles": forged}).json["leases"]
            self.assertEqual({row["status"] for row in rows}, {"unknown"})
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_the_last_character_of_the_mac_counts(self):
        """Base64 has spare bits at its end; only one spelling of a handle may be good."""
        lease = self.api.admitted("a")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for letter in letters.replace(lease["handle"][-1], ""):
            handle = lease["handle"][:-1] + letter
            self.assert_problem(self.api.renew(handle), 404, "unknown_lease")

    def test_handles_of_another_server(self):
        lease = self.api.admitted("a")
        self.start(*self.args)
        self.assert_problem(self.api.release(lease["handle"]), 404, "unknown_lease")

    def test_the_handle_is_shown_nowhere(self):
        lease = self.api.admitted("a", request_id="hush-hush")
        self.api.acquire("b", request_id="hush-too", keep_ms=60_000, slots=2)
        mac = lease["handle"].split(".", 1)[1]
        for target in ("pools", "pools/db", "pools/db/leases", "pools/db/waiters", "workers/a"):
            body = self.api.call("GET", f"/v1/{target}").body.decode()
            self.assertNotIn(mac, body)
            self.assertNotIn("hush", body)
        self.api.release(lease["handle"])
        for target in ("/v1/pools/db/history", "/metrics"):
            body = self.api.call("GET", target).body.decode()
            self.assertNotIn(mac, body)
            self.assertNotIn("hush", body)
        self.assertNotIn(mac, self.server.log())
        self.assertNotIn("hush", self.server.log())


class Check(Case):
    def check(self, token):
        return self.api.call("GET", f"/v1/check?pool=db&token={token}").json

    def test_the_floor_never_falls(self):
        first, second = self.api.admitted("a"), self.api.admitted("b")
        for token in (first["token"], second["token"]):
            self.assertEqual(
                self.check(token),
                {"pool": "db", "token": token, "live": True, "floor": first["token"]},
            )
        self.api.release(first["handle"])
        answer = self.check(first["token"])
        self.assertEqual((answer["live"], answer["floor"]), (False, second["token"]))
        self.api.release(second["handle"])
        floor = self.check(second["token"])["floor"]
        self.assertGreater(floor, second["token"])
        third = self.api.admitted("c")
        self.assertEqual((third["token"], self.check(1)["floor"]), (floor, floor))

    def test_bad_questions(self):
        for query in ("?token=1", "?pool=db", "", "?pool=db&token=0", "?pool=db&token=x",
                      "?pool=db&token=-1", "?pool=db&token=9007199254740992",
                      "?pool=db&token=1&token=2", "?pool=db&token=1&x=1", "?pool=%ff&token=1"):
            with self.subTest(query):
                self.assert_problem(self.api.call("GET", "/v1/check" + query), 400, "bad_request")
        unknown = self.api.call("GET", "/v1/check?pool=nope&token=1")
        self.assert_problem(unknown, 404, "unknown_pool")


if __name__ == "__main__":
    unittest.main()
