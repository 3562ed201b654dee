"""Runs other programs: servers, which end with us, and generators, which end by themselves."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time


class Failed(Exception):
    """A benchmark could not run, or a server answered wrongly."""


def say(text):
    """Progress, beside the tables."""
    print(text, file=sys.stderr, flush=True)


def pinned(cores, command):
    """The command, on these cores only; none: wherever the system likes."""
    return ["taskset", "-c", ",".join(map(str, cores)), *command] if cores else list(command)


def output(command, seconds, stdin=None, stderr_too=False):
    """What a program prints, if it ends in time and says that it went well."""
    try:
        done = subprocess.run(command, stdin=stdin or subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(command)}: not done after {seconds:.0f} s") from None
    except OSError as why:
        raise Failed(f"{command[0]}: {why.strerror}") from None
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: status {done.returncode}\n{done.stderr.strip()}")
    return done.stdout + done.stderr if stderr_too else done.stdout


class Server:
    """A process in a group of its own, that ends with the `with` block."""

    def __init__(self, command, cores=None, env=None):
        self.name = os.path.basename(command[0])
        self.ended = False
        self.errors = tempfile.TemporaryFile()
        try:
            # taskset becomes the program that it starts, so its id is the server's.
            self.process = subprocess.Popen(
                pinned(cores, command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=self.errors, start_new_session=True, env=env)
        except OSError as why:
            raise Failed(f"{command[0]}: {why.strerror}") from None

    @property
    def pid(self):
        return self.process.pid

    def said(self):
        """What it wrote to stderr."""
        return os.pread(self.errors.fileno(), 1 << 16, 0).decode("utf-8", "replace").strip()

    def failed(self, what):
        return Failed(f"{self.name}: {what}\n{self.said()}".strip())

    def first_line(self, seconds=30):
        """The first line of its output."""
        until = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            left = max(0, until - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            piece = os.read(self.process.stdout.fileno(), 1) if ready else b""
            if not piece:
                raise self.failed(f"did not start, and said {line!r}")
            line += piece
        return line.decode().strip()

    def check(self):
        """Fails where the server has not lived through all that was asked of it."""
        if not self.ended and self.process.poll() is not None:
            raise self.failed(f"ended with status {self.process.returncode}")

    def end(self, seconds=60):
        """Ends it as an operator would."""
        self.process.terminate()
        if self.process.wait(seconds) != 0:
            raise self.failed(f"ended with status {self.process.returncode}")
        self.ended = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
