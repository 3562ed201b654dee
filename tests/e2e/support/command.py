"""Runs the real command-line client and the examples, and ends them whatever happens."""

import os
import signal
import subprocess

from .server import binary


class Command:
    """A running `admit`, or other program, in a process group of its own, with its children."""

    def __init__(self, url, *args, program="admit", stdin=subprocess.DEVNULL, env=None):
        environment = {k: v for k, v in os.environ.items() if k != "ADMIT_URL"} | (env or {})
        self.process = subprocess.Popen(
            [binary(program), *(["--url", url] if url else []), *args],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )

    def signal(self, number):
        """To the client alone, not to its children."""
        self.process.send_signal(number)

    def end(self, seconds=30, given=None):
        """(status, stdout, stderr) after its own end; status 128+n as a shell sees a signal."""
        try:
            out, err = self.process.communicate(given, timeout=seconds)
        except BaseException:
            self.kill()
            raise
        status = self.process.returncode
        return (128 - status if status < 0 else status), out.decode(), err.decode()

    def read_line(self):
        """The next line of its standard output."""
        return self.process.stdout.readline().decode().rstrip("\n")

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
