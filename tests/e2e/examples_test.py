"""The programs of examples/ do what they show."""

import re
import signal
import unittest

from support.case import Case, eventually, slower
from support.command import Command


class WorkerLoop(Case):
    args = ("--pool", "db=1")

    def worker(self, name, servers=None):
        command = Command("", servers or self.server.url, "db", name, program="worker_loop")
        self.addCleanup(command.kill)
        return command

    def working(self, name):
        """A worker that holds the slot."""
        command = self.worker(name)
        self.assertRegex(command.read_line(), rf"\A{name}: acquired, token \d+\Z")
        return command

    def holders(self):
        return [row["worker"] for row in self.api.listed("leases")]

    def ends(self, command, *said):
        """It ends in order, and these are its last words."""
        command.signal(signal.SIGINT)
        status, out, err = command.end(slower(20))
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out.splitlines()[-len(said):], list(said))

    def outcomes(self):
        return [row["outcome"] for row in self.api.listed("history")]

    def test_two_take_turns(self):
        first = self.working("a")
        second = self.worker("b")
        eventually(lambda: self.holders() == ["b"], 20, "the turn of the second")
        eventually(lambda: self.holders() == ["a"], 20, "the turn of the first again")
        self.assertEqual(set(self.outcomes()), {"ok"})
        self.ends(second, "b: left the line")
        self.ends(first, "a: released")

    def test_a_worker_in_line_leaves_it(self):
        self.api.admitted("holder")
        waiting = self.worker("a")
        eventually(lambda: self.api.counts() == (1, 1, 0), what="a place in line")
        self.ends(waiting, "a: left the line")
        self.assertEqual(self.api.counts(), (1, 0, 0))

    def test_a_worker_at_work_gives_its_slot_back(self):
        self.ends(self.working("a"), "a: released")
        self.assert_empty()
        self.assertEqual(self.outcomes(), ["dropped"])

    def test_a_lost_lease_ends_the_work_and_not_the_worker(self):
        self.api.patch(default_ttl_ms=1_000)
        command = self.working("a")
        token = self.api.listed("leases")[0]["token"]
        self.assertEqual(self.api.call("DELETE", f"/v1/pools/db/leases/{token}").status, 204)
        self.assertIn("a: lost: ", command.read_line())
        self.assertIn("evicted", command.read_line())  # what the release was answered
        self.assertRegex(command.read_line(), r"\Aa: acquired, token \d+\Z")
        self.ends(command, "a: released")

    def test_a_worker_outlives_its_server(self):
        command = self.working("a")
        host, port = self.server.address
        self.server.kill()
        self.start(*self.args, listen=f"{host}:{port}")
        eventually(lambda: self.holders() == ["a"], 30, "the worker at the new server")
        self.ends(command, "a: released")

    def test_a_refusal_for_good_ends_it(self):
        command = Command("", self.server.url, "nowhere", "a", program="worker_loop")
        self.addCleanup(command.kill)
        status, out, _ = command.end(slower(20))
        self.assertEqual(status, 0)
        self.assertIn("unknown_pool", out)

    def test_an_address_that_is_none(self):
        command = self.worker("a", servers="http://")
        self.assertEqual(command.end(slower(20)), (64, "", "http:// is no server\n"))


class GuardedResource(Case):
    def test_the_old_holder_is_refused(self):
        command = Command("", self.server.url, program="guarded_resource")
        self.addCleanup(command.kill)
        status, out, err = command.end(slower(30))
        self.assertEqual((status, err), (0, ""))
        scene = ["old accepted", "next accepted", "old refused", "next accepted"]
        writes = re.findall(r"(\w+) writes with token \d+: (\w+)", out)
        self.assertEqual([" ".join(each) for each in writes], scene * 2, out)


if __name__ == "__main__":
    unittest.main()
