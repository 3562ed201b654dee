"""A server ends, however, and the next one has its directory: what was answered holds."""

import os
import signal
import tempfile
import unittest

from support.case import Case, eventually


class Kept(Case):
    """Servers on one directory, one after the other."""

    args = None

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.data = os.path.join(folder.name, "data")

    def begin(self, *args, **options):
        return self.start(*args, data=self.data, **options)

    def end(self, kill):
        if kill:
            self.server.signal(signal.SIGKILL)
            self.assertEqual(self.server.wait(20), -signal.SIGKILL)
        else:
            self.assertEqual(self.server.stop(), 0)

    def each_end(self):
        """Once for an end in order and once for kill -9, each with a directory of its own."""
        for kill in (False, True):
            with self.subTest("kill -9" if kill else "SIGTERM"):
                self.data = os.path.join(self.folder, f"data-{kill}")
                yield lambda kill=kill: self.end(kill)


class Restart(Kept):
    def test_leases_live_on_and_their_handles_work(self):
        for end in self.each_end():
            self.begin("--pool", "db=2")
            one = self.api.admitted("w1", ttl_ms=60_000)
            two = self.api.admitted("w2", start=True, labels={"job": "backup"})
            over = self.api.admitted("w3", pool="default")
            self.api.release(over["handle"])
            end()
            self.begin("--pool", "db=2")
            rows = {row["worker"]: row for row in self.api.listed("leases")}
            self.assertEqual(set(rows), {"w1", "w2"})
            self.assertEqual((rows["w1"]["token"], rows["w1"]["state"]), (one["token"], "acquired"))
            self.assertEqual((rows["w2"]["state"], rows["w2"]["labels"]),
                             ("busy", {"job": "backup"}))
            self.assertGreater(rows["w1"]["ttl_ms"], 50_000)
            self.assertEqual(self.api.renew(one["handle"]).json["status"], "renewed")
            self.assertEqual(self.api.release(two["handle"]).json["status"], "released")
            again = self.api.release(over["handle"]).json
            self.assertEqual(again["status"], "already_released")
            new = self.api.admitted("w4")
            self.assertGreater(new["token"], max(one["token"], two["token"], over["token"]))
            self.assertEqual(self.api.acquire("w5").code, "pool_full")

    def test_tokens_rise_and_floors_do_not_fall(self):
        self.begin("--pool", "db=1")
        tokens, floors = [], []
        for kill in (False, True, True, False):
            lease = self.api.admitted()
            tokens.append(lease["token"])
            floors.append(lease["pools"][0]["floor"])
            self.api.release(lease["handle"])
            self.end(kill)
            self.begin()
            checked = self.api.call("GET", f"/v1/check?pool=db&token={lease['token']}").json
            self.assertFalse(checked["live"])
            floors.append(checked["floor"])
        self.assertEqual(tokens, sorted(set(tokens)))
        self.assertEqual(floors, sorted(floors))
        self.assertGreater(tokens[1] - tokens[0], 1000)
        self.assertLess(tokens[-1], 2**53)

    def test_what_is_remembered_answers_as_before(self):
        for end in self.each_end():
            self.begin("--pool", "db=2")
            done = self.api.admitted("w1", request_id="done")
            self.api.release(done["handle"])
            live = self.api.admitted("w2", request_id="live")
            self.api.cancel("never")
            end()
            self.begin()
            self.assertEqual(self.api.acquire("w1", request_id="done").code, "request_ended")
            same = self.api.admitted("w2", request_id="live")
            self.assertEqual((same["token"], same["handle"]), (live["token"], live["handle"]))
            self.assertEqual(self.api.acquire("w3", request_id="never").code, "cancelled")
            self.assertEqual([row["token"] for row in self.api.listed("history")],
                             [done["token"]])

    def test_kept_places_stand_where_they_stood(self):
        for end in self.each_end():
            self.begin("--pool", "db=1")
            holder = self.api.admitted("holder", ttl_ms=60_000)
            self.waiting("gone")
            places = [self.api.acquire(f"k{i}", request_id=f"id-{i}", keep_ms=60_000).json
                      for i in range(3)]
            end()
            self.begin()
            rows = self.api.listed("waiters")
            self.assertEqual([(row["ticket"], row["worker"]) for row in rows],
                             [(place["ticket"], f"k{i}") for i, place in enumerate(places)])
            self.api.release(holder["handle"])
            eventually(lambda: self.api.counts() == (1, 2, 1), what="the first place's grant")
            got = self.api.admitted("k0", request_id="id-0", keep_ms=60_000)
            self.assertGreater(got["token"], holder["token"])
            late = self.api.acquire("late", request_id="late", keep_ms=60_000).json
            self.assertGreater(late["ticket"], places[-1]["ticket"])
            self.assertEqual(late["position"], 3)

    def test_a_lease_that_nobody_renews_expires_after_it(self):
        self.begin("--pool", "db=1")
        self.api.admitted(ttl_ms=1000)
        self.end(kill=True)
        self.begin()
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assert_empty()


