"""`admit run` on a machine whose wall clock jumps: leases live on a clock that does not."""

import glob
import os
import subprocess
import tempfile
import time
import unittest

from support.case import eventually, slower
from support.proxy import Proxy
from support.run import RunCase, boot_now, last_signs, living
from support.server import binary, sanitized

LEFTOVERS = "/dev/shm/*faketime_*"
HOUR = 3600
JUMPS = (6 * HOUR, -30 * HOUR, 1000 * 24 * HOUR, -5, 0)  # each from the real time


@unittest.skipIf(sanitized(), "a sanitizer has to be the first library, and so has libfaketime")
class ClockCase(RunCase):
    args = ("--pool", "db=1")

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.offset_file = os.path.join(folder.name, "offset")
        self.jump(0)
        self.before = set(glob.glob(LEFTOVERS))
        self.addCleanup(self.sweep)

    def sweep(self):
        """What libfaketime leaves behind of processes that were killed."""
        for path in set(glob.glob(LEFTOVERS)) - self.before:
            if not os.path.exists("/proc/" + path.rpartition("_")[2]):
                os.unlink(path)

    def jump(self, seconds):
        """The wall clock of all commands is so many seconds before the real one from now on."""
        with open(self.offset_file + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}s\n")
        os.rename(self.offset_file + ".new", self.offset_file)

    def run_faked(self, *args, **options):
        library, = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        env = {
            "LD_PRELOAD": f"{binary('tests/boot_timers.so')} {library}",
            "FAKETIME_TIMESTAMP_FILE": self.offset_file,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return self.run_admit(*args, env=env, **options)


class Jumping(ClockCase):
    def test_a_lease_is_renewed_as_if_nothing_were(self):
        proxy = Proxy(self.server.address)
        self.addCleanup(proxy.close)
        script = "while read line; do date +%s; done; exit 7"
        command = self.run_faked("--ttl", "2s", "db", "--", "sh", "-c", script, url=proxy.url,
                                 stdin=subprocess.PIPE)
        for seconds in JUMPS:
            renewed, since = len(proxy.calls("renew")), time.monotonic()
            self.jump(seconds)
            command.process.stdin.write(b"\n")
            command.process.stdin.flush()
            seen = int(command.read_line())
            self.assertAlmostEqual(seen, time.time() + seconds, delta=slower(10))
            eventually(lambda: len(proxy.calls("renew")) >= renewed + 2, what="two renewals")
            # One is due every 600 ms or more; a clock that is not to be believed makes it a storm.
            count, took = len(proxy.calls("renew")) - renewed, time.monotonic() - since
            self.assertLessEqual(count, took / 0.5 + 2)
        status, _, err = command.end(slower(20), given=b"")
        self.assertEqual((status, err), (7, ""))
        stats = self.api.pool()["stats"]
        self.assertEqual((stats["granted"], stats["released"], stats["expired"]), (1, 1, 0))

    def test_a_wait_is_neither_shorter_nor_longer(self):
        self.api.admitted("holder")
        waits = []
        for seconds in (6 * HOUR, -6 * HOUR):
            self.jump(0)
            begun = time.monotonic()
            command = self.run_faked("-w", "2s", "db", "--", "true")
            eventually(lambda: self.api.counts()[1] == 1)
            self.jump(seconds)
            self.assertEqual(command.end(slower(20))[0], 75)
            waits.append(time.monotonic() - begun)
        print("waits of 2 s took " + " and ".join(f"{wait:.2f} s" for wait in waits))
        for wait in waits:
            self.assertGreaterEqual(wait, 2)
            self.assertLess(wait, 5)

    def test_a_lost_lease_ends_in_time(self):
        """The server dies and the clock jumps: the command is told, and dead, no later."""
        for seconds in (6 * HOUR, -6 * HOUR):
            self.jump(0)
            command = self.run_faked("--ttl", "4s", "db", "--", *living())
            self.assertEqual(command.read_line(), "ready")
            self.server.kill()
            died = boot_now()
            self.jump(seconds)
            alive, said = last_signs(command)
            status, _, err = command.end(slower(20))
            self.assertEqual((status, said), (70, ["told"]), err)
            print(f"lived {alive - died:.2f} s after the server's death, with a lease of 4 s")
            self.assertGreater(alive - died, 1)
            self.assertLess(alive - died, 4.2)
            self.start(*self.args)


if __name__ == "__main__":
    unittest.main()
