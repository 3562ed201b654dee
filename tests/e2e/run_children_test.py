"""`admit run` and the processes that its command starts; pipes; very many at once."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

from support.case import eventually, slower
from support.run import JUDGE, RunCase
from support.server import binary

# Three generations of which each one ignores TERM, in one process group. Each says its number.
FAMILY = """
trap '' TERM
echo $$
bash -c 'trap "" TERM; echo $$; (trap "" TERM; echo $BASHPID; exec sleep 300); :' &
wait
"""


def lives(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Family(RunCase):
    args = ("--pool", "db=1")

    def family(self, *flags):
        command = self.run_admit(*flags, "db", "--", "bash", "-c", FAMILY)
        processes = [int(command.read_line()) for _ in range(3)]
        self.addCleanup(self.end, processes)
        self.assertTrue(all(map(lives, processes)))
        return command, processes

    def end(self, processes):
        """Those that a failed test has left."""
        for process in filter(lives, processes):
            os.kill(process, signal.SIGKILL)

    def test_all_are_gone_when_the_lease_is_lost(self):
        command, processes = self.family("--ttl", "1s", "--grace", "300ms")
        token = self.api.listed("leases")[0]["token"]
        self.api.call("DELETE", f"/v1/pools/db/leases/{token}")
        self.assertEqual(command.end(slower(20))[0], 70)
        self.assertEqual([each for each in processes if lives(each)], [])

    def test_all_are_gone_when_admit_is_killed(self):
        command, processes = self.family("--ttl", "3s")
        following = self.run_admit("db", "--", "true")
        eventually(lambda: self.api.counts() == (1, 1, 0))
        command.signal(signal.SIGKILL)
        eventually(lambda: not any(map(lives, processes)), what="the end of the family")
        # Before the server gives the slot away: it heard nothing of all this.
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.assertEqual(following.end(slower(20))[0], 0)
        self.assertEqual(self.api.pool()["stats"]["expired"], 1)

    def test_all_get_a_signal(self):
        script = """trap 'wait; echo outer; exit 8' TERM
                    bash -c 'trap "echo inner; exit" TERM; echo; while :; do sleep 0.02; done' &
                    while :; do sleep 0.02; done"""
        command = self.run_admit("db", "--", "bash", "-c", script)
        self.assertEqual(command.read_line(), "")
        command.signal(signal.SIGTERM)
        self.assertEqual(command.end(slower(20))[:2], (8, "inner\nouter\n"))

    def test_what_is_left_on_purpose_is_left_alone(self):
        script = "sleep 300 >/dev/null 2>&1 & echo $!"
        status, out, _ = self.run_admit("db", "--", "sh", "-c", script).end(slower(20))
        left = int(out)
        self.addCleanup(self.end, [left])
        self.assertEqual(status, 0)
        self.assert_empty()
        self.assertTrue(lives(left))

    def test_a_pipe_that_is_left_open_does_not_hold_the_slot(self):
        """The command has ended, though one that it left still has its output."""
        command = self.run_admit("db", "--", "sh", "-c", "sleep 300 & echo $!")
        self.addCleanup(self.end, [int(command.read_line())])
        self.assertEqual(command.process.wait(slower(20)), 0)
        self.assert_empty()


class Pipes(RunCase):
    def shell(self, line):
        """A line of bash in which $ADMIT is `admit`."""
        return subprocess.run(
            ["bash", "-c", line], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=slower(30), check=False,
            env=os.environ | {"ADMIT": binary("admit"), "ADMIT_URL": self.server.url},
        )

    def test_a_reader_that_goes_early(self):
        done = self.shell("$ADMIT run db -- yes | head -1; echo ${PIPESTATUS[0]}")
        self.assertEqual((done.stdout, done.stderr), ("y\n141\n", ""))
        self.assert_empty()
        self.assertEqual(self.api.pool()["stats"]["released"], 1)

    def test_a_writer_that_goes_early(self):
        done = self.shell("echo line | $ADMIT run db -- cat; echo $?")
        self.assertEqual((done.stdout, done.stderr), ("line\n0\n", ""))
        self.assert_empty()

    def test_nobody_reads_what_admit_says(self):
        """A closed stderr costs neither the command nor the slot."""
        done = self.shell("$ADMIT run db -- sh -c 'sleep 0.2; exit 7' 2> >(exec true); echo $?")
        self.assertEqual(done.stdout, "7\n")
        done = self.shell("$ADMIT run db -- sh -c 'exit 7' <&- >&- 2>&-; echo $?")
        self.assertEqual(done.stdout, "7\n")
        self.assert_empty()

    def test_one_in_another(self):
        """The inner one's command has the inner lease; both are given back."""
        self.api.put("inner", limit=1)
        done = self.shell("""
            $ADMIT run db -- bash -c 'echo $ADMIT_POOL
                                      $ADMIT run inner -- sh -c "echo \\$ADMIT_POOL"
                                      echo $ADMIT_POOL'
            echo $?""")
        self.assertEqual((done.stdout, done.stderr), ("db\ninner\ndb\n0\n", ""))
        self.assert_empty()
        self.assert_empty("inner")


class Crowd(RunCase):
    args = ("--pool", "db=5")
    seconds = 200

    def test_two_hundred_at_once_never_more_than_five(self):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            commands = [
                self.run_admit("db", "--", "sh", "-c", JUDGE, "judge", folder, "5",
                               str(slower(0.02)))
                for _ in range(200)
            ]
            ended = [command.end(slower(120)) for command in commands]
            took = time.monotonic() - begun
            self.assertEqual(set(ended), {(0, "", "")})
            self.assertEqual(sorted(os.listdir(folder)), ["ran"])
            with open(os.path.join(folder, "ran"), encoding="ascii") as file:
                lines = file.read().split()
        self.assertEqual(len(lines), 200)
        self.assertGreater(len(set(lines)), 1)  # the first place is not the only one
        self.assert_empty()
        stats = self.api.pool()["stats"]
        self.assertEqual((stats["granted"], stats["released"], stats["expired"]), (200, 200, 0))
        print(f"200 commands over a limit of 5 took {took:.2f} s")


if __name__ == "__main__":
    unittest.main()
