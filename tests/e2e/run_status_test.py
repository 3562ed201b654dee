"""Each documented exit status of `admit run`, and which one counts where two could."""

import signal
import tempfile
import unittest

from support.case import eventually, slower
from support.run import RunCase


class Statuses(RunCase):
    args = ("--pool", "db=1", "--pool", "free=100")

    def lost(self, script):
        """How a command ends whose lease is taken away as soon as it says something."""
        command = self.run_admit("--ttl", "1s", "free", "--", "bash", "-c", script)
        self.assertEqual(command.read_line(), "ready")
        token = self.api.listed("leases", "free")[0]["token"]
        self.api.call("DELETE", f"/v1/pools/free/leases/{token}")
        return command.end(slower(20))[0]

    def test_each(self):
        self.api.admitted("holder")
        with tempfile.NamedTemporaryFile() as no_program:
            table = (
                (["free", "--", "sh", "-c", "exit 3"], 3),
                (["free", "--", "sh", "-c", "kill -USR2 $$"], 128 + signal.SIGUSR2),
                (["free", "--", no_program.name], 126),
                (["free", "--", "/nonexistent/program"], 127),
                (["--ttl", "sometime", "free", "--", "true"], 64),
                (["nowhere", "--", "true"], 64),
                (["--slots", "2", "db", "--", "true"], 64),
                (["-n", "db", "--", "true"], 75),
                (["-w", "50ms", "db", "--", "true"], 75),
            )
            for words, status in table:
                with self.subTest(words):
                    self.assertEqual(self.status_of(*words), status)
        self.assertEqual(self.lost("echo ready; exec sleep 60"), 70)
        self.server.kill()
        self.assertEqual(self.status_of("-n", "free", "--", "true"), 69)

    def test_a_lost_lease_before_the_commands_own(self):
        """Whatever the command makes of the TERM, its work was not protected to the end."""
        for end in ("exit 0", "exit 5", "trap - TERM; kill -TERM $$"):
            with self.subTest(end):
                script = f"trap '{end}' TERM; echo ready; while :; do sleep 0.02; done"
                self.assertEqual(self.lost(script), 70)

    def test_the_status_for_not_admitted(self):
        self.api.admitted("holder")
        for flags, status in ((("-E", "0"), 0), (("-E", "99"), 99), (("-E", "255"), 255)):
            for when in (("-n",), ("-w", "50ms")):
                with self.subTest((flags, when)):
                    command = self.run_admit(*flags, *when, "db", "--", "echo", "ran")
                    got, out, err = command.end(slower(20))
                    self.assertEqual((got, out), (status, ""))
                    self.assertIn("db", err)

    def test_it_is_for_nothing_else(self):
        words = ("-E", "9", "free", "--", "sh", "-c")
        self.assertEqual(self.status_of(*words, "exit 75"), 75)
        self.assertEqual(self.status_of("-E", "9", "nowhere", "--", "true"), 64)
        self.assertEqual(self.status_of("-E", "9", "free", "--", "/nonexistent/program"), 127)
        self.server.kill()
        self.assertEqual(self.status_of("-E", "9", "-n", "free", "--", "true"), 69)

    def test_a_status_that_is_none(self):
        for text in ("256", "-1", "x", "", "1.5"):
            with self.subTest(text):
                status, out, err = self.run_admit("-E", text, "free", "--", "echo", "ran").end()
                self.assertEqual((status, out), (64, ""))
                self.assertTrue(err)

    def test_draining_and_cancelled_are_not_admitted(self):
        lease = self.api.admitted("holder")
        command = self.run_admit("-E", "9", "--request-id", "mine", "db", "--", "true")
        eventually(lambda: self.api.counts() == (1, 1, 0))
        self.api.cancel("mine")
        self.assertEqual(command.end(slower(20))[0], 9)
        self.api.release(lease["handle"])
        self.api.patch(mode="draining")
        self.assertEqual(self.status_of("-n", "db", "--", "true"), 75)


if __name__ == "__main__":
    unittest.main()
