"""`admit run` on a network that cuts, loses, delays and swallows replies."""

import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from support.case import eventually, slower
from support.proxy import BLACKHOLE, LOST_REPLY, PASS, Fate, Proxy
from support.run import RunCase, boot_now, last_signs, living
from support.server import sanitized


class NetworkCase(RunCase):
    def proxy(self, fate=lambda seen: PASS):
        proxy = Proxy(self.server.address, fate)
        self.addCleanup(proxy.close)
        return proxy

    def stats(self):
        stats = self.api.pool()["stats"]
        return tuple(stats[name] for name in ("granted", "released", "expired", "evicted"))


class Cut(NetworkCase):
    """The connection ends after each byte of a reply in turn."""

    args = ("--pool", "db=1000")
    seconds = 240

    def cut_everywhere(self, call, *flags, renewals=0, at_once=24):
        """One command per byte of that call's first reply, many at once. Each runs exactly once,
        under exactly one lease, which is given back."""
        whole = len(self.one(call, flags, renewals, PASS)[1])
        # Instrumented commands are too slow for all of it.
        step, at_once = (9, at_once // 6) if sanitized() else (1, at_once)
        cuts = [
            Fate(size=size, end=("close", "reset")[size % 2]) for size in range(0, whole + 1, step)
        ]
        with ThreadPoolExecutor(at_once) as threads:
            ended = list(threads.map(lambda fate: self.one(call, flags, renewals, fate), cuts))
        self.assertEqual({result[:3] for result, _ in ended}, {(0, True, "")})
        tokens = {result[3] for result, _ in ended}
        self.assertEqual(len(tokens), len(cuts))
        runs = len(cuts) + 1
        self.assertEqual(self.stats(), (runs, runs, 0, 0))
        self.assertEqual(self.api.counts(), (0, 0, 0))
        print(f"{len(cuts)} cuts of a reply to {call}, of {whole} bytes")

    def one(self, call, flags, renewals, fate):
        """((status, whether it ran once, stderr, token), the reply that was cut)."""
        proxy = Proxy(
            self.server.address, lambda s: fate if (s.call, s.number) == (call, 0) else PASS
        )
        try:
            script = "echo $ADMIT_TOKEN; read line"
            command = self.run_admit(*flags, "db", "--", "sh", "-c", script,
                                     url=proxy.url, stdin=subprocess.PIPE)
            # The first is the one that is cut, so one more tells that this was got over.
            if renewals:
                self.assertTrue(proxy.wait_for("renew", renewals + 1, slower(30)), "no renewal")
            status, out, err = command.end(slower(60), given=b"\n")
            lines = out.split()
            return (status, len(lines) == 1, err, out), proxy.calls(call)[0].reply
        finally:
            proxy.close()

    def test_acquire(self):
        self.cut_everywhere("acquire")

    def test_renew(self):
        # Nearly all of their time, a third of the TTL, is spent on waiting for the first renewal.
        # No lease must be lost only because so many at once are slow: the rest of it is for that.
        self.cut_everywhere("renew", "--ttl", "15s", renewals=1, at_once=120)

    def test_release(self):
        self.cut_everywhere("release")


class Lost(NetworkCase):
    args = ("--pool", "db=1")

    def test_a_reply_lost_after_the_grant_is_given_again(self):
        proxy = self.proxy(lambda s: LOST_REPLY if s.call == "acquire" and s.number < 3 else PASS)
        script = "echo $ADMIT_TOKEN; read line"
        command = self.run_admit("db", "--", "sh", "-c", script, url=proxy.url,
                                 stdin=subprocess.PIPE)
        token = int(command.read_line())
        asked = proxy.calls("acquire")
        self.assertEqual(len(asked), 4)
        for seen in asked:
            self.assertIn(f'"token":{token},'.encode(), seen.reply)
        self.assertEqual([row["token"] for row in self.api.listed("leases")], [token])
        self.assertEqual(command.end(slower(30), given=b"\n"), (0, "", ""))
        self.assertEqual(self.stats(), (1, 1, 0, 0))

    def test_a_reply_lost_to_one_that_does_not_wait_leaves_nothing(self):
        proxy = self.proxy(lambda s: LOST_REPLY if s.call == "acquire" else PASS)
        status, out, err = self.run_admit("-n", "db", "--", "echo", "ran", url=proxy.url).end(30)
        self.assertEqual(out, "")
        self.assertEqual(status, 69, err)
        self.assert_empty()

    def test_a_place_in_line_outlives_its_connection(self):
        """Thrown out over and over, it is still before the one who came later."""
        holder = self.api.admitted("holder")
        proxy = self.proxy()
        first = self.run_admit("--worker", "first", "db", "--", "echo", "ran", url=proxy.url)
        eventually(lambda: self.api.counts() == (1, 1, 0))
        second = self.run_admit("--worker", "second", "db", "--", "echo", "ran")
        eventually(lambda: self.api.counts() == (1, 2, 0))
        for count in range(3):
            asked = len(proxy.calls("acquire"))
            proxy.down()
            self.assert_goes_on(first, 0.2)
            proxy.up()
            eventually(lambda: len(proxy.calls("acquire")) > asked, what="another attempt")
        rows = self.api.listed("waiters")
        self.assertEqual([row["worker"] for row in rows], ["first", "second"])
        self.api.release(holder["handle"])
        for command in (first, second):
            self.assertEqual(command.end(slower(30)), (0, "ran\n", ""))
        workers = [row["worker"] for row in self.api.listed("history")]
        self.assertEqual(sorted(workers), ["first", "holder", "second"])
        self.assertEqual(self.stats(), (3, 3, 0, 0))

    def test_slow_replies_cost_nothing(self):
        proxy = self.proxy(lambda s: Fate(delay=0.5))
        script = "read line; exit 7"
        command = self.run_admit("--ttl", "6s", "db", "--", "sh", "-c", script, url=proxy.url,
                                 stdin=subprocess.PIPE)
        eventually(lambda: len(proxy.calls("renew")) >= 2)
        self.assertEqual(command.end(slower(30), given=b"\n"), (7, "", ""))
        self.assertEqual(self.stats(), (1, 1, 0, 0))


class Blackhole(NetworkCase):
    """Connections are made and everything sent is swallowed."""

    args = ("--pool", "db=1")

    def test_for_a_while(self):
        """A renewal that hangs is not waited for to the end of the lease."""
        proxy = self.proxy(lambda s: BLACKHOLE if s.call == "renew" and s.number < 2 else PASS)
        script = "read line; exit 7"
        command = self.run_admit("--ttl", "9s", "db", "--", "sh", "-c", script, url=proxy.url,
                                 stdin=subprocess.PIPE)
        eventually(lambda: len(proxy.calls("renew")) >= 4, seconds=20)
        self.assertEqual(command.end(slower(30), given=b"\n"), (7, "", ""))
        self.assertEqual(self.stats(), (1, 1, 0, 0))

    def test_for_good(self):
        """The command is told, and dead before the lease ends."""
        proxy = self.proxy(lambda s: PASS if s.call == "acquire" else BLACKHOLE)
        asked = boot_now()
        command = self.run_admit("--ttl", "4s", "--grace", "500ms", "db", "--", *living(),
                                 url=proxy.url)
        self.assertEqual(command.read_line(), "ready")
        alive, said = last_signs(command)
        status, _, err = command.end(slower(20))
        self.assertEqual((status, said), (70, ["told"]), err)
        lived = alive - asked
        print(f"lived {lived:.2f} s after it was admitted, with a lease of 4 s")
        self.assertGreater(lived, 2)
        self.assertLess(lived, 4.5)  # the start of `admit` is in it
        eventually(lambda: self.stats() == (1, 0, 1, 0))

    def test_from_the_start(self):
        proxy = self.proxy(lambda s: BLACKHOLE)
        for flags in (("-n",), ("-w", "500ms")):
            status, out, err = self.run_admit(*flags, "db", "--", "true", url=proxy.url).end(30)
            self.assertEqual((status, out), (69, ""), err)
        self.assertEqual(self.stats(), (0, 0, 0, 0))

    def test_at_the_end(self):
        """The command's status is not held back for ever, and the slot comes free by itself."""
        proxy = self.proxy(lambda s: BLACKHOLE if s.call == "release" else PASS)
        command = self.run_admit("--ttl", "4s", "db", "--", "sh", "-c", "exit 7", url=proxy.url)
        asked = boot_now()
        status, _, err = command.end(slower(30))
        self.assertEqual(status, 7)
        self.assertIn("not given back", err)
        self.assertLess(boot_now() - asked, slower(6))
        self.assert_empty()


class Several(NetworkCase):
    """Several addresses of one server."""

    args = ("--pool", "db=1")

    def urls(self, *proxies):
        return {"ADMIT_URL": ",".join(proxy.url for proxy in proxies)}

    def test_the_first_one_is_dead(self):
        dead, alive = self.proxy(), self.proxy()
        dead.down()
        command = self.run_admit("-n", "db", "--", "sh", "-c", "echo $ADMIT_URL", url="",
                                 env=self.urls(dead, alive))
        urls = f"{dead.url},{alive.url}\n"
        self.assertEqual(command.end(slower(30)), (0, urls, ""))

    def test_the_first_one_swallows_everything(self):
        hole, alive = self.proxy(lambda s: BLACKHOLE), self.proxy()
        command = self.run_admit("-w", "20s", "db", "--", "echo", "ran", url="",
                                 env=self.urls(hole, alive))
        status, out, err = command.end(slower(45))
        self.assertEqual((status, out), (0, "ran\n"), err)

    def test_all_are_dead(self):
        dead = [self.proxy() for _ in range(3)]
        for each in dead:
            each.down()
        command = self.run_admit("-n", "db", "--", "echo", "ran", url="", env=self.urls(*dead))
        self.assertEqual(command.end(slower(30))[:2], (69, ""))

    def test_fail_over_while_a_command_runs(self):
        both = self.proxy(), self.proxy()
        script = "echo ready; read line; exit 7"
        command = self.run_admit("--ttl", "6s", "db", "--", "sh", "-c", script, url="",
                                 env=self.urls(*both), stdin=subprocess.PIPE)
        self.assertEqual(command.read_line(), "ready")
        for away, here in (both, reversed(both)):
            away.down()
            renewed = len(here.calls("renew"))
            eventually(lambda: len(here.calls("renew")) > renewed, what="a renewal elsewhere")
            away.up()
        self.assertEqual(command.end(slower(30), given=b"\n"), (7, "", ""))
        self.assertEqual(self.stats(), (1, 1, 0, 0))

    def test_fail_over_while_it_waits(self):
        holder = self.api.admitted("holder")
        both = self.proxy(), self.proxy()
        command = self.run_admit("db", "--", "echo", "ran", url="", env=self.urls(*both))
        eventually(lambda: self.api.counts() == (1, 1, 0))
        for away, here in (both, reversed(both)):
            asked = len(here.calls("acquire"))
            away.down()
            eventually(lambda: len(here.calls("acquire")) > asked, what="an attempt elsewhere")
            away.up()
        self.assertEqual(self.api.counts(), (1, 1, 0))
        self.api.release(holder["handle"])
        self.assertEqual(command.end(slower(30)), (0, "ran\n", ""))
        self.assertEqual(self.stats(), (2, 2, 0, 0))


if __name__ == "__main__":
    unittest.main()
