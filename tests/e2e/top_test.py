"""`admit top` on a pseudo-terminal, and colours there."""

import signal
import unittest

from support.case import eventually
from support.cli import CliCase
from support.terminal import Terminal

ENTER = "\x1b[?1049h"
LEAVE = "\x1b[?1049l"


class TerminalCase(CliCase):
    def terminal(self, *args, **options):
        terminal = Terminal("--url", self.server.url, *args, **options)
        self.addCleanup(terminal.close)
        return terminal

    def top(self, **options):
        """A `top` that shows the first answer."""
        terminal = self.terminal("top", "--interval", "100ms", **options)
        terminal.wait_for("default")
        self.assertIn(ENTER, terminal.seen)
        self.assertNotEqual(terminal.settings(), terminal.before)
        return terminal

    def assert_restored(self, terminal):
        self.assertTrue(terminal.seen.endswith("\x1b[?25h" + LEAVE), terminal.seen[-200:])
        self.assertEqual(terminal.settings(), terminal.before)


class Top(TerminalCase):
    def test_it_shows_pools_holders_and_waiters(self):
        for name in ("anna", "bert"):
            self.api.admitted(name)
        terminal = self.top(env={"NO_COLOR": "1"})
        terminal.wait_for("db: 2 of 2 slots held, 0 waiting")
        for text in ("anna", "bert"):
            terminal.wait_for(text)
        self.waiting("carla")
        terminal.wait_for("carla")
        terminal.wait_for("2 of 2 slots held, 1 waiting")

    def test_q_quits(self):
        terminal = self.top()
        terminal.type("xq")
        self.assertEqual(terminal.end(), 0)
        self.assert_restored(terminal)

    def test_ctrl_c_quits(self):
        terminal = self.top()
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 0)
        self.assert_restored(terminal)

    def test_signals_restore_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            terminal = self.top()
            terminal.signal(number)
            self.assertEqual(terminal.end(), 128 + number)
            self.assert_restored(terminal)

    def test_stopped_and_continued(self):
        terminal = self.top()
        terminal.type("\x1a")
        terminal.wait_for(LEAVE)
        eventually(terminal.stopped, what="it stopped")
        self.assertEqual(terminal.settings(), terminal.before)
        terminal.forget()
        terminal.signal(signal.SIGCONT)
        terminal.wait_for(ENTER)
        terminal.wait_for("default")
        terminal.type("q")
        self.assertEqual(terminal.end(), 0)
        self.assert_restored(terminal)

    def test_the_window(self):
        for i in range(40):
            self.api.put(f"pool-{i:02}", limit=1)
        terminal = self.top(rows=10, columns=30)
        terminal.wait_for("more lines")
        self.assertNotIn("pool-20", terminal.seen)
        terminal.resize(60, 30)
        terminal.signal(signal.SIGWINCH)
        terminal.wait_for("pool-39")
        for line in terminal.seen.split("\r\n"):
            plain = line.split("\x1b[H")[-1].split("\x1b[K")[0]
            for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[31m"):
                plain = plain.replace(code, "")
            self.assertLessEqual(len(plain), 30, repr(line))

    def test_a_server_that_goes_and_comes_back(self):
        terminal = self.top()
        port = self.server.address[1]
        self.server.stop()
        terminal.wait_for("server unreachable")
        self.start("--pool", "db=2", "--pool", "reborn=1", listen=f"127.0.0.1:{port}")
        terminal.wait_for("reborn")
        terminal.type("q")
        self.assertEqual(terminal.end(), 0)

    def test_no_terminal(self):
        self.refused(64, "top", hint="--once")

    def test_a_terminal_that_can_do_nothing(self):
        terminal = self.terminal("top", env={"TERM": "dumb"})
        self.assertEqual(terminal.end(), 64)
        self.assertIn("--once", terminal.seen)
        self.assertNotIn("\x1b", terminal.seen)

    def test_once(self):
        self.api.admitted("anna")
        out = self.shown("top", "--once")
        for text in ("db", "default", "anna", "1 of 2 slots held"):
            self.assertIn(text, out)
        self.refused(69, "top", "--once", url="http://127.0.0.1:1")


class Colours(TerminalCase):
    def seen(self, **env):
        terminal = self.terminal("pools", env=env)
        self.assertEqual(terminal.end(), 0)
        self.assertIn("default", terminal.seen)
        return terminal.seen

    def test_only_on_a_terminal_and_never_against_no_color(self):
        self.assertIn("\x1b[1mPOOL", self.seen())
        self.assertIn("\x1b[1mPOOL", self.seen(NO_COLOR=""))
        self.assertNotIn("\x1b", self.seen(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.seen(TERM="dumb"))
        self.assertNotIn("\x1b", self.shown("pools"))

    def test_top_without_colours(self):
        terminal = self.top(env={"NO_COLOR": "1"})
        self.assertNotIn("\x1b[1m", terminal.seen)


if __name__ == "__main__":
    unittest.main()
