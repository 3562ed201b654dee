"""The command line for workers: `acquire`, `renew`, `release`, `cancel`, `check`, `version`."""

import json
import signal
import unittest

from support.case import eventually, slower
from support.cli import CliCase


class Workers(CliCase):
    def acquired(self, *args):
        return self.shown("acquire", "db", *args).removesuffix("\n")

    def test_acquire_renew_release(self):
        handle = self.acquired("--worker", "shell", "--ttl", "20s", "--label", "job=nightly")
        self.assertRegex(handle, r"\A\d+\.\S+\Z")
        row = self.api.listed("leases")[0]
        self.assertEqual((row["worker"], row["state"]), ("shell", "acquired"))
        self.assertEqual(row["labels"], {"job": "nightly"})
        self.assertLessEqual(row["ttl_ms"], 20_000)
        self.assertRegex(self.shown("renew", handle), r"\Arenewed for \d+s, next in [\d.]+s\n\Z")
        self.assertEqual(self.api.listed("leases")[0]["state"], "busy")
        released = self.shown("release", handle, "--outcome", "failed")
        self.assertRegex(released, r"\Areleased after ")
        self.assertEqual(self.api.listed("history")[0]["outcome"], "failed")
        self.assertEqual(self.shown("release", handle), "already released\n")
        self.refused(70, "renew", handle, hint="lease_released")

    def test_json(self):
        lease = self.json("Acquired", "acquire", "db", "--request-id", "mine")
        self.assertEqual((lease["status"], lease["request_id"]), ("acquired", "mine"))
        handle = lease["handle"]
        self.assertEqual(self.json("Renewed", "renew", handle)["token"], lease["token"])
        check = self.json("Checked", "check", "db", str(lease["token"]))
        self.assertEqual((check["live"], check["floor"]), (True, lease["token"]))
        self.assertEqual(self.json("Released", "release", handle)["status"], "released")
        self.assertEqual(self.json("Released", "release", handle)["status"], "already_released")
        self.assertEqual(self.json("Cancelled", "cancel", "never seen"), {"status": "cancelled"})

    def test_waiting(self):
        held = [self.api.admitted(f"h{i}") for i in range(2)]
        self.refused(75, "acquire", "db", hint="db")
        command = self.command("acquire", "db", "--wait", "30s", "--keep", "1m")
        eventually(lambda: self.api.counts() == (2, 1, 0))
        self.api.release(held[0]["handle"])
        self.assertEqual(command.end(slower(30))[0], 0)
        self.refused(75, "acquire", "db", "--wait", "100ms")

    def test_a_signal_leaves_the_line(self):
        for i in range(2):
            self.api.admitted(f"h{i}")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            command = self.command("acquire", "db", "--wait", "30s")
            eventually(lambda: self.api.counts() == (2, 1, 0))
            command.signal(number)
            self.assertEqual(command.end(slower(30))[:2], (128 + number, ""))
            self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_a_handle_that_nobody_reads_is_given_back(self):
        held = [self.api.admitted(f"h{i}") for i in range(2)]
        command = self.command("acquire", "db", "--wait", "30s")
        eventually(lambda: self.api.counts() == (2, 1, 0))
        command.process.stdout.close()
        self.api.release(held[0]["handle"])
        self.assertEqual(command.process.wait(slower(30)), 1)
        command.process.stdout = None
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_cancel(self):
        for i in range(2):
            self.api.admitted(f"h{i}", request_id=f"held {i}")
        waiting = self.command("acquire", "db", "--wait", "30s", "--request-id", "in line")
        eventually(lambda: self.api.counts() == (2, 1, 0))
        self.assertEqual(self.shown("cancel", "in line"), "cancelled\n")
        self.assertEqual(waiting.end(slower(30))[0], 75)
        self.assertRegex(self.shown("cancel", "held 0"), r"\Areleased the lease with token \d+\n\Z")
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_check(self):
        lease = self.api.admitted()
        token = str(lease["token"])
        self.assertIn("live", self.shown("check", "db", token))
        self.api.release(lease["handle"])
        status, out, err = self.admit("check", "db", token)
        self.assertEqual((status, err), (70, ""))
        self.assertTrue(out.startswith("not live"))
        self.refused(64, "check", "bd", token, hint="did you mean 'db'?")

    def test_a_forged_handle(self):
        for call in ("renew", "release"):
            self.refused(70, call, "17.forged", hint="unknown_lease")


