"""The data directory: made, locked, refused, full."""

import json
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import tempfile
import unittest

from restart_test import Kept
from support.api import Api
from support.case import Case, eventually, slower
from support.server import binary

HUGE = "1000000G"


def admitd(*args, env=None, seconds=60):
    """Runs admitd to its end, which must come by itself."""
    return subprocess.run([binary("admitd"), "--listen", "127.0.0.1:0", *args],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=slower(seconds), env=env)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Made(Kept):
    def test_it_is_made_for_its_owner_alone(self):
        self.begin()
        self.assertEqual(mode(self.data), 0o700)
        self.assertEqual(mode(os.path.join(self.data, "handle.key")), 0o600)
        self.assertEqual(os.path.getsize(os.path.join(self.data, "handle.key")), 32)

    def test_what_is_in_it_is_for_its_owner_alone_wherever_it_lies(self):
        os.mkdir(self.data, 0o755)
        self.addCleanup(os.umask, os.umask(0o022))
        self.begin("--pool", "db=1")
        self.api.admitted()
        names = sorted(os.listdir(self.data))
        self.assertIn("journal.db-wal", names)
        self.assertEqual({mode(os.path.join(self.data, name)) for name in names}, {0o600}, names)

    def test_not_where_its_parent_is_missing(self):
        ran = admitd("--data", os.path.join(self.folder, "missing", "data"))
        self.assertEqual(ran.returncode, 78, ran.stderr)
        self.assertIn("missing", ran.stderr)
        self.assertEqual(ran.stdout, "")

    def test_by_default_where_xdg_says(self):
        environments = [
            ({"XDG_STATE_HOME": self.folder + "/xdg", "HOME": self.folder + "/h"}, "xdg/admit"),
            ({"HOME": self.folder + "/home"}, "home/.local/state/admit"),
            ({"XDG_STATE_HOME": "not/absolute", "HOME": self.folder + "/h2"},
             "h2/.local/state/admit"),
        ]
        for variables, place in environments:
            with self.subTest(place):
                env = {k: v for k, v in os.environ.items() if k not in ("XDG_STATE_HOME", "HOME")}
                process = subprocess.Popen([binary("admitd"), "--listen", "127.0.0.1:0"],
                                           env=env | variables, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL)
                self.addCleanup(process.stdout.close)
                self.addCleanup(process.kill)
                self.assertIn(b"listening", process.stdout.readline())
                self.assertTrue(os.path.exists(os.path.join(self.folder, place, "handle.key")))
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(slower(20)), 0)

    def test_no_home_is_an_error_that_says_what_to_do(self):
        ran = admitd(env={"PATH": os.environ["PATH"]})
        self.assertEqual(ran.returncode, 78)
        self.assertIn("--data", ran.stderr)
        self.assertIn("--ephemeral", ran.stderr)


class Locked(Kept):
    def test_a_second_server_is_told_so(self):
        self.begin()
        ran = admitd("--data", self.data)
        self.assertEqual(ran.returncode, 75, ran.stderr)
        self.assertIn(self.data, ran.stderr)
        self.assertRegex(ran.stderr, "another server")
        self.assertEqual(ran.stdout, "")
        self.assertEqual(self.api.call("GET", "/readyz").status, 200)
        self.end(kill=True)
        self.begin()


