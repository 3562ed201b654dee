"""`admit acquire`, `renew`, `release`, `pools` and `demo`."""

import json
import re
import unittest

from support.case import Case, eventually, slower
from support.command import Command
from support.contract import contract

LINE = re.compile(r"Worker (\d): (acquired|rejected|released) \((\d)/2 active\)\Z")


class Commands(Case):
    def admit(self, *args, env=None, url=None):
        command = Command(self.server.url if url is None else url, *args, env=env)
        self.addCleanup(command.kill)
        return command.end(slower(30))

    def test_acquire_renew_release(self):
        status, out, err = self.admit("acquire", "db", "--worker", "shell", "--ttl", "20s")
        self.assertEqual((status, err), (0, ""))
        handle = out.removesuffix("\n")
        self.assertRegex(handle, r"\A\d+\.\S+\Z")
        row = self.api.listed("leases")[0]
        self.assertEqual((row["worker"], row["state"]), ("shell", "acquired"))
        self.assertLessEqual(row["ttl_ms"], 20_000)
        self.assertEqual(self.admit("renew", handle)[0], 0)
        self.assertEqual(self.api.listed("leases")[0]["state"], "busy")
        self.assertEqual(self.admit("release", handle, "--outcome", "failed")[0], 0)
        self.assertEqual(self.api.listed("history")[0]["outcome"], "failed")
        self.assertEqual(self.admit("release", handle)[0], 0)  # already released is fine
        self.assertEqual(self.admit("renew", handle)[0], 70)

    def test_json(self):
        status, out, _ = self.admit("acquire", "db", "--json")
        lease = json.loads(out)
        schema = {"$ref": "#/components/schemas/Acquired"}
        self.assertIsNone(contract().errors(schema, lease, closed=True))
        self.assertEqual((status, lease["status"]), (0, "acquired"))
        self.assertEqual(self.api.release(lease["handle"]).json["status"], "released")

    def test_waiting(self):
        held = [self.api.admitted(f"h{i}") for i in range(2)]
        status, out, err = self.admit("acquire", "db")
        self.assertEqual((status, out), (75, ""))
        self.assertIn("db", err)
        command = Command(self.server.url, "acquire", "db", "--wait", "30s")
        self.addCleanup(command.kill)
        eventually(lambda: self.api.counts() == (2, 1, 0))
        self.api.release(held[0]["handle"])
        self.assertEqual(command.end(slower(30))[0], 0)
        self.assertEqual(self.admit("acquire", "db", "--wait", "100ms")[0], 75)

    def test_pools(self):
        self.api.admitted()
        status, out, _ = self.admit("pools")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^\s*db\b.*\b1\b.*")
        self.assertRegex(out, r"(?m)^\s*default\b")
        status, out, _ = self.admit("pools", "--json")
        shown = json.loads(out)
        pools = shown["pools"] if isinstance(shown, dict) else shown
        self.assertEqual([(p["pool"], p["active"]) for p in pools], [("db", 1), ("default", 0)])

    def test_more_pools_than_a_page(self):
        for i in range(130):
            self.api.put(f"p{i:03}", limit=1)
        self.assertIn("p129", self.admit("pools")[1])

    def test_the_address_from_the_environment(self):
        env = {"ADMIT_URL": self.server.url}
        self.assertEqual(self.admit("pools", url="", env=env)[0], 0)
        # The flag is the nearer one.
        nowhere = {"ADMIT_URL": "http://127.0.0.1:1"}
        self.assertEqual(self.admit("pools", env=nowhere)[0], 0)
        self.assertEqual(self.admit("pools", url="", env=nowhere)[0], 69)

    def test_usage(self):
        for args in ([], ["nonsense"], ["acquire"], ["release"], ["renew"], ["pools", "x"],
                     ["release", "1.x", "--outcome", "fine"], ["--nonsense", "pools"]):
            with self.subTest(args):
                status, _, err = self.admit(*args)
                self.assertEqual(status, 64)
                self.assertTrue(err)
        for url in ("ftp://localhost", "http://", "http://localhost:x"):
            with self.subTest(url):
                self.assertEqual(self.admit("pools", url=url)[0], 64)
        self.assertEqual(self.admit("--help")[0], 0)
        self.assertEqual(self.admit("--version")[0], 0)

    def test_a_forged_handle(self):
        for call in ("renew", "release"):
            status, out, err = self.admit(call, "17.forged")
            self.assertNotEqual(status, 0)
            self.assertTrue(err)


class Demo(Case):
    args = ()

    def test_the_scene(self):
        command = Command(self.server.url, "demo")
        self.addCleanup(command.kill)
        status, out, err = command.end(slower(30))
        self.assertEqual(status, 0, err)
        lines = out.splitlines()
        print(out)
        self.assertEqual(len(lines), 10)
        moves = []
        for line in lines:
            self.assertRegex(line, LINE)
            worker, what, active = LINE.match(line).groups()
            moves.append((int(worker), what, int(active)))
        self.assert_legal(moves)
        self.assertTrue(lines[-1].endswith("(0/2 active)"))
        for pool in self.api.call("GET", "/v1/pools").json["pools"]:
            self.assertEqual((pool["active"], pool["waiting"]), (0, 0))

    def assert_legal(self, moves):
        """Each line must be true after the lines before it."""
        holding, rejected = set(), set()
        for worker, what, active in moves:
            if what == "acquired":
                self.assertNotIn(worker, holding)
                holding.add(worker)
            elif what == "released":
                self.assertIn(worker, holding)
                holding.remove(worker)
            else:
                self.assertEqual(len(holding), 2)
                rejected.add(worker)
            self.assertEqual(active, len(holding))
            self.assertLessEqual(len(holding), 2)
        self.assertEqual(rejected, {2, 3})
        self.assertEqual([w for w, what, _ in moves if what == "acquired"][:2], [0, 1])
        self.assertEqual(sorted(w for w, what, _ in moves if what == "acquired"), [0, 1, 2, 3])

    def test_it_can_be_played_again(self):
        for _ in range(2):
            command = Command(self.server.url, "demo")
            self.addCleanup(command.kill)
            self.assertEqual(command.end(slower(30))[0], 0)


if __name__ == "__main__":
    unittest.main()
