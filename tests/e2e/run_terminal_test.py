"""`admit run` at a terminal, within a shell with job control: Ctrl-C, Ctrl-Z, fg, bg and pipes."""

import os
import tempfile
import time
import unittest

from support.case import Case, eventually, slower
from support.server import binary
from support.shell import Shell

CTRL_C, CTRL_Z = "\x03", "\x1a"
ECHO = "sh -c 'echo ready $$; read line; echo \"<$line>\"'"  # says what is typed
# Commands that start others are bash: a dash that is stopped in the middle of a vfork hangs.


def state(process):
    """As `ps` has it: S, R, T for stopped."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0]


class TerminalCase(Case):
    args = ("--pool", "db=1")
    seconds = 90

    def setUp(self):
        super().setUp()
        self.terminal = Shell(self.server.url)
        self.addCleanup(self.terminal.close)

    def begin(self, line, says="ready"):
        """Types a line whose command then says so."""
        self.terminal.type(line + "\n")
        return self.terminal.read(says, slower(20))

    def stop(self):
        """Ctrl-Z: the shell has its terminal back and says that the job is stopped."""
        self.terminal.type(CTRL_Z)
        status, text = self.terminal.prompt(slower(20))
        self.assertEqual(status, 148)
        self.assertIn("Stopped", text)

    def fg(self, process):
        """Continues the job, and waits until this process of it has the terminal and runs."""
        self.begin("fg", "admit run")
        eventually(lambda: self.terminal.foreground() == process, what="it in the foreground")
        eventually(lambda: state(process) != "T", what="it going on")

    def assert_ended(self, status, *words):
        """The job is over with that status, the shell can be used, the pool is empty."""
        got, text = self.terminal.prompt(slower(20))
        self.assertEqual(got, status, text)
        for word in words:
            self.assertIn(word, text)
        self.assertEqual(self.terminal.run("read line <<<typed; echo \"<$line>\"")[1], "<typed>\n")
        self.assert_empty()


class Interrupt(TerminalCase):
    def test_ctrl_c_ends_the_command(self):
        self.begin("admit run db -- sh -c 'echo ready; exec sleep 60'")
        self.terminal.type(CTRL_C)
        self.assert_ended(130)

    def test_a_command_that_goes_on_after_ctrl_c(self):
        script = 'trap "echo caught" INT; echo ready; until read line; do :; done; exit 4'
        self.begin(f"admit run db -- bash -c '{script}'")
        self.terminal.type(CTRL_C)
        self.terminal.read("caught", slower(20))
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.terminal.type("typed\n")
        self.assert_ended(4)

    def test_ctrl_c_in_line_leaves_it_at_once(self):
        lease = self.api.admitted("holder")
        self.begin("admit run db -- touch /nonexistent/never", "waiting for db, 1 of 1 in line")
        eventually(lambda: self.api.counts() == (1, 1, 0))
        typed = time.monotonic()
        self.terminal.type(CTRL_C)
        status, _ = self.terminal.prompt(slower(20))
        took = time.monotonic() - typed
        self.assertEqual(status, 130)
        self.assertEqual(self.api.counts(), (1, 0, 0))
        print(f"left the line {1000 * took:.0f} ms after Ctrl-C")
        self.assertLess(took, slower(2))
        self.api.release(lease["handle"])

    def test_a_script_gets_the_terminal_back(self):
        """In a shell without job control everything is one group, but for the command."""
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
            script.write(f"admit run db -- {ECHO}\necho status $?\nread line; echo \"[$line]\"\n")
            script.flush()
            self.begin(f"sh {script.name}")
            self.terminal.type("first\n")
            self.terminal.read("<first>\r\nstatus 0", slower(20))
            self.terminal.type("second\n")
            self.assert_ended(0, "[second]")


class Stop(TerminalCase):
    def test_ctrl_z_and_fg(self):
        self.stop_and_go(self.server.url)

    def test_ctrl_z_and_fg_where_a_name_was_resolved(self):
        """For that Asio has another thread, which hears signals, too."""
        self.stop_and_go(f"http://localhost:{self.server.address[1]}")

    def stop_and_go(self, url):
        line = f"ADMIT_URL={url} admit run --ttl 20s db -- {ECHO}"
        process = int(self.begin(line, r"ready (\d+)")[1])
        self.stop()
        token = self.api.listed("leases")[0]["token"]
        self.assertEqual(self.terminal.run("echo shell")[1], "shell\n")
        for _ in range(20):
            self.fg(process)
            self.stop()
        self.fg(process)
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")
        self.assertEqual([row["token"] for row in self.api.listed("history")], [token])

    def test_ctrl_z_while_its_guardian_has_hardly_begun(self):
        """What the guardian hears of the job's stop is not heard again by `admit`."""
        preload = f"LD_PRELOAD={binary('tests/late_guardian.so')}"
        no_order = f"ASAN_OPTIONS={os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
        line = f"{preload} {no_order} admit run db -- {ECHO}"
        process = int(self.begin(line, r"ready (\d+)")[1])
        self.stop()
        self.fg(process)
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")

    def test_ctrl_z_for_longer_than_the_lease(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "steps")
            script = f"echo >{path}; echo ready; while :; do echo >>{path}; sleep 0.01; done"
            self.begin(f"admit run --ttl 1s db -- bash -c '{script}'")
            self.stop()
            steps = os.path.getsize(path)
            self.assert_empty()
            self.assertEqual(self.api.pool()["stats"]["expired"], 1)
            self.terminal.type("fg\n")
            self.assert_ended(70, "lease lost")
            self.assertEqual(os.path.getsize(path), steps, "it went on without a lease")

    def test_bg_goes_on_with_the_lease(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "go")
            script = f"echo ready; while [ ! -e {path} ]; do sleep 0.02; done; echo end; exit 6"
            self.begin(f"admit run --ttl 2s db -- bash -c '{script}'")
            self.stop()
            self.assertEqual(self.terminal.run("bg")[0], 0)
            until = time.monotonic() + 3  # longer than the lease: it is renewed again
            while time.monotonic() < until:
                self.assertEqual(self.api.counts(), (1, 0, 0))
                time.sleep(0.05)
            open(path, "w", encoding="ascii").close()
            self.assertEqual(self.terminal.run("wait %1", slower(20))[0], 6)
            self.assert_empty()
        self.assertEqual(self.api.pool()["stats"]["expired"], 0)

    def test_ctrl_z_in_line(self):
        """The place is kept; the command begins when the job goes on and it is its turn."""
        lease = self.api.admitted("holder")
        self.begin(f"admit run db -- {ECHO}", "waiting for db")
        eventually(lambda: self.api.counts() == (1, 1, 0))
        self.stop()
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.begin("fg", "admit run")
        self.api.release(lease["handle"])
        self.terminal.read("ready", slower(20))
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")

    def test_a_background_job_that_wants_to_read(self):
        self.terminal.run(f"admit run db -- {ECHO} &")
        stopped = lambda: "Stopped" in self.terminal.run("jobs")[1]
        eventually(stopped, what="a job that is stopped for its input")
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.begin("fg", "admit run")
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")

    def test_a_background_job_leaves_the_terminal_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "go")
            script = f"while [ ! -e {path} ]; do sleep 0.02; done; exit 6"
            self.terminal.run(f"admit run db -- sh -c '{script}' &")
            eventually(lambda: self.api.counts() == (1, 0, 0))
            self.begin(ECHO)  # the shell's own job reads what is typed, and gets the Ctrl-C
            self.terminal.type("typed\n")
            self.assertIn("<typed>", self.terminal.prompt()[1])
            self.begin("sh -c 'echo ready; exec sleep 60'")
            self.terminal.type(CTRL_C)
            self.assertEqual(self.terminal.prompt()[0], 130)
            self.assertEqual(self.api.counts(), (1, 0, 0))
            open(path, "w", encoding="ascii").close()
            self.assertEqual(self.terminal.run("wait %1", slower(20))[0], 6)
        self.assert_empty()


