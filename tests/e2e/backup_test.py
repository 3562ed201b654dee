"""Backups of a running server, and directories made from them."""

import json
import os
import socket
import stat
import subprocess
import threading
import unittest

import restart_test
from support.api import Api
from support.case import eventually, slower
from support.message import Request, json_body
from support.server import binary
from support.wire import Closed

RISEN = 1 << 42


def command(*args, seconds=60, **options):
    """Runs one of admitd's commands to its end."""
    return subprocess.run([binary("admitd"), *args], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=slower(seconds), check=False, **options)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def contents(folder):
    """Every file below it: its bytes, when they were written, and its mode."""
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        what = os.stat(path)
        with open(path, "rb") as file:
            found[name] = (file.read(), what.st_mtime_ns, what.st_mode)
    return found


class Backups(restart_test.Kept):
    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.folder, "backup")
        self.copy = os.path.join(self.folder, "restored")

    def at(self):
        return "%s:%d" % self.server.address

    def back_up(self, *args, status=0):
        ran = command("backup", self.file, "--listen", self.at(), *args)
        self.assertEqual(ran.returncode, status, ran.stderr)
        return ran

    def restore(self, *args, status=0):
        ran = command("restore", self.file, "--data", self.copy, *args)
        self.assertEqual(ran.returncode, status, ran.stderr)
        if status != 0:
            self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        return ran

    def leftovers(self):
        return [n for n in os.listdir(self.data) if "backup" in n]


