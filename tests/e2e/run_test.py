"""`admit run`: real commands, judged by what they themselves see in the file system."""

import os
import signal
import stat
import tempfile
import time
import unittest

from support.case import eventually, slower
from support.command import Command
from support.run import JUDGE, RunCase, boot_now, last_signs, living


class Judged(RunCase):
    def test_twenty_commands_never_more_than_two(self):
        with tempfile.TemporaryDirectory() as folder:
            commands = [
                self.run_admit("db", "--", "sh", "-c", JUDGE, "x", folder, "2", "0.1")
                for _ in range(20)
            ]
            ended = [command.end(slower(60)) for command in commands]
            self.assertEqual([status for status, _, _ in ended], [0] * 20, ended)
            self.assertEqual(sorted(os.listdir(folder)), ["ran"])
            with open(os.path.join(folder, "ran"), encoding="ascii") as file:
                self.assertEqual(len(file.readlines()), 20)
        self.assert_empty()
        stats = self.api.pool()["stats"]
        self.assertEqual((stats["granted"], stats["released"]), (20, 20))

    def test_the_judge_can_say_no(self):
        """The control: with a limit of four the same commands do catch each other."""
        self.api.patch(limit=4)
        with tempfile.TemporaryDirectory() as folder:
            commands = [
                self.run_admit("db", "--", "sh", "-c", JUDGE, "x", folder, "2", "0.1")
                for _ in range(12)
            ]
            for command in commands:
                command.end(slower(60))
            self.assertIn("violations", os.listdir(folder))


class Passing(RunCase):
    def test_exit_statuses(self):
        for status in (0, 1, 7, 64, 75, 255):
            self.assertEqual(self.status_of("db", "--", "sh", "-c", f"exit {status}"), status)
        self.assert_empty()

    def test_signals_become_128_and_n(self):
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGUSR1):
            status = self.status_of("db", "--", "sh", "-c", f"kill -{int(number)} $$")
            self.assertEqual(status, 128 + number)
        self.assert_empty()

    def test_what_cannot_be_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "no-program")
            self.assertEqual(self.status_of("db", "--", path), 127)
            with open(path, "w", encoding="ascii") as file:
                file.write("not a program")
            os.chmod(path, stat.S_IRUSR)
            self.assertEqual(self.status_of("db", "--", path), 126)
            self.assertEqual(self.status_of("db", "--", folder), 126)
        self.assertEqual(self.status_of("db", "--", "no-such-command-anywhere"), 127)
        self.assert_empty()

    def test_standard_streams(self):
        data = bytes(range(256)) * 4096
        command = self.run_admit("db", "--", "sh", "-c", "cat; echo oops >&2", stdin=-1)
        out, err = command.process.communicate(data, timeout=slower(30))
        self.assertEqual(command.process.returncode, 0)
        self.assertEqual(out, data)
        self.assertEqual(err, b"oops\n")

    def test_arguments_arrive_as_they_are(self):
        words = ["a b", "", "$HOME", "--wait", "-n", "*", "ü", "--"]
        script = 'for a in "$@"; do echo "[$a]"; done'
        status, out, _ = self.run_admit("db", "--", "sh", "-c", script, "x", *words).end(30)
        self.assertEqual((status, out.splitlines()), (0, [f"[{word}]" for word in words]))

    def test_signals_reach_the_command(self):
        script = """trap 'echo got TERM; exit 5' TERM
                    trap 'echo got INT; exit 6' INT
                    trap 'echo got HUP' HUP
                    echo ready; while :; do sleep 0.02; done"""
        table = (signal.SIGTERM, "got TERM", 5), (signal.SIGINT, "got INT", 6)
        for number, word, status in table:
            command = self.run_admit("db", "--", "sh", "-c", script)
            self.assertEqual(command.read_line(), "ready")
            command.signal(number)
            self.assertEqual(command.read_line(), word)
            self.assertEqual(command.end(slower(20))[0], status)
        self.assert_empty()

    def test_a_command_that_dies_of_the_signal(self):
        command = self.run_admit("db", "--", "sh", "-c", "echo ready; exec sleep 60")
        self.assertEqual(command.read_line(), "ready")
        command.signal(signal.SIGTERM)
        self.assertEqual(command.end(slower(20))[0], 128 + signal.SIGTERM)
        self.assert_empty()