class Pipe(TerminalCase):
    def test_in_a_pipe(self):
        self.begin(f"admit run db -- {ECHO} | cat")
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")

    def test_ctrl_c_in_a_pipe(self):
        script = "echo ready; exec sleep 60"
        self.begin(f"admit run db -- sh -c '{script}' | cat; echo =${{PIPESTATUS[0]}}")
        self.terminal.type(CTRL_C)
        self.assert_ended(0, "=130")

    def test_ctrl_z_in_a_pipe(self):
        self.begin(f"admit run db -- {ECHO} | cat")
        self.stop()
        self.assertEqual(self.api.counts(), (1, 0, 0))
        self.begin("fg", "admit run")
        self.terminal.type("typed\n")
        self.assert_ended(0, "<typed>")

    def test_a_pipe_that_feeds_the_command(self):
        """Stdin is no terminal: the keyboard's Ctrl-C reaches the group of `admit`."""
        # The command does not read: it would end with its pipe, whose feeder dies of the same key.
        self.begin("sleep 60 | admit run db -- sh -c 'echo ready; exec sleep 60'")
        self.terminal.type(CTRL_C)
        self.assert_ended(130)


class Looks(TerminalCase):
    def test_the_notice_is_for_terminals(self):
        self.api.admitted("holder")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "errors")
            self.assertEqual(self.terminal.run(f"admit run -w 1s db -- true 2>{path}")[0], 75)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertNotIn("waiting", text)
            self.assertNotIn("\x1b", text)
        status, text = self.terminal.run("admit run -w 1s db -- true")
        self.assertEqual(status, 75)
        # Written over and taken away before anything else is said.
        notice = r"\r\x1b\[K[^\n]*waiting for db, 1 of 1[^\n]*\r\x1b\[K"
        self.assertRegex(text, rf"\A{notice}admit: .*\n\Z")

    def test_a_window_that_changes(self):
        self.terminal.resize(24, 80)
        script = "trap \"stty size\" WINCH; echo ready; while :; do sleep 0.02; done"
        self.begin(f"admit run db -- sh -c '{script}'")
        self.terminal.resize(50, 132)
        self.terminal.read("50 132", slower(20))
        self.terminal.type(CTRL_C)
        self.assert_ended(130)


if __name__ == "__main__":
    unittest.main()
