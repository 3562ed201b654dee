"""The command line for operators: `pools`, `pool …`, `leases`, `waiters`, `history`, `worker`,
`evict`."""

import re
import unittest

from support.cli import CliCase


class Pools(CliCase):
    def test_pools(self):
        self.api.admitted()
        out = self.shown("pools")
        lines = out.splitlines()
        self.assertRegex(lines[0], r"\APOOL +LIMIT +ACTIVE +WAITING +MODE\Z")
        self.assertRegex(lines[1], r"\Adb +2 +1 +0  open\Z")
        self.assertRegex(lines[2], r"\Adefault +\d+ +0 +0  open\Z")
        pools = self.json("PoolsPage", "pools")["pools"]
        self.assertEqual([(p["pool"], p["active"]) for p in pools], [("db", 1), ("default", 0)])

    def test_more_pools_than_a_page(self):
        for i in range(260):
            self.api.put(f"p{i:03}", limit=1)
        self.assertIn("p259", self.shown("pools"))
        listed = self.json("PoolsPage", "pools")
        self.assertEqual(len(listed["pools"]), 262)
        self.assertNotIn("next", listed)

    def test_show(self):
        self.api.put("db", limit=3, note="why", labels={"team": "storage"}, mode="paused")
        out = self.shown("pool", "show", "db")
        for line in (r"limit +3", r"mode +paused", r"note +why", r"label.team +storage",
                     r"default_ttl +30s", r"max_ttl +1h"):
            self.assertRegex(out, f"(?m)^{line}$")
        self.assertEqual(self.json("Pool", "pool", "show", "db"), self.api.pool())

    def test_set(self):
        self.assertEqual(self.shown("pool", "set", "gpu", "limit=1", "default_ttl=1m"),
                         "created gpu\n")
        self.assertEqual(self.shown("pool", "set", "gpu", "note=new disk", "label.a=1",
                                    "label.b=2"), "changed gpu\n")
        pool = self.json("Pool", "pool", "set", "gpu", "label.a=", "label.c=3", "max_wait=1h30m")
        self.assertEqual(pool["labels"], {"b": "2", "c": "3"})
        self.assertEqual((pool["limit"], pool["default_ttl_ms"]), (1, 60_000))
        self.assertEqual((pool["note"], pool["max_wait_ms"]), ("new disk", 5_400_000))
        self.refused(64, "pool", "set", "gpu", "limt=3", hint="did you mean 'limit'?")
        self.refused(64, "pool", "set", "other", "note=x", hint="with limit=N it is created")
        self.refused(64, "pool", "set", "gpu", "max_ttl=1s", hint="settings_conflict")
        self.assertEqual(self.api.pool("gpu")["max_ttl_ms"], 3_600_000)

    def test_pause_resume_drain(self):
        self.assertEqual(self.shown("pool", "pause", "db", "--note", "new disk"), "paused db\n")
        pool = self.api.pool()
        self.assertEqual((pool["mode"], pool["note"]), ("paused", "new disk"))
        self.refused(75, "acquire", "db", hint="new disk")
        self.assertEqual(self.shown("pool", "drain", "db"), "draining db\n")
        self.assertEqual(self.api.pool()["mode"], "draining")
        self.assertEqual(self.shown("pool", "resume", "db"), "resumed db\n")
        pool = self.json("Pool", "pool", "show", "db")
        self.assertEqual((pool["mode"], pool["note"]), ("open", ""))
        for what, mode in (("pause", "paused"), ("drain", "draining"), ("resume", "open")):
            self.assertEqual(self.json("Pool", "pool", what, "db")["mode"], mode)

    def test_delete(self):
        self.api.admitted()
        self.refused(1, "pool", "delete", "db", hint="pool_in_use")
        self.assertEqual(self.shown("pool", "delete", "db", "--force"), "deleted db\n")
        self.assertEqual(self.api.call("GET", "/v1/pools/db").status, 404)
        self.refused(64, "pool", "delete", "db", hint="unknown_pool")


class Holders(CliCase):
    def test_leases(self):
        one = self.api.admitted("w 1", labels={"a": "1"})
        self.api.admitted("größer")
        out = self.shown("leases", "db")
        lines = out.splitlines()
        heading = "TOKEN POOL WORKER SLOTS STATE AGE TIME LEFT LABELS"
        self.assertEqual(lines[0].split(), heading.split())
        self.assertIn(str(one["token"]), lines[1])
        # Aligned by characters, not bytes.
        self.assertEqual(lines[1].index("  acquired"), lines[2].index("  acquired"))
        leases = self.json("LeasesPage", "leases", "db")["leases"]
        self.assertEqual([row["worker"] for row in leases], ["w 1", "größer"])

    def test_waiters(self):
        for i in range(2):
            self.api.admitted(f"h{i}")
        self.waiting("first", labels={"a": "1"})
        self.waiting("second")
        lines = self.shown("waiters", "db").splitlines()
        self.assertEqual([re.search(r"first|second", line)[0] for line in lines[1:]],
                         ["first", "second"])
        waiters = self.json("WaitersPage", "waiters", "db")["waiters"]
        self.assertEqual([(w["worker"], w["position"]) for w in waiters],
                         [("first", 1), ("second", 2)])

    def test_history_has_all_pages(self):
        for i in range(260):
            self.api.release(self.api.admitted(f"w{i}")["handle"])
        ended = self.json("HistoryPage", "history", "db")["ended"]
        self.assertEqual([row["worker"] for row in ended], [f"w{i}" for i in range(260)])
        self.assertEqual(len(self.shown("history", "db").splitlines()), 261)

    def test_worker(self):
        self.assertEqual(self.shown("worker", "nobody"), "nobody is idle\n")
        self.api.admitted("w1")
        out = self.shown("worker", "w1")
        self.assertTrue(out.startswith("w1 is acquired\n"), out)
        self.assertIn("TOKEN", out)
        self.assertEqual(len(self.json("Worker", "worker", "w1")["leases"]), 1)

    def test_evict(self):
        lease = self.api.admitted("w1")
        token = str(lease["token"])
        self.assertEqual(self.shown("evict", "db", token), "evicted 1 lease\n")
        self.assert_problem(self.api.renew(lease["handle"]), 410, "lease_evicted")
        self.refused(70, "evict", "db", token, hint="unknown_lease")
        token = str(self.api.admitted("w1")["token"])
        self.assertEqual(self.json("EvictedCount", "evict", "db", token), {"evicted": 1})
        for _ in range(2):
            self.api.admitted("w1")
        self.assertEqual(self.json("EvictedCount", "evict", "--worker", "w1"), {"evicted": 2})
        self.assertEqual(self.shown("evict", "--worker", "w1"), "evicted 0 leases\n")
        self.assert_empty()


if __name__ == "__main__":
    unittest.main()
