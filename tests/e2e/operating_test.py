"""Operators' calls: pools made, changed and deleted, leases and waiters taken away, listings."""

import unittest

from support.case import Case, eventually

SETTINGS = {
    "limit": 3,
    "mode": "paused",
    "note": "a note",
    "default_ttl_ms": 2000,
    "max_ttl_ms": 60_000,
    "max_waiters": 5,
    "max_wait_ms": 1000,
    "claim_ms": 500,
    "start_within_ms": 700,
    "labels": {"team": "storage"},
}


class Pools(Case):
    def test_put_creates_replaces_and_repeats(self):
        made = self.api.call("PUT", "/v1/pools/new", SETTINGS)
        self.assertEqual(made.status, 201)
        self.assertEqual({k: made.json[k] for k in SETTINGS}, SETTINGS)
        self.assertEqual(made.json["source"], "api")
        same = self.api.call("PUT", "/v1/pools/new", SETTINGS)
        self.assertEqual((same.status, same.json), (200, made.json))
        self.assertEqual(same.get("ETag"), made.get("ETag"))
        replaced = self.api.call("PUT", "/v1/pools/new", {"limit": 4})
        self.assertGreater(replaced.json["version"], made.json["version"])
        self.assertNotEqual(replaced.get("ETag"), made.get("ETag"))
        wanted = {"limit": 4, "mode": "paused", "note": "", "default_ttl_ms": 30_000,
                  "max_ttl_ms": 3_600_000, "max_waiters": 10_000, "max_wait_ms": 3_600_000,
                  "claim_ms": 10_000, "start_within_ms": 0, "labels": {}}
        self.assertEqual({k: replaced.json[k] for k in wanted}, wanted)
        self.assertEqual(self.api.pool("new"), replaced.json)

    def test_patch_changes_only_what_it_names_all_or_nothing(self):
        before = self.api.put("new", **SETTINGS)
        after = self.api.patch("new", limit=9)
        self.assertEqual(after["limit"], 9)
        for name in SETTINGS.keys() - {"limit"}:
            self.assertEqual(after[name], before[name])
        bad = self.api.call("PATCH", "/v1/pools/new", {"limit": 1, "claim_ms": -1})
        self.assert_problem(bad, 400, "bad_request")
        self.assertEqual(bad.json["field"], "claim_ms")
        self.assertEqual(self.api.pool("new"), after)
        same = self.api.call("PATCH", "/v1/pools/new", {})
        self.assertEqual((same.status, same.json), (200, after))
        unknown = self.api.call("PATCH", "/v1/pools/nope", {"limit": 1})
        self.assert_problem(unknown, 404, "unknown_pool")

    def test_put_needs_a_limit(self):
        response = self.api.call("PUT", "/v1/pools/new", {"note": "x"})
        self.assert_problem(response, 400, "bad_request")
        self.assertEqual(response.json["field"], "limit")
        self.assert_problem(self.api.call("GET", "/v1/pools/new"), 404, "unknown_pool")

    def test_settings_that_contradict_each_other(self):
        bad = {"limit": 1, "default_ttl_ms": 20_000, "max_ttl_ms": 10_000}
        response = self.api.call("PUT", "/v1/pools/new", bad)
        self.assert_problem(response, 422, "settings_conflict")

    def test_if_match_and_if_none_match(self):
        tag = self.api.call("GET", "/v1/pools/db").get("ETag")
        only_create = {"If-None-Match": "*"}

        def call(method, headers, pool="db"):
            value = None if method == "DELETE" else {"limit": 5}
            return self.api.call(method, f"/v1/pools/{pool}", value, headers)

        self.assertEqual(call("PATCH", {"If-Match": tag}).status, 200)
        for method in ("PUT", "PATCH", "DELETE"):
            self.assert_problem(call(method, {"If-Match": tag}), 412, "precondition_failed")
        self.assert_problem(call("PUT", only_create), 412, "precondition_failed")
        self.assertEqual(call("PUT", only_create, "fresh").status, 201)
        self.assert_problem(call("PUT", {"If-Match": "*"}, "none"), 412, "precondition_failed")
        self.assertEqual(call("PUT", {"If-Match": "*"}).status, 200)
        tag = self.api.call("GET", "/v1/pools/db").get("ETag")
        self.assertEqual(call("PATCH", {"If-Match": f'"x", {tag}'}).status, 200)
        self.assertEqual(call("DELETE", {"If-Match": "*"}).status, 204)

    def test_delete(self):
        self.assertEqual(self.api.call("DELETE", "/v1/pools/db").status, 204)
        self.assert_problem(self.api.call("DELETE", "/v1/pools/db"), 404, "unknown_pool")
        self.assert_problem(self.api.acquire(), 404, "unknown_pool")
        response = self.api.call("DELETE", "/v1/pools/default")
        self.assertEqual(response.status // 100, 4, str(response))
        self.assertEqual(self.api.pool("default")["limit"], 4)

    def test_delete_in_use(self):
        lease = self.api.admitted("a", slots=2)
        waiter = self.waiting("w")
        self.assert_problem(self.api.call("DELETE", "/v1/pools/db"), 409, "pool_in_use")
        self.assertEqual(self.api.counts(), (2, 1, 0))
        self.assertEqual(self.api.call("DELETE", "/v1/pools/db?force=true").status, 204)
        self.assert_problem(waiter.answer(5), 404, "unknown_pool")
        self.assert_problem(self.api.renew(lease["handle"]), 410, "lease_evicted")
        self.api.put(limit=1)
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_names_of_pools(self):
        for name in ("a", "A.b_c-9", "0", "x" * 128):
            self.assertEqual(self.api.call("PUT", f"/v1/pools/{name}", {"limit": 1}).status, 201)
        self.assertEqual(self.api.call("GET", "/v1/pools/%64%62").json["pool"], "db")
        for name in (".a", "-a", "_a", "a%20b", "a%2fb", "x" * 129, "%00", "%c3%a4", "a%0ab"):
            with self.subTest(name):
                response = self.api.call("PUT", f"/v1/pools/{name}", {"limit": 1})
                self.assertIn((response.status, response.code),
                              [(400, "bad_request"), (404, "not_found")])


class Taking(Case):
    def test_a_waiter_is_sent_away(self):
        self.api.admitted("a", slots=2)
        first, second = self.waiting("w1"), self.waiting("w2")
        ticket = self.api.listed("waiters")[0]["ticket"]
        target = f"/v1/pools/db/waiters/{ticket}"
        self.assertEqual(self.api.call("DELETE", target).status, 204)
        self.assert_problem(first.answer(5), 409, "cancelled")
        self.assertTrue(second.is_silent(0.05))
        self.assert_problem(self.api.call("DELETE", target), 404, "unknown_waiter")
        other = self.api.call("DELETE", f"/v1/pools/default/waiters/{ticket + 1}")
        self.assert_problem(other, 404, "unknown_waiter")

    def test_a_lease_belongs_to_its_pool(self):
        lease = self.api.admitted("a")
        target = f"/v1/pools/default/leases/{lease['token']}"
        self.assert_problem(self.api.call("DELETE", target), 404, "unknown_lease")
        target = f"/v1/pools/nope/leases/{lease['token']}"
        self.assert_problem(self.api.call("DELETE", target), 404, "unknown_pool")
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_all_leases_of_a_dead_machine(self):
        self.api.patch(limit=400)
        for i in range(300):
            self.api.admitted("dead", pool="db")
        self.api.call("POST", "/v1/acquire", {"worker": "dead"})
        self.api.admitted("alive")
        target = "/v1/workers/dead/leases"
        self.assertEqual(self.api.call("DELETE", target).json, {"evicted": 301})
        self.assertEqual(self.api.call("DELETE", target).json, {"evicted": 0})
        eventually(lambda: self.api.counts() == (1, 0, 0))
        self.assertEqual(self.api.counts("default"), (0, 0, 0))
        self.assertEqual(self.api.pool()["stats"]["evicted"], 300)

    def test_worker_names_in_paths(self):
        for name, path in (("a/b", "a%2Fb"), ("Jörg 7", "J%C3%B6rg%207"), ("%41", "%2541")):
            self.api.call("POST", "/v1/acquire", {"worker": name})
            view = self.api.call("GET", f"/v1/workers/{path}").json
            self.assertEqual((view["worker"], view["state"]), (name, "acquired"))
        for path in ("%00", "%0a", "%ff", "%e2%80%a8", "x" * 129, "%4", "%zz"):
            with self.subTest(path):
                response = self.api.call("GET", f"/v1/workers/{path}")
                self.assert_problem(response, 400, "bad_request")


class Listings(Case):
    def pages(self, target, name, key, limit):
        rows, after = [], ""
        while True:
            page = self.api.call("GET", f"{target}?limit={limit}{after}").json
            self.assertLessEqual(len(page[name]), limit)
            rows += [row[key] for row in page[name]]
            if "next" not in page:
                return rows
            after = f"&after={page['next']}"

    def test_pages(self):
        self.api.patch(limit=25)
        leases = [self.api.admitted(f"w{i}") for i in range(25)]
        tickets = [
            self.api.acquire("k", request_id=f"r{i}", keep_ms=60_000).json["ticket"]
            for i in range(25)
        ]
        tokens = [lease["token"] for lease in leases]
        for limit in (1, 7, 25, 1000):
            got = self.pages("/v1/pools/db/leases", "leases", "token", limit)
            self.assertEqual(got, tokens)
            got = self.pages("/v1/pools/db/waiters", "waiters", "ticket", limit)
            self.assertEqual(got, tickets)
        for i in range(25):
            self.api.cancel(f"r{i}")
        for lease in leases:
            self.api.release(lease["handle"])
        for limit in (7, 25):
            got = self.pages("/v1/pools/db/history", "ended", "token", limit)
            self.assertEqual(sorted(got), tokens)

    def test_pages_of_pools(self):
        names = sorted(["db", "default", *(f"p{i:03}" for i in range(120))])
        for name in names[2:]:
            self.api.put(name, limit=1)
        first = self.api.call("GET", "/v1/pools").json
        self.assertEqual(len(first["pools"]), 100)
        for limit in (50, 122, 1000):
            self.assertEqual(self.pages("/v1/pools", "pools", "pool", limit), names)

    def test_bad_queries(self):
        for query in ("limit=0", "limit=1001", "limit=x", "limit=", "limit=1.5", "limit=-1",
                      "after=-1", "after=x", "limit=1&limit=2", "direct=1", "nonsense=1"):
            with self.subTest(query):
                response = self.api.call("GET", f"/v1/pools/db/leases?{query}")
                self.assert_problem(response, 400, "bad_request")
                self.assertEqual(response.json.get("field"), query.split("=")[0])

    def test_rows(self):
        self.api.admitted("a", slots=2, ttl_ms=60_000)
        row = self.api.listed("leases", direct="true")[0]
        self.assertEqual((row["state"], row["slots"], row["pool"]), ("acquired", 2, "db"))
        self.assertLessEqual(row["ttl_ms"], 60_000)
        self.waiting("w")
        row = self.api.listed("waiters")[0]
        self.assertEqual((row["position"], row["worker"], row["slots"]), (1, "w", 1))
        view = self.api.call("GET", "/v1/workers/w").json
        self.assertEqual((view["state"], [r["ticket"] for r in view["waits"]]),
                         ("idle", [row["ticket"]]))
        unknown = self.api.call("GET", "/v1/pools/nope/leases")
        self.assert_problem(unknown, 404, "unknown_pool")


class System(Case):
    def test_version_health_and_readiness(self):
        self.assertEqual(self.api.call("GET", "/v1/version").json["api"], "v1")
        self.assertEqual(self.api.call("GET", "/healthz").status, 200)
        self.assertEqual(self.api.call("GET", "/readyz").status, 200)
        self.api.patch(mode="draining")
        self.assertEqual(self.api.call("GET", "/readyz").status, 200)

    def test_what_comes_later_is_not_there(self):
        later = self.api.call("DELETE", "/v1/pools/db/leases/1?now=true")
        self.assert_problem(later, 400, "bad_request", "not offered by this version")
        for target in ("/", "/v1/events", "/v1/ns/default/pools", "/v1", "/v2/pools"):
            self.assert_problem(self.api.call("GET", target), 404, "not_found")


if __name__ == "__main__":
    unittest.main()