class Waiting(RunCase):
    def test_it_waits_in_line_and_shows_itself(self):
        lease = self.api.admitted("holder", slots=2)
        command = self.run_admit("--worker", "nightly", "--slots", "2", "db", "--", "echo", "ran")
        eventually(lambda: self.api.counts() == (2, 1, 0))
        row = self.api.listed("waiters")[0]
        self.assertEqual((row["worker"], row["slots"]), ("nightly", 2))
        self.api.release(lease["handle"])
        self.assertEqual(command.end(slower(30))[:2], (0, "ran\n"))
        self.assert_empty()

    def test_not_admitted_is_75(self):
        self.api.admitted("holder", slots=2)
        marker = os.path.join(tempfile.gettempdir(), f"admit-e2e-{os.getpid()}")
        for flags in (["-n"], ["--no-wait"], ["-w", "200ms"], ["--wait", "1s"]):
            with self.subTest(flags):
                status, out, err = self.run_admit(*flags, "db", "--", "touch", marker).end(30)
                self.assertEqual((status, out), (75, ""), err)
                self.assertIn("db", err)
                self.assertFalse(os.path.exists(marker))
        self.assertEqual(self.api.counts(), (2, 0, 0))

    def test_a_signal_while_it_waits_leaves_the_line(self):
        self.api.admitted("holder", slots=2)
        for number in (signal.SIGTERM, signal.SIGINT):
            command = self.run_admit("db", "--", "true")
            eventually(lambda: self.api.counts() == (2, 1, 0))
            command.signal(number)
            self.assertEqual(command.end(slower(20))[0], 128 + number)
            eventually(lambda: self.api.counts() == (2, 0, 0))

    def test_killed_while_it_waits_leaves_the_line(self):
        self.api.admitted("holder", slots=2)
        command = self.run_admit("db", "--", "true")
        eventually(lambda: self.api.counts() == (2, 1, 0))
        command.signal(signal.SIGKILL)
        eventually(lambda: self.api.counts() == (2, 0, 0), seconds=30)

    def test_usage_is_64(self):
        for args in ([], ["db"], ["db", "--"], ["--nonsense", "db", "--", "true"],
                     ["-w", "soon", "db", "--", "true"], ["--slots", "0", "db", "--", "true"],
                     ["--slots", "x", "db", "--", "true"], ["--ttl", "-1s", "db", "--", "true"]):
            with self.subTest(args):
                status, out, err = self.run_admit(*args).end(30)
                self.assertEqual((status, out), (64, ""), err)
                self.assertTrue(err)

    def test_what_the_server_refuses_for_good(self):
        for args, word in ((["nope", "--", "true"], "nope"),
                           (["--slots", "3", "db", "--", "true"], "db")):
            status, out, err = self.run_admit(*args).end(30)
            self.assertNotIn(status, (0, 70))
            self.assertEqual(out, "")
            self.assertIn(word, err)


class Lease(RunCase):
    def test_the_lease_is_kept_alive_beyond_its_ttl(self):
        command = self.run_admit("--ttl", "1s", "db", "--", "sleep", "3")
        eventually(lambda: self.api.counts() == (1, 0, 0))
        token = self.api.listed("leases")[0]["token"]
        eventually(lambda: self.api.listed("leases")[0]["state"] == "busy")
        while command.process.poll() is None:
            rows = self.api.listed("leases")
            self.assertIn([row["token"] for row in rows], ([token], []))
            time.sleep(0.05)
        self.assertEqual(command.end()[0], 0)
        stats = self.api.pool()["stats"]
        self.assertEqual((stats["expired"], stats["released"]), (0, 1))

    def test_an_evicted_command_is_ended(self):
        script = "trap 'echo told; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
        command = self.run_admit("--ttl", "1s", "db", "--", "sh", "-c", script)
        self.assertEqual(command.read_line(), "ready")
        token = self.api.listed("leases")[0]["token"]
        self.api.call("DELETE", f"/v1/pools/db/leases/{token}")
        self.assertEqual(command.read_line(), "told")
        self.assertEqual(command.end(slower(20))[0], 70)

    def lose_the_server(self, trap, ttl_s):
        """(status, seconds from the server's death to the command's last sign of life, what it
        said)."""
        command = self.run_admit("--ttl", f"{ttl_s}s", "db", "--", *living(trap))
        self.assertEqual(command.read_line(), "ready")
        eventually(lambda: self.api.listed("leases")[0]["state"] == "busy")
        self.server.kill()
        died = boot_now()
        alive, said = last_signs(command)
        return command.end(slower(20))[0], alive - died, said

    def test_a_command_that_heeds_term_when_the_server_is_lost(self):
        status, took, said = self.lose_the_server("echo told; exit 0", 4)
        self.assertEqual((status, said), (70, ["told"]))
        self.assertLess(took, 4)

    def test_a_command_that_does_not_is_killed_before_the_lease_ends(self):
        best = 100.0
        for _ in range(3):
            status, took, said = self.lose_the_server("echo told", 4)
            self.assertEqual((status, said[0]), (70, "told"))
            print(f"lived {took:.2f} s after the server's death, its lease had 4 s at most")
            best = min(best, took)
            if best < 4:
                break
            self.start(*self.args)
        self.assertLess(best, 4)

    def test_a_server_that_is_not_there_is_69(self):
        url = self.server.url
        self.assertEqual(self.server.stop(), 0)
        command = Command(url, "run", "-n", "db", "--", "true")
        self.addCleanup(command.kill)
        status, out, err = command.end(slower(60))
        self.assertEqual((status, out), (69, ""))
        self.assertIn(url.removeprefix("http://"), err)

    def test_a_stopped_server_loses_nothing(self):
        """The server stands still for a while: the command goes on, the lease is kept."""
        command = self.run_admit("--ttl", "6s", "db", "--", "sh", "-c", "echo ready; sleep 4")
        self.assertEqual(command.read_line(), "ready")
        self.server.signal(signal.SIGSTOP)
        time.sleep(2.5)
        self.server.signal(signal.SIGCONT)
        self.assertEqual(command.end(slower(30))[0], 0)
        self.assert_empty()
        self.assertEqual(self.api.pool()["stats"]["expired"], 0)


if __name__ == "__main__":
    unittest.main()