class Configured(Kept):
    def write(self, text):
        self.path = os.path.join(self.folder, "admit.json")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)

    def test_file_and_flags_win_for_the_fields_they_name(self):
        self.write('{"pools":[{"pool":"db","limit":2,"note":"by the file"}]}')
        args = ("--config", self.path, "--pool", "gpu=1")
        self.begin(*args)
        self.api.patch("db", limit=7, note="by hand", max_waiters=3)
        self.api.patch("gpu", limit=9, max_waiters=4)
        self.api.put("ours", limit=5, labels={"team": "x"})
        self.api.patch("default", limit=11)
        version = self.api.pool("ours")["version"]
        self.end(kill=True)
        self.begin(*args)
        db, gpu, ours = (self.api.pool(name) for name in ("db", "gpu", "ours"))
        self.assertEqual((db["limit"], db["note"], db["max_waiters"], db["source"]),
                         (2, "by the file", 3, "file"))
        self.assertEqual((gpu["limit"], gpu["max_waiters"], gpu["source"]), (1, 4, "flag"))
        self.assertEqual((ours["limit"], ours["labels"], ours["source"], ours["version"]),
                         (5, {"team": "x"}, "api", version))
        self.assertEqual(self.api.pool("default")["limit"], 11)
        for line in ("pool 'db': limit 7, set by the API, is now 2",
                     "pool 'db': note 'by hand', set by the API, is now 'by the file'",
                     "pool 'gpu': limit 9, set by the API, is now 1"):
            eventually(lambda text=line: text in self.server.log(), what=line)
        self.assertNotIn("max_waiters", self.server.log())

    def test_and_at_sighup(self):
        self.write('{"pools":[{"pool":"db","limit":2}]}')
        self.begin("--config", self.path)
        self.api.patch("db", limit=7)
        self.server.signal(signal.SIGHUP)
        eventually(lambda: self.api.pool("db")["limit"] == 2)
        eventually(lambda: "limit 7, set by the API, is now 2" in self.server.log())
        self.end(kill=True)
        self.begin()
        self.assertEqual((self.api.pool("db")["limit"], self.api.pool("db")["source"]),
                         (2, "file"))

    def test_what_the_file_no_longer_names_stays(self):
        self.begin("--pool", "db=2")
        self.end(kill=False)
        self.begin("--pool", "gpu=1")
        self.assertEqual(self.api.pool("db")["limit"], 2)

    def test_a_lower_limit_takes_nothing_away(self):
        self.begin("--pool", "db=3")
        leases = [self.api.admitted(f"w{i}") for i in range(3)]
        self.end(kill=True)
        self.begin("--pool", "db=1")
        self.assertEqual((self.api.pool("db")["active"], self.api.pool("db")["over_limit_by"]),
                         (3, 2))
        for lease in leases:
            self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")


if __name__ == "__main__":
    unittest.main()
