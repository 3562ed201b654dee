"""Starts and ends the real admitd."""

import os
import select
import signal
import subprocess
import tempfile
import time

READY = b"admitd listening on "


def binary(name):
    return os.path.join(os.environ["ADMIT_BIN_DIR"], name)


def sanitized():
    """Whether the binaries carry a sanitizer, which makes them several times slower."""
    return os.environ.get("ADMIT_SANITIZED", "") not in ("", "0")


class Admitd:
    """A running server on a free port of its own, in its own process group. `data` is the directory
    of its state; by default that ends with it. Without `await_ready` it may not have come far."""

    def __init__(self, *args, listen="127.0.0.1:0", preexec=None, data=None, env=None,
                 await_ready=True):
        self.log_file = tempfile.TemporaryFile()
        state = ["--ephemeral"] if data is None else ["--data", data]
        command = [binary("admitd"), "--listen", listen, *state, *args]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log_file,
            start_new_session=True,
            preexec_fn=preexec,
            env=env,
        )
        try:
            self.address = self.read_address(seconds=30) if await_ready else None
        except BaseException:
            self.kill()
            raise

    def read_address(self, seconds):
        line = self.read_line(seconds)
        if not line.startswith(READY):
            raise AssertionError(f"admitd said {line!r}; its log:\n{self.log()}")
        host, _, port = line[len(READY) :].decode().strip().rpartition(":")
        return host.strip("[]"), int(port)

    def read_line(self, seconds):
        until = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], until - time.monotonic())
            piece = os.read(self.process.stdout.fileno(), 1) if ready else b""
            if not piece:
                break
            line += piece
        return line

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"

    def log(self):
        """What it wrote to stderr so far."""
        return os.pread(self.log_file.fileno(), 1 << 24, 0).decode("utf-8", "backslashreplace")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds):
        """Its exit status, as soon as it has one."""
        return self.process.wait(seconds)

    def kill(self):
        """Ends it whatever it does, and what it may have started."""
        for end in (lambda: os.killpg(self.process.pid, signal.SIGKILL), self.process.kill):
            try:
                end()
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process.stdout.close()

    def stop(self, seconds=20):
        """Ends it as an operator would and says how it went; killed if it does not follow."""
        try:
            if self.process.poll() is None:
                self.signal(signal.SIGCONT)
                self.signal(signal.SIGTERM)
            return self.wait(seconds)
        finally:
            self.kill()
