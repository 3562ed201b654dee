"""Starting: addresses, flags, the configuration file, SIGHUP, and refusing to start."""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from support.case import Case, eventually, slower
from support.server import binary


def admitd(*args, seconds=30):
    """Runs admitd to its end, which must come by itself."""
    return subprocess.run(
        [binary("admitd"), *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


class Address(Case):
    args = ()

    def test_port_0_takes_a_free_one(self):
        other = self.server
        self.start()
        self.assertNotEqual(other.address, self.server.address)
        self.assertGreater(self.server.address[1], 0)

    def test_a_second_server_on_the_port_fails_at_once(self):
        address = f"127.0.0.1:{self.server.address[1]}"
        second = admitd("--listen", address, "--ephemeral")
        self.assertNotIn(second.returncode, (0, 64))
        self.assertGreater(second.returncode, 0)
        self.assertIn(address, second.stderr)
        self.assertRegex(second.stderr, "(?i)in use")
        self.assertNotIn("listening", second.stdout)
        self.assertEqual(self.api.call("GET", "/healthz").status, 200)

    def test_the_port_is_free_again_at_once(self):
        with self.wire() as wire:
            wire.call("GET", "/healthz")
        address = f"127.0.0.1:{self.server.address[1]}"
        self.assertEqual(self.server.stop(), 0)
        self.start(listen=address)
        self.assertEqual(self.api.call("GET", "/healthz").status, 200)

    def test_ipv6_loopback(self):
        try:
            socket.socket(socket.AF_INET6).bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 here")
        self.start(listen="[::1]:0")
        with self.wire() as wire:
            header = {"Host": f"[::1]:{self.server.address[1]}"}
            self.assertEqual(wire.call("GET", "/v1/pools", headers=header).status, 200)

    def test_several_threads(self):
        self.start("--threads", "4", "--pool", "db=3")
        wires = [self.wire() for _ in range(16)]
        for wire in wires:
            wire.ask("POST", "/v1/acquire", {"pool": "db", "worker": "w", "wait_ms": 60_000})
        done = 0
        while done < 16:
            rows = self.api.listed("leases")
            self.assertLessEqual(len(rows), 3)
            for row in rows:
                gone = self.api.call("DELETE", f"/v1/pools/db/leases/{row['token']}")
                done += gone.status == 204
        self.assertEqual({wire.answer().status for wire in wires}, {200})

    def test_healthcheck(self):
        address = f"127.0.0.1:{self.server.address[1]}"
        self.assertEqual(admitd("--healthcheck", "--listen", address).returncode, 0)
        self.assertEqual(self.server.stop(), 0)
        self.assertNotEqual(admitd("--healthcheck", "--listen", address).returncode, 0)

    def test_version(self):
        ran = admitd("--version")
        self.assertEqual(ran.returncode, 0)
        version = self.api.call("GET", "/v1/version").json["version"]
        self.assertIn(version, ran.stdout)
        self.assertEqual(admitd("--help").returncode, 0)


class SignalsAtTheStart(unittest.TestCase):
    """With fifty thousand pools the start takes long enough to be met by a signal: held back
    until there is a loop to hear it, and then in the middle of recovery and configuration."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "admit.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"pools": [{"pool": f"p{i}", "limit": 1} for i in range(50_000)]}, file)
        self.args = ["--listen", "127.0.0.1:0", "--ephemeral", "--config", path]
        self.log = os.path.join(folder.name, "log")

    def begin(self, preexec=None):
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                [binary("admitd"), *self.args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, text=True, preexec_fn=preexec)
        for last in (process.stdout.close, process.wait, process.kill):
            self.addCleanup(last)
        return process

    def logged(self, word):
        with open(self.log, encoding="utf-8") as log:
            return word in log.read()

    def reach(self, process):
        """Until the process holds SIGTERM back, which it does until its loop runs."""
        def holds():
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                mask = int(re.search(r"^SigBlk:\s*(\w+)", file.read(), re.M)[1], 16)
            return mask >> (signal.SIGTERM - 1) & 1
        eventually(holds, what="a start that holds SIGTERM back")

    def ends_in_order(self, process):
        self.assertEqual(process.wait(slower(30)), 0)
        self.assertTrue(self.logged("Ended in order"))

    def test_sigterm_and_sigint_end_it_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process = self.begin()
                self.reach(process)
                process.send_signal(number)
                self.ends_in_order(process)

    def test_sighup_does_not_end_it(self):
        process = self.begin()
        self.reach(process)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: self.logged("config_applied"), what="the configuration again")
        process.send_signal(signal.SIGTERM)
        self.ends_in_order(process)

    def test_a_mask_that_was_inherited_does_not_matter(self):
        process = self.begin(lambda: signal.pthread_sigmask(
            signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}))
        process.send_signal(signal.SIGTERM)
        self.ends_in_order(process)


class BadFlags(unittest.TestCase):
    def test_usage_is_64(self):
        table = [
            ["--nonsense"],
            ["nonsense"],
            ["--listen"],
            ["--listen", "127.0.0.1"],
            ["--listen", "127.0.0.1:99999"],
            ["--listen", "127.0.0.1:x"],
            ["--listen", "nowhere:0"],
            ["--listen", "0.0.0.0:0"],  # without --no-auth
            ["--pool", "db"],
            ["--pool", "db="],
            ["--pool", "db=x"],
            ["--pool", "db=-1"],
            ["--pool", "db=1000001"],
            ["--pool", "=1"],
            ["--pool", "-db=1"],
            ["--pool", "a b=1"],
            ["--limit", "x"],
            ["--limit", "-1"],
            ["--drain-ms", "x"],
            ["--drain-ms", "-1"],
            ["--threads", "0"],
            ["--threads", "x"],
            ["--log-level", "loud"],
            ["--log-format", "xml"],
        ]
        for flags in table:
            with self.subTest(" ".join(flags)):
                listen = [] if "--listen" in flags else ["--listen", "127.0.0.1:0"]
                ran = admitd("--ephemeral", *listen, *flags)
                self.assertEqual(ran.returncode, 64, ran.stderr)
                self.assertTrue(ran.stderr.strip())
                self.assertEqual(ran.stdout, "")

    def test_help_names_every_flag(self):
        text = admitd("--help").stdout
        for flag in ("listen", "pool", "limit", "config", "ephemeral", "no-auth", "drain-ms",
                     "threads", "access-log", "log-level", "log-format", "healthcheck", "routes",
                     "version"):
            self.assertRegex(text, rf"--{re.escape(flag)}\b")


class Configuration(Case):
    args = None

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "admit.json")

    def write(self, text):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.path + ".new", self.path)

    def test_flags(self):
        self.start("--pool", "db=3", "--pool", "gpu=1", "--limit", "9")
        seen = {p["pool"]: (p["limit"], p["source"])
                for p in self.api.call("GET", "/v1/pools").json["pools"]}
        self.assertEqual(seen, {"db": (3, "flag"), "gpu": (1, "flag"), "default": (9, "flag")})
        self.assertEqual(self.api.patch("db", limit=4)["source"], "api")

    def test_a_file_with_comments(self):
        self.write("""
            // Pools of the build farm.
            {"pools": [
                {"pool": "db", "limit": 2, /* two, the owner says */ "note": "see // the wiki"},
                {"pool": "gpu", "limit": 1, "max_waiters": 5, "labels": {"team": "ml"}}
            ]}""")
        self.start("--config", self.path)
        db, gpu = self.api.pool("db"), self.api.pool("gpu")
        self.assertEqual((db["limit"], db["note"], db["source"]), (2, "see // the wiki", "file"))
        self.assertEqual((gpu["max_waiters"], gpu["labels"]), (5, {"team": "ml"}))
        self.assertEqual(self.api.pool("default")["source"], "default")

    def test_sighup_applies_the_fields_that_are_named_and_no_others(self):
        self.write('{"pools":[{"pool":"db","limit":2}]}')
        self.start("--config", self.path, "--pool", "gpu=1")
        self.api.patch("db", limit=7, note="by hand", max_waiters=3)
        self.api.patch("gpu", limit=7, note="by hand")
        self.api.put("other", limit=5)
        lease = self.api.admitted(slots=7)
        self.write('{"pools":[{"pool":"db","limit":3},{"pool":"new","limit":1}]}')
        self.server.signal(signal.SIGHUP)
        eventually(lambda: self.api.pool("db")["limit"] == 3)
        db = self.api.pool("db")
        self.assertEqual((db["note"], db["max_waiters"], db["source"]), ("by hand", 3, "file"))
        self.assertEqual((db["active"], db["over_limit_by"]), (7, 4))
        eventually(lambda: self.api.pool("gpu")["limit"] == 1)
        self.assertEqual(self.api.pool("gpu")["source"], "flag")
        self.assertEqual(self.api.pool("new")["limit"], 1)
        self.assertEqual(self.api.pool("other")["limit"], 5)
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")

    def test_a_bad_file_at_sighup_changes_nothing(self):
        self.write('{"pools":[{"pool":"db","limit":2}]}')
        self.start("--config", self.path)
        self.write('{"pools":[{"pool":"db","limit":9},{"pool":"x","limit":-1}]}')
        self.server.signal(signal.SIGHUP)
        eventually(lambda: "pools[1].limit" in self.server.log())
        self.assertEqual(self.api.pool("db")["limit"], 2)
        os.remove(self.path)
        self.assert_refused_at_sighup()
        os.mkfifo(self.path)
        self.assert_refused_at_sighup()

    def assert_refused_at_sighup(self):
        said = self.server.log().count(self.path)
        self.server.signal(signal.SIGHUP)
        eventually(lambda: self.server.log().count(self.path) > said)
        self.assertEqual(self.api.pool("db")["limit"], 2)

    def test_bad_files_are_refused_at_the_start(self):
        table = {
            "{": "",
            "[]": "",
            '{"pools":{}}': "pools",
            '{"pool":[]}': "pool",
            '{"pools":[{"limit":1}]}': "pools[0]",
            '{"pools":[{"pool":"db"}]}': "db",
            '{"pools":[{"pool":"db","limit":1},{"pool":"x","limit":1.5}]}': "pools[1].limit",
            '{"pools":[{"pool":"db","limit":1,"limits":1}]}': "pools[0].limits",
            '{"pools":[{"pool":"db","limit":1,"priority":1}]}': "priority",
            '{"pools":[{"pool":"db","limit":1,"limit":2}]}': "limit",
            '{"pools":[{"pool":"db","limit":1},{"pool":"db","limit":2}]}': "db",
            '{"pools":[{"pool":"-","limit":1}]}': "pools[0].pool",
            '{"pools":[{"pool":"db","limit":1,"default_ttl_ms":9000,"max_ttl_ms":8000}]}': "ttl",
        }
        for text, word in table.items():
            with self.subTest(text):
                self.write(text)
                ran = admitd("--listen", "127.0.0.1:0", "--ephemeral", "--config", self.path)
                self.assertGreater(ran.returncode, 0)
                self.assertIn(word, ran.stderr)
                self.assertEqual(ran.stdout, "")
        os.remove(self.path)
        os.mkfifo(self.path)
        for path in (self.path, self.path + ".none", os.path.dirname(self.path), "/dev/zero"):
            ran = admitd("--listen", "127.0.0.1:0", "--ephemeral", "--config", path)
            self.assertEqual(ran.returncode, 78)
            self.assertIn(path, ran.stderr)

    def test_the_start_is_quick(self):
        """Under a second is the product's promise; here only that it says so by itself."""
        self.start()
        self.assertEqual(json.loads(self.api.call("GET", "/healthz").body)["status"], "ok")


if __name__ == "__main__":
    unittest.main()
