"""`admit run` while its server is killed, started again, stopped, or not there at all."""

import os
import signal
import socket
import subprocess
import tempfile
import unittest

from support.case import eventually, slower
from support.run import RunCase, boot_now, last_signs, living


class Restarted(RunCase):
    """The server keeps nothing over a restart, so every lease from before is unknown."""

    args = ("--pool", "db=1")

    def test_a_command_ends_when_the_new_server_does_not_know_its_lease(self):
        command = self.run_admit("--ttl", "9s", "db", "--", *living("echo told; exit 3"))
        self.assertEqual(command.read_line(), "ready")
        self.restart()
        restarted = boot_now()
        alive, said = last_signs(command)
        status, _, err = command.end(slower(20))
        self.assertEqual((status, said), (70, ["told"]), err)
        self.assertIn("lease lost", err)
        print(f"told {alive - restarted:.2f} s after the restart, with a lease of 9 s")
        self.assertLess(alive - restarted, 7)  # by the next renewal and not by the deadline
        self.assertEqual(self.api.counts(), (0, 0, 0))

    def test_a_command_that_ends_before_it_is_found_out_has_its_own_status(self):
        script = "echo ready; read line; exit 7"
        command = self.run_admit("db", "--", "sh", "-c", script, stdin=subprocess.PIPE)
        self.assertEqual(command.read_line(), "ready")
        self.restart()
        status, _, err = command.end(slower(20), given=b"\n")
        self.assertEqual(status, 7)
        self.assertIn("gone", err)
        self.assert_empty()

    def test_waiters_survive_and_each_runs_once(self):
        self.api.admitted("holder")
        with tempfile.TemporaryDirectory() as folder:
            script = 'mkdir "$1/slot" || echo violation; echo ran; sleep 0.1; rmdir "$1/slot"'
            commands = [
                self.run_admit("--worker", f"w{i}", "db", "--", "sh", "-c", script, "x", folder)
                for i in range(6)
            ]
            eventually(lambda: self.api.counts() == (1, 6, 0))
            self.restart()  # the holder is forgotten with it
            for command in commands:
                self.assertEqual(command.end(slower(30)), (0, "ran\n", ""))
        self.assert_empty()
        stats = self.api.pool()["stats"]
        self.assertEqual((stats["granted"], stats["released"]), (6, 6))

    def test_a_waiter_outlives_several_restarts(self):
        self.args = ("--pool", "db=0")
        self.restart()
        command = self.run_admit("db", "--", "echo", "ran")
        for _ in range(4):
            eventually(lambda: self.api.counts() == (0, 1, 0), what="the waiter in line")
            self.restart()
        eventually(lambda: self.api.counts() == (0, 1, 0), what="the waiter in line")
        self.api.patch(limit=1)
        self.assertEqual(command.end(slower(30)), (0, "ran\n", ""))
        self.assert_empty()