class BackAndForth(Backups):
    def test_by_every_kind_of_address(self):
        try:
            socket.socket(socket.AF_INET6).bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 here")
        self.begin(listen="[::1]:0")
        port = self.server.address[1]
        for where in (("--listen", f"[::1]:{port}"), ("--server", f"http://[::1]:{port}")):
            ran = command("backup", self.file, "--overwrite", *where)
            self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_everything_is_there_and_tokens_have_jumped(self):
        self.begin("--pool", "db=3")
        self.api.patch("db", note="the database")
        one = self.api.admitted("w1", ttl_ms=60_000, request_id="id-1")
        over = self.api.admitted("w2", request_id="id-2")
        self.api.release(over["handle"])
        kept = self.api.acquire("w3", slots=3, keep_ms=300_000, request_id="id-3")
        self.assertEqual(kept.status, 202)
        told = self.back_up().stdout
        self.assertIn("2 pools, 1 lease and 1 kept place", told)
        self.assertEqual(mode(self.file), 0o600)
        later = self.api.admitted("w4", pool="default")
        self.end(kill=True)

        told = self.restore().stdout
        self.assertIn("handle.key", told)
        self.assertIn("no longer work", told)
        self.assertEqual(mode(self.copy), 0o700)
        self.assertEqual(mode(os.path.join(self.copy, "handle.key")), 0o600)
        self.data = self.copy
        self.begin("--pool", "db=3")
        self.assertEqual(self.api.pool("db")["note"], "the database")
        self.assertEqual([r["token"] for r in self.api.listed("leases")], [one["token"]])
        self.assertEqual([r["worker"] for r in self.api.listed("waiters")], ["w3"])
        self.assertEqual(self.api.listed("history")[0]["token"], over["token"])
        # What is remembered: the id's admission is over.
        self.assertEqual(self.api.cancel("id-2").json["token"], over["token"])
        # The key was not in the backup.
        self.assertEqual(self.api.renew(one["handle"]).code, "unknown_lease")
        # Nobody is admitted beside a lease that is not known.
        refused = self.assert_problem(self.api.acquire("w5"), 503, "not_ready", "restored")
        self.assertGreater(refused.json["retry_after_ms"], 50_000)
        self.assert_problem(self.api.call("GET", "/readyz"), 503, "not_ready", "restored")
        self.assertIn("restored from a backup", self.server.log())
        floor = self.api.call("GET", "/v1/check?pool=default&token=1").json["floor"]
        self.assertGreaterEqual(floor, later["token"] + RISEN)

    def test_the_quarantine_ends_and_a_key_that_was_kept_goes_on(self):
        self.begin("--pool", "db=2")
        self.api.patch("db", default_ttl_ms=2_000)
        self.api.patch("default", default_ttl_ms=2_000)
        lease = self.api.admitted("w1", ttl_ms=3_000, request_id="mine")
        self.back_up()
        later = self.api.admitted("w2", ttl_ms=2_000)
        self.end(kill=False)
        os.mkdir(self.copy, 0o700)
        with open(os.path.join(self.data, "handle.key"), "rb") as key:
            with open(os.path.join(self.copy, "handle.key"), "wb",
                      opener=lambda p, f: os.open(p, f, 0o600)) as same:
                same.write(key.read())
        told = self.restore().stdout
        self.assertIn("A handle.key was there and stays", told)
        self.assertNotIn("no longer work", told)
        self.assertIn("3000 ms", told)
        self.data = self.copy
        self.begin()
        self.assertEqual(self.api.acquire("w3").code, "not_ready")
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        # Given after the backup: authentic, and not known.
        self.assertEqual(self.api.renew(later["handle"]).status // 100, 4)

        def admitted():
            self.api.renew(lease["handle"])
            response = self.api.acquire("w3")
            self.assertIn(response.status, (200, 503))
            return response.json if response.status == 200 else None

        new = eventually(admitted, 20, "the end of the quarantine")
        self.assertGreater(new["token"], later["token"] + RISEN // 2)
        self.assertEqual(self.api.acquire("w4").code, "pool_full")

    def test_twice_of_one_backup_gives_other_tokens(self):
        """Also of one that is ahead of the date, as it was restored before."""
        self.begin()
        self.back_up()
        self.end(kill=False)
        self.restore()
        self.data = self.copy
        self.begin()
        self.back_up("--overwrite")
        last = json.loads(command("inspect", self.file, "--json").stdout)["next_token"]
        tokens = set()
        # Each within a second of the others, maybe: chance is for that.
        for number in range(8):
            self.copy = os.path.join(self.folder, f"again-{number}")
            self.restore()
            seen = json.loads(command("inspect", self.copy, "--json").stdout)
            self.assertGreaterEqual(seen["next_token"], last + RISEN)
            tokens.add(seen["next_token"])
        self.assertGreater(len(tokens), 2)

    def test_tokens_above(self):
        self.begin()
        self.back_up()
        self.restore("--token-above", str(1 << 50), "--longest-ttl-ms", "1234567")
        seen = json.loads(command("inspect", self.copy, "--json").stdout)
        self.assertEqual(seen["next_token"], (1 << 50) + 1)
        self.assertEqual(seen["quarantine_ms"], 1234567)

    def test_under_load(self):
        self.begin("--pool", "db=1000000", "--threads", "2")
        stop = threading.Event()
        given = [[] for _ in range(3)]
        failures = []

        def work(mine):
            api = Api(self.server.address)
            try:
                while not stop.is_set():
                    mine.append(api.admitted(f"w{len(mine)}", ttl_ms=600_000)["token"])
            except Exception as error:  # told by the test's own thread
                failures.append(error)
            finally:
                api.close()

        threads = [threading.Thread(target=work, args=(mine,)) for mine in given]
        for each in threads:
            each.start()
        try:
            for round_ in range(5):
                eventually(lambda: min(map(len, given)) > 50 * (round_ + 1), 30, "some leases")
                before = {token for mine in given for token in list(mine)}
                self.back_up("--overwrite")
                after = {token for mine in given for token in list(mine)}
                seen = json.loads(command("inspect", self.file, "--json").stdout)
                there = {row["token"] for row in seen["leases"]}
                # What was answered before is in it, and nothing that came later than it.
                self.assertLessEqual(before, there)
                self.assertLessEqual(len(there - after), len(threads))
                # And a prefix: no gap.
                self.assertEqual(there, {t for t in after | there if t <= max(there)})
        finally:
            stop.set()
            for each in threads:
                each.join(slower(30))
        self.assertEqual(failures, [])
        self.assertEqual(self.leftovers(), [])
        self.restore()
        there = {r["token"] for r in json.loads(command("inspect", self.copy, "--json").stdout)
                 ["leases"]}
        self.assertLessEqual(before, there)


class Downloads(Backups):
    """Who asks for a backup and does not take it."""

    def fill(self):
        """More than sockets take in: some megabytes of labels."""
        labels = {f"l{k}": "x" * 250 for k in range(16)}
        for i in range(2_000):
            value = {"pool": "db", "worker": f"w{i}", "labels": labels, "ttl_ms": 600_000}
            got = self.api.exchange(Request("POST", "/v1/acquire", json_body(value)))
            self.assertEqual(got.status, 200, got)

    def slow(self):
        """A download of which only the beginning is taken."""
        taker = socket.socket()
        self.addCleanup(taker.close)
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        taker.settimeout(slower(20))
        taker.connect(self.server.address)
        taker.sendall(b"GET /v1/backup HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertTrue(taker.recv(100).startswith(b"HTTP/1.1 200 OK\r\n"))
        return taker

    def test_one_at_a_time_and_none_is_leaked(self):
        self.begin("--pool", "db=1000000")
        self.fill()
        taker = self.slow()
        # Everything else goes on.
        self.api.admitted("w")
        busy = self.assert_problem(self.api.call("GET", "/v1/backup"), 503, "overloaded",
                                   "one at a time")
        self.assertTrue(busy.get("Retry-After"))
        ran = self.back_up(status=69)
        self.assertIn("one at a time", ran.stderr)
        self.assertFalse(os.path.exists(self.file))
        self.assertEqual(self.leftovers(), [])
        taker.close()
        eventually(lambda: self.api.call("GET", "/v1/backup").status == 200, 20, "the next backup")
        pid = self.server.process.pid
        held = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
        self.assertEqual([name for name in held if "journal.backup" in name], [])

    def test_one_who_takes_nothing_is_given_up(self):
        self.begin("--pool", "db=1000000")
        self.fill()
        self.slow()
        eventually(lambda: self.api.call("GET", "/v1/backup").status == 200, 40, "the next backup")

    def test_the_end_does_not_wait_for_one(self):
        self.begin("--pool", "db=1000000", "--drain-ms", "500")
        self.fill()
        taker = self.slow()
        self.assertEqual(self.server.stop(slower(15)), 0)
        taker.close()
        self.begin()
        self.assertEqual(self.leftovers(), [])

    def test_a_kept_connection_goes_on_behind_it(self):
        self.begin()
        wire = self.wire()
        wire.ask("GET", "/v1/pools/default").ask("GET", "/v1/backup").ask("HEAD", "/v1/backup")
        wire.ask("GET", "/v1/version")
        self.assertEqual(wire.answer().json["pool"], "default")
        backup = wire.answer()
        self.assertEqual(backup.get("Content-Type"), "application/octet-stream")
        self.assertTrue(backup.body.startswith(b"SQLite format 3\0"))
        self.assertEqual(wire.answer().status, 200)
        self.assertEqual(wire.answer().json["name"], "admitd")

    def test_half_closed_it_is_not_wanted(self):
        self.begin()
        wire = self.wire()
        wire.ask("GET", "/v1/backup")
        wire.half_close()
        try:
            wire.answer()
        except (Closed, ConnectionResetError):
            pass
        eventually(lambda: self.api.call("GET", "/v1/backup").status == 200, what="a backup")


if __name__ == "__main__":
    unittest.main()
