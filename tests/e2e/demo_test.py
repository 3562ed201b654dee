"""`admit demo`: the scene, and that nothing is left of it."""

import re
import signal
import unittest

from support.case import eventually, slower
from support.cli import CliCase

LINE = re.compile(r"Worker (\d): (acquired|rejected|released) \((\d)/2 active\)\Z")


class Demo(CliCase):
    args = ()

    def pools(self):
        return [pool["pool"] for pool in self.api.call("GET", "/v1/pools").json["pools"]]

    def test_the_scene(self):
        lines = self.shown("demo").splitlines()
        self.assertEqual(len(lines), 10)
        moves = []
        for line in lines:
            self.assertRegex(line, LINE)
            worker, what, active = LINE.match(line).groups()
            moves.append((int(worker), what, int(active)))
        self.assert_legal(moves)
        self.assertTrue(lines[-1].endswith("(0/2 active)"))
        self.assertEqual(self.pools(), ["default"])

    def assert_legal(self, moves):
        """Each line must be true after the lines before it."""
        holding, rejected = set(), set()
        for worker, what, active in moves:
            if what == "acquired":
                self.assertNotIn(worker, holding)
                holding.add(worker)
            elif what == "released":
                self.assertIn(worker, holding)
                holding.remove(worker)
            else:
                self.assertEqual(len(holding), 2)
                rejected.add(worker)
            self.assertEqual(active, len(holding))
            self.assertLessEqual(len(holding), 2)
        self.assertEqual(rejected, {2, 3})
        self.assertEqual([w for w, what, _ in moves if what == "acquired"][:2], [0, 1])
        self.assertEqual(sorted(w for w, what, _ in moves if what == "acquired"), [0, 1, 2, 3])

    def test_it_can_be_played_again_and_at_the_same_time(self):
        commands = [self.command("demo") for _ in range(3)]
        for command in commands:
            self.assertEqual(command.end(slower(30))[0], 0)
        self.assertEqual(self.pools(), ["default"])

    def test_a_signal_takes_the_pool_away(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            status = 0
            while status == 0:  # on a busy machine the scene is over before the signal
                command = self.command("demo")
                eventually(lambda: len(self.pools()) == 2 or command.process.poll() is not None,
                           what="the demo's pool")
                command.signal(number)
                status = command.end(slower(30))[0]
            self.assertEqual(status, 128 + number)
            self.assertEqual(self.pools(), ["default"])

    def test_nobody_reads_it(self):
        command = self.command("demo")
        command.process.stdout.close()
        self.assertEqual(command.process.wait(slower(30)), 1)
        command.process.stdout = None
        self.assertEqual(self.pools(), ["default"])

    def test_without_a_server(self):
        self.refused(69, "demo", url="http://127.0.0.1:1")


if __name__ == "__main__":
    unittest.main()