class Ends(CliCase):
    def test_the_address_from_the_environment(self):
        env = {"ADMIT_URL": self.server.url}
        self.assertEqual(self.admit("pools", url="", env=env)[0], 0)
        # The flag is the nearer one.
        nowhere = {"ADMIT_URL": "http://127.0.0.1:1"}
        self.assertEqual(self.admit("pools", env=nowhere)[0], 0)
        self.refused(69, "pools", url="", env=nowhere)
        # The first that answers.
        both = {"ADMIT_URL": f"http://127.0.0.1:1,{self.server.url}"}
        self.assertEqual(self.admit("pools", url="", env=both)[0], 0)

    def test_usage(self):
        for args in ([], ["acquire"], ["release"], ["renew"], ["pools", "x"],
                     ["release", "1.x", "--outcome", "fine"], ["--nonsense", "pools"],
                     ["acquire", "db", "--wait", "30"], ["evict", "db"], ["run", "db"]):
            with self.subTest(args):
                self.refused(64, *args)
        for url in ("ftp://localhost", "http://", "http://localhost:x", "http://a,,http://b"):
            with self.subTest(url):
                self.refused(64, "pools", url=url)
        self.shown("--help")
        self.shown("--version")

    def test_near_misses(self):
        self.refused(64, "relase", "1.x", hint="did you mean 'release'?")
        self.refused(64, "pool", "shwo", "db", hint="did you mean 'show'?")
        self.refused(64, "pools", "--jsno", hint="did you mean '--json'?")
        for args in (["acquire", "bd"], ["run", "bd", "--", "true"], ["leases", "bd"],
                     ["pool", "show", "bd"], ["pool", "pause", "bd"], ["pool", "delete", "bd"],
                     ["evict", "bd", "1"], ["pool", "set", "bd", "note=x"]):
            with self.subTest(args):
                self.refused(64, *args, hint="did you mean 'db'?")
        stranger = self.refused(64, "acquire", "something-else", hint="unknown_pool")
        self.assertNotIn("did you mean", stranger)

    def test_a_slot_too_many(self):
        self.refused(64, "acquire", "db", "--slots", "3", hint="slots_exceed_limit")

    def test_version(self):
        server = self.api.call("GET", "/v1/version").json
        lines = self.shown("version").splitlines()
        self.assertRegex(lines[0], r"\Aadmit \d+\.\d+\.\d+\Z")
        self.assertIn(server["commit"], lines[1])
        both = json.loads(self.shown("version", "--json"))
        self.assertEqual(both["server"], server)
        self.assertEqual(both["client"]["name"], "admit")

    def test_version_without_a_server(self):
        nowhere = "http://127.0.0.1:1"
        status, out, err = self.admit("version", url=nowhere)
        self.assertEqual((status, out), (69, lines_of_client(out)))
        self.assertIn("cannot reach", err)
        status, out, _ = self.admit("version", "--json", url=nowhere)
        self.assertEqual((status, json.loads(out)["server"]), (69, None))

    def test_if_unreachable(self):
        nowhere = "http://127.0.0.1:1"
        self.refused(69, "run", "db", "--", "true", url=nowhere)
        status, out, err = self.admit("run", "--if-unreachable", "run", "db", "--", "echo", "ran",
                                      url=nowhere)
        self.assertEqual((status, out), (0, "ran\n"))
        self.assertIn("without a slot", err)

    def test_the_status_of_not_admitted(self):
        for i in range(2):
            self.api.admitted(f"h{i}")
        self.refused(75, "run", "-n", "db", "--", "true")
        self.refused(0, "run", "-n", "-E", "0", "db", "--", "true")
        self.refused(9, "run", "-w", "50ms", "-E", "9", "db", "--", "true")

    def test_verbose(self):
        status, out, err = self.admit("run", "-v", "db", "--", "echo", "ran")
        self.assertEqual((status, out), (0, "ran\n"))
        for step in ("admitted to db", "ended with status 0", "released"):
            self.assertIn(step, err)


def lines_of_client(out):
    """The first line of `out` and nothing else."""
    return out.splitlines(keepends=True)[0]


if __name__ == "__main__":
    unittest.main()