class Away(RunCase):
    """No server when the command is started."""

    args = ("--pool", "db=1")

    def setUp(self):
        super().setUp()
        self.server.kill()
        # Bound and deaf: the kernel gives the port to no other server meanwhile.
        self.placeholder = socket.socket()
        self.placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.placeholder.bind(self.server.address)
        self.addCleanup(self.placeholder.close)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.marker = os.path.join(self.folder.name, "ran")

    def restart(self):
        self.placeholder.close()
        return super().restart()

    def test_fail(self):
        for flags in ((), ("--if-unreachable", "fail"), ("-n",), ("-w", "1s")):
            with self.subTest(flags):
                command = self.run_admit(*flags, "db", "--", "touch", self.marker)
                status, out, err = command.end(slower(30))
                self.assertEqual((status, out), (69, ""), err)
                self.assertIn(self.server.url, err)
                self.assertFalse(os.path.exists(self.marker))

    def test_wait(self):
        command = self.run_admit("--if-unreachable", "wait", "db", "--", "echo", "ran")
        self.assert_goes_on(command, 4)  # longer than `fail` tries
        self.restart()
        self.assertEqual(command.end(slower(30)), (0, "ran\n", ""))
        self.assert_empty()

    def test_wait_for_no_longer_than_the_wait(self):
        command = self.run_admit("--if-unreachable", "wait", "-w", "1s", "db", "--", "true")
        self.assertEqual(command.end(slower(30))[0], 69)

    def test_wait_is_broken_off_by_a_signal(self):
        command = self.run_admit("-v", "--if-unreachable", "wait", "db", "--", "true")
        self.assert_goes_on(command, 0.5)
        command.signal(signal.SIGINT)
        self.assertEqual(command.end(slower(10))[0], 130)

    def test_run(self):
        script = 'echo "$ADMIT_POOL <$ADMIT_HANDLE> <$ADMIT_TOKEN>"; exit 5'
        # As within another `admit run`, whose lease is not the one of this pool.
        outer = {"ADMIT_POOL": "outer", "ADMIT_HANDLE": "9.secret", "ADMIT_TOKEN": "9"}
        command = self.run_admit("--if-unreachable", "run", "db", "--", "sh", "-c", script,
                                 env=outer)
        status, out, err = command.end(slower(30))
        self.assertEqual((status, out), (5, "db <> <>\n"), err)
        self.assertIn("without a slot", err)

    def test_run_is_not_for_a_server_that_says_no(self):
        self.restart()
        self.api.admitted("holder")
        command = self.run_admit("--if-unreachable", "run", "-n", "db", "--", "touch", self.marker)
        self.assertEqual(command.end(slower(30))[0], 75)
        self.assertFalse(os.path.exists(self.marker))


class Stopped(RunCase):
    args = ("--pool", "db=1")

    def outlived_by(self, ttl_s):
        """How long a command that ignores TERM lives after its server has stopped, and after its
        slot was given to the next one, in seconds."""
        command = self.run_admit("--ttl", f"{ttl_s}s", "db", "--", *living())
        self.assertEqual(command.read_line(), "ready")
        following = self.run_admit("db", "--", "cat", "/proc/uptime")
        eventually(lambda: self.api.counts() == (1, 1, 0))
        self.server.signal(signal.SIGSTOP)
        stopped = boot_now()
        alive, said = last_signs(command)
        status, _, err = command.end(slower(20))
        self.server.signal(signal.SIGCONT)
        self.assertEqual((status, said), (70, ["told"]), err)
        status, out, err = following.end(slower(30))
        self.assertEqual(status, 0, err)
        self.assert_empty()
        return alive - stopped, alive - float(out.split()[0])

    def test_for_longer_than_the_lease(self):
        for _ in range(3):  # on a busy machine a kill may come late; not always
            lived, overlap = self.outlived_by(4)
            print(f"lived {lived:.2f} s after the server had stopped, with a lease of 4 s")
            if lived < 4:
                break
        self.assertLess(lived, 4)
        self.assertLess(overlap, 0)

    def test_over_and_over_for_less_than_the_lease(self):
        script = "echo ready; read line; exit 7"
        command = self.run_admit("--ttl", "4s", "db", "--", "sh", "-c", script,
                                 stdin=subprocess.PIPE)
        self.assertEqual(command.read_line(), "ready")
        token = self.api.listed("leases")[0]["token"]
        for _ in range(4):
            self.server.signal(signal.SIGSTOP)
            self.assert_goes_on(command, 1)
            self.server.signal(signal.SIGCONT)
            self.assert_goes_on(command, 0.4)
        self.assertEqual([row["token"] for row in self.api.listed("leases")], [token])
        self.assertEqual(command.end(slower(20), given=b"\n"), (7, "", ""))
        self.assert_empty()

    def test_a_server_that_hangs_at_the_start(self):
        self.server.signal(signal.SIGSTOP)
        command = self.run_admit("-n", "db", "--", "echo", "ran")
        status, out, err = command.end(slower(30))
        self.server.signal(signal.SIGCONT)
        self.assertEqual((status, out), (69, ""), err)
        self.assert_empty()


if __name__ == "__main__":
    unittest.main()
