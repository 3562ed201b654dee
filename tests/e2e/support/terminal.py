"""A program on a pseudo-terminal, as somebody at a keyboard sees it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from .case import slower
from .server import binary

KEPT = ("ADMIT_URL", "NO_COLOR", "TERM")


class Terminal:
    """`admit ARGS…` in a session of its own on a terminal of its own."""

    def __init__(self, *args, rows=24, columns=80, env=None):
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = self.settings()
        self.seen = ""
        plain = {k: v for k, v in os.environ.items() if k not in KEPT}
        self.process = subprocess.Popen(
            [binary("admit"), *args],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=plain | {"TERM": "xterm"} | (env or {}),
        )

    def settings(self):
        return termios.tcgetattr(self.slave)

    def resize(self, rows, columns):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def signal(self, number):
        self.process.send_signal(number)

    def read_some(self, seconds):
        ready, _, _ = select.select([self.master], [], [], max(0, seconds))
        if ready:
            self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
        return bool(ready)

    def forget(self):
        """What comes from now on is new."""
        while self.read_some(0):
            pass
        self.seen = ""

    def wait_for(self, text, seconds=10):
        """Reads until `text` was written."""
        until = time.monotonic() + slower(seconds)
        while text not in self.seen:
            if not self.read_some(until - time.monotonic()) and time.monotonic() > until:
                raise AssertionError(f"{text!r} was not written; only {self.seen[-2000:]!r}")

    def stopped(self):
        """Whether its parent may know that it is stopped. A SIGCONT before that would be lost."""
        report = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, report) is not None

    def end(self, seconds=10):
        """Its exit status, 128+n after signal n, and all that was written."""
        until = time.monotonic() + slower(seconds)
        while self.process.poll() is None:
            self.read_some(0.01)
            if time.monotonic() > until:
                raise AssertionError(f"it goes on; seen {self.seen[-2000:]!r}")
        while self.read_some(0):
            pass
        status = self.process.returncode
        return 128 - status if status < 0 else status

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
