"""A terminal with an interactive shell in it, and somebody who types and reads."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from .server import binary

PROMPT = re.compile(r"\[(\d+)\]> ")  # a job in the background may write behind it


class Shell:
    """bash with job control, without line editing and without echo, so that all that is to be read
    was written by a program. Its prompt tells the status of the line before."""

    def __init__(self, url):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ADMIT")}
        environment |= {
            "PATH": os.path.dirname(binary("admit")) + ":" + os.environ["PATH"],
            "ADMIT_URL": url, "TERM": "dumb", "PS1": "[$?]> ", "LC_ALL": "C",
        }
        self.shell, self.line = pty.fork()
        if self.shell == 0:
            words = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
            try:
                os.execvpe("bash", words, environment)
            finally:
                os._exit(127)
        self.seen = ""  # what was written and not yet asked for
        self.prompt()
        self.type("stty -echo\n")
        self.prompt()

    def type(self, text):
        os.write(self.line, text.encode())

    def read(self, pattern, seconds=20):
        """Waits until something matches, and takes it and all before it away. The match."""
        until = time.monotonic() + seconds
        while not (match := re.search(pattern, self.seen)):
            ready, _, _ = select.select([self.line], [], [], max(0, until - time.monotonic()))
            assert ready, f"no {pattern!r} within {seconds} s, but {self.seen!r}"
            try:
                self.seen += os.read(self.line, 65536).decode()
            except OSError:
                raise AssertionError(f"the end instead of {pattern!r}: {self.seen!r}") from None
        self.seen = self.seen[match.end() :]
        return match

    def prompt(self, seconds=20):
        """Waits for the shell: (status of the line before, what was written until now)."""
        match = self.read(PROMPT, seconds)
        return int(match[1]), match.string[: match.start()].replace("\r\n", "\n")

    def run(self, line, seconds=20):
        """Types a line and waits for its end."""
        self.type(line + "\n")
        return self.prompt(seconds)

    def foreground(self):
        """The process group that what is typed goes to."""
        return os.tcgetpgrp(self.line)

    def resize(self, rows, columns):
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self):
        """Ends all that was started in it, in the foreground, the background or stopped."""
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                    session = int(file.read().rpartition(")")[2].split()[3])
                if session == self.shell:
                    os.kill(int(process), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it went by itself
        os.close(self.line)
        os.waitpid(self.shell, 0)