class Refused(Kept):
    """Each with status 78, a line that names the file, and nothing changed."""

    def spoil(self, change):
        self.begin("--pool", "db=2")
        self.api.admitted(ttl_ms=600_000)
        self.end(kill=False)
        change(lambda name: os.path.join(self.data, name))

    def assert_refused(self, *words, args=()):
        ran = admitd("--data", self.data, *args)
        self.assertEqual(ran.returncode, 78, ran.stderr)
        self.assertEqual(ran.stdout, "")
        for word in words:
            self.assertIn(word, ran.stderr)
        return ran

    def test_not_a_directory(self):
        with open(self.data, "w", encoding="ascii") as file:
            file.write("x")
        self.assert_refused(self.data)

    def test_not_a_database(self):
        def change(path):
            with open(path("journal.db"), "wb") as file:
                file.write(b"This is no database at all.\n" * 1000)
        self.spoil(change)
        self.assert_refused("journal.db")

    def test_a_newer_version(self):
        def change(path):
            with sqlite3.connect(path("journal.db")) as db:
                db.execute("PRAGMA user_version = 1000000")
            db.close()
        self.spoil(change)
        self.assert_refused("journal.db", "later version")

    def test_a_journal_that_is_gone(self):
        self.spoil(lambda path: os.remove(path("journal.db")))
        self.assert_refused("journal")

    def test_a_key_that_others_may_read(self):
        self.spoil(lambda path: os.chmod(path("handle.key"), 0o640))
        self.assert_refused("handle.key", "others")

    def test_a_key_of_another_size(self):
        self.spoil(lambda path: os.truncate(path("handle.key"), 31))
        self.assert_refused("handle.key", "31 bytes")

    def test_a_key_that_is_a_link(self):
        def change(path):
            os.rename(path("handle.key"), path("elsewhere"))
            os.symlink(path("elsewhere"), path("handle.key"))
        self.spoil(change)
        self.assert_refused("handle.key")

    @unittest.skipIf(os.geteuid() != 0, "only root gives files away")
    def test_a_key_of_somebody_else(self):
        self.spoil(lambda path: os.chown(path("handle.key"), 12345, 12345))
        self.assert_refused("handle.key", "another user")

    def test_a_missing_key_while_leases_live(self):
        self.spoil(lambda path: os.remove(path("handle.key")))
        self.assert_refused("handle.key", "1 leases", "--accept-data-loss")
        self.begin("--accept-data-loss")
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.assertEqual(os.path.getsize(os.path.join(self.data, "handle.key")), 32)

    def test_a_missing_key_that_nobody_needs(self):
        self.begin()
        self.end(kill=False)
        os.remove(os.path.join(self.data, "handle.key"))
        self.begin()

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_read_only(self):
        self.spoil(lambda path: os.chmod(self.data, 0o500))
        self.addCleanup(os.chmod, self.data, 0o700)
        self.assert_refused(self.data)

    def test_what_file_and_flags_want_and_cannot_have(self):
        self.begin("--pool", "db=2")
        self.api.patch("db", max_ttl_ms=40_000)
        self.end(kill=False)
        path = os.path.join(self.folder, "admit.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump({"pools": [{"pool": "db", "default_ttl_ms": 50_000}]}, file)
        self.assert_refused("pool 'db'", "default_ttl_ms", args=("--config", path))
        self.begin()
        self.assertEqual(self.api.pool("db")["default_ttl_ms"], 30_000)


class Usage(unittest.TestCase):
    def test_ephemeral_has_no_directory(self):
        for flags in (["--data", "x"], ["--durability", "strict"], ["--accept-data-loss"],
                      ["--min-free", "1"]):
            self.assertEqual(admitd("--ephemeral", *flags).returncode, 64, flags)
        for flags in (["--data", ""], ["--durability", "mostly"], ["--min-free", "x"],
                      ["--min-free", "-1"], ["--min-free", "1T"]):
            self.assertEqual(admitd(*flags).returncode, 64, flags)


class Full(Kept):
    def fill(self):
        """Acquires until that is no longer acknowledged; the handles of those that were."""
        given = []
        for i in range(100_000):
            try:
                response = self.api.acquire(f"w{i}", labels={"filler": "x" * 60})
            except OSError:
                break
            if response.status != 200:
                self.assert_problem(response, 503, response.code)
                self.assertIn(response.code, ("outcome_unknown", "shutting_down"))
                break
            given.append(response.json)
        else:
            self.fail("it was never full")
        self.assertEqual(self.server.wait(slower(20)), 70)
        return given

    def check(self, given):
        self.assertGreater(len(given), 10)
        live = []
        after = 1
        while page := self.api.listed("leases", limit=1000, after=after):
            live += [row["token"] for row in page]
            after = live[-1]
        self.assertLessEqual({lease["token"] for lease in given}, set(live))
        # The one that was under way may have become durable, and nothing else.
        self.assertLessEqual(len(live), len(given) + 1)
        self.assertEqual(self.api.renew(given[-1]["handle"]).json["status"], "renewed")

    def test_a_file_that_may_not_grow_ends_it_with_70(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))
        self.begin("--pool", "db=1000000", preexec=limit)
        given = self.fill()
        self.assertRegex(self.server.log(), r"The journal failed \(.*journal\.db")
        self.begin()
        self.check(given)

    def test_a_full_disk_ends_it_with_70(self):
        os.mkdir(self.data, 0o700)
        size = 8 << 20
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs",
                                  self.data], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest("no tmpfs can be mounted here: " + mounted.stderr)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.data], check=True)
        ballast = os.path.join(self.data, "ballast")
        with open(ballast, "wb") as file:
            file.write(bytes(size - (1 << 20)))
        self.begin("--pool", "db=1000000", "--min-free", "0")
        given = self.fill()
        self.assertRegex(self.server.log(), r"The journal failed \(.*journal\.db")
        os.remove(ballast)
        self.begin("--min-free", "0")
        self.check(given)

    def test_min_free_refuses_acquires_and_nothing_else(self):
        self.begin("--pool", "db=2")
        lease = self.api.admitted(ttl_ms=600_000)
        self.end(kill=False)
        self.begin("--min-free", HUGE)
        refused = self.assert_problem(self.api.acquire(), 503, "overloaded", "--min-free")
        self.assertTrue(refused.get("Retry-After"))
        self.assert_problem(self.api.call("GET", "/readyz"), 503, "not_ready", "--min-free")
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        self.assertEqual(self.api.release(lease["handle"]).json["status"], "released")
        self.assertEqual(self.api.counts(), (0, 0, 0))
        self.assertIn("disk_low", self.server.log())


class NotReady(Case):
    """While it starts it says so. Fifty thousand pools make that last."""

    args = None

    def test_until_it_admits(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "admit.json")
            with open(path, "w", encoding="ascii") as file:
                json.dump({"pools": [{"pool": f"p{i}", "limit": 1} for i in range(50_000)]}, file)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                address = free.getsockname()
            process = subprocess.Popen(
                [binary("admitd"), "--listen", f"127.0.0.1:{address[1]}", "--data",
                 os.path.join(folder, "data"), "--config", path],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for last in (process.stdout.close, process.wait, process.kill):
                self.addCleanup(last)
            api = Api(address)
            self.addCleanup(api.close)

            def answer():
                try:
                    return api.call("GET", "/readyz")
                except OSError:
                    api.close()
                    return None
            first = eventually(answer, seconds=30, what="an answer")
            self.assert_problem(first, 503, "not_ready", "starting")
            self.assertEqual(api.call("GET", "/healthz").status, 200)
            refused = self.assert_problem(api.acquire(pool="default"), 503, "not_ready")
            self.assertTrue(refused.get("Retry-After"))
            self.assertIn("admit_ready 0", api.call("GET", "/metrics").body.decode())
            eventually(lambda: api.call("GET", "/readyz").status == 200, seconds=50)
            self.assertIn(b"listening", process.stdout.readline())
            self.assertEqual(api.acquire(pool="p7").status, 200)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(slower(20)), 0)


if __name__ == "__main__":
    unittest.main()
