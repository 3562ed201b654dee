"""The test case of the end-to-end tests: a fresh server per test, a bound on everything."""

import resource
import signal
import time
import unittest

from .api import Api
from .server import Admitd, sanitized
from .wire import Wire

SANITIZER_FAILURES = ("AddressSanitizer", "runtime error:", "ThreadSanitizer", "LeakSanitizer")

# Many tests open more connections than a shell allows by default; servers inherit it.
_, HARD_FILES = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(HARD_FILES, 65536), HARD_FILES))


class OutOfTime(BaseException):
    """The test's own bound has passed; no `except Exception` holds it back."""


def slower(seconds):
    """A bound in seconds, stretched where the binaries are instrumented."""
    return seconds * (5 if sanitized() else 1)


def eventually(probe, seconds=10, what="the condition"):
    """Waits until `probe()` is true and returns its value; a condition, not a guess of its time."""
    until = time.monotonic() + slower(seconds)
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come about within {seconds} s")
        time.sleep(0.005)


class Case(unittest.TestCase):
    """`args` start the server, with a pool `db` of limit 2 unless a class says otherwise."""

    args = ("--pool", "db=2")
    seconds = 60
    server = None
    expected_exit = 0

    def setUp(self):
        def ring(*_):
            raise OutOfTime(f"{self.id()} took longer than {slower(self.seconds)} s")

        signal.signal(signal.SIGALRM, ring)
        signal.alarm(int(slower(self.seconds)))
        self.addCleanup(signal.alarm, 0)
        if self.args is not None:
            self.start(*self.args)

    def start(self, *args, **options):
        """Starts a server; the newest is `self.server`, with `self.api` to call it."""
        server = Admitd(*args, **options)
        self.addCleanup(self.finish, server)
        self.server = server
        self.api = Api(server.address)
        self.addCleanup(self.api.close)
        return server

    def finish(self, server):
        """Every server has to end in order, unless the test ended it itself."""
        ended = server.process.poll() is not None
        status = server.stop(seconds=slower(20))
        log = server.log()
        server.log_file.close()
        for mark in SANITIZER_FAILURES:
            self.assertNotIn(mark, log)
        if not ended:
            self.assertEqual(status, self.expected_exit, log[-2000:])

    def wire(self):
        wire = Wire(self.server.address)
        self.addCleanup(wire.close)
        return wire

    def waiting(self, worker="w", **fields):
        """A call in line that has really arrived: the pool counts one more."""
        pool = fields.get("pool", "db")
        before = self.api.pool(pool)["waiting"]
        wire = self.api.waiting(worker, **fields)
        self.addCleanup(wire.close)
        eventually(lambda: self.api.pool(pool)["waiting"] > before, what=f"{worker} in line")
        return wire

    def assert_problem(self, response, status, code, *words):
        """A problem of that status and code whose detail has these words."""
        self.assertEqual((response.status, response.code), (status, code), str(response))
        for word in words:
            self.assertIn(word, response.json["detail"])
        return response

    def assert_empty(self, pool="db", seconds=10):
        eventually(
            lambda: self.api.counts(pool) == (0, 0, 0), seconds, f"an empty pool {pool}"
        )
