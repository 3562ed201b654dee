"""A look into a data directory or a backup: everything but the secrets, and nothing changes."""

import json
import os
import sqlite3
import unittest

import backup_test
from backup_test import command, contents


class Inspect(backup_test.Backups):
    SECRETS = ("secret-1", "secret-2", "secret-3")

    def live(self):
        self.begin("--pool", "db=2")
        lease = self.api.admitted("w1", ttl_ms=60_000, request_id="secret-1")
        self.api.admitted("w2", start=True)
        self.api.acquire("w3", keep_ms=300_000, request_id="secret-2")
        self.api.cancel("secret-3")
        return lease

    def assert_no_secret(self, text, lease):
        for secret in (*self.SECRETS, lease["handle"], lease["handle"].split(".")[1],
                       lease["request_id"]):
            self.assertNotIn(secret, text)

    def test_after_an_end_of_either_kind(self):
        for end in self.each_end():
            lease = self.live()
            ran = command("inspect", self.data)
            self.assertEqual(ran.returncode, 75)
            self.assertIn("another server", ran.stderr)
            end()
            before = contents(self.data)
            shown = command("inspect", self.data)
            machine = command("inspect", self.data, "--json")
            self.assertEqual(contents(self.data), before)
            self.assertEqual((shown.returncode, machine.returncode), (0, 0), shown.stderr)
            self.assert_no_secret(shown.stdout + machine.stdout, lease)
            for words in (f"{lease['token']}  db  w1  acquired", "db: 2/2 active, 1 waiting",
                          "granted token=", "worker=w3", "raised next_token=",
                          "1 cancelled ids", "60000 ms left"):
                self.assertIn(words, shown.stdout)
            seen = json.loads(machine.stdout)
            self.assertEqual(seen["kind"], "journal")
            self.assertEqual(seen["wrong"], [])
            rows = {r["worker"]: r for r in seen["leases"]}
            self.assertEqual(rows["w1"]["token"], lease["token"])
            self.assertEqual(rows["w2"]["state"], "busy")
            self.assertEqual([r["worker"] for r in seen["waiters"]], ["w3"])
            self.assertEqual({p["pool"]: p["limit"] for p in seen["pools"]},
                             {"db": 2, "default": 4})
            self.assertEqual(seen["remembered"], {"ended_leases": 0, "cancelled_ids": 1})
            self.assertEqual([r["record"] for r in seen["log"]],
                             ["raised", "pool_set", "granted", "granted", "queued",
                              "id_cancelled"])
            self.assertEqual(seen["log"], sorted(seen["log"], key=lambda r: r["at_ms"]))

    def test_a_backup(self):
        lease = self.live()
        self.back_up()
        before = contents(os.path.dirname(self.file) + "/data")
        ran = command("inspect", self.file, "--json")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(json.loads(ran.stdout)["kind"], "backup")
        self.assert_no_secret(ran.stdout, lease)
        self.assertEqual(sorted(before), sorted(os.listdir(self.data)))
        with open(os.path.join(self.data, "handle.key"), "rb") as key:
            with open(self.file, "rb") as file:
                held = file.read()
                self.assertNotIn(key.read(), held)
        self.assertNotIn(lease["handle"].split(".")[1].encode(), held)

    def test_a_damaged_journal_is_shown_as_far_as_it_goes(self):
        self.live()
        self.end(kill=False)
        with sqlite3.connect(os.path.join(self.data, "journal.db")) as db:
            db.execute("UPDATE journal SET body = zeroblob(length(body)) WHERE seq = 5")
        db.close()
        before = contents(self.data)
        ran = command("inspect", self.data)
        self.assertEqual(ran.returncode, 78)
        self.assertIn("batch 5", ran.stderr)
        self.assertIn("WRONG", ran.stdout)
        self.assertIn("w2", ran.stdout)
        self.assertNotIn("w3", ran.stdout)
        self.assertEqual(contents(self.data), before)

    def test_what_is_none(self):
        for path, words in ((self.data, "no such file"), (self.folder, "no journal"),
                            (__file__, "")):
            ran = command("inspect", path)
            self.assertEqual((ran.returncode, ran.stdout), (78, ""), ran.stderr)
            self.assertIn(words, ran.stderr)
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        for path in (pipe, "/dev/zero"):
            ran = command("inspect", path, seconds=10)
            self.assertEqual((ran.returncode, ran.stdout), (78, ""), ran.stderr)
            self.assertIn(f"{path}: not a file", ran.stderr)


if __name__ == "__main__":
    unittest.main()
