"""When leases expire: never early, hardly late, and not by the server's own sleep."""

import signal
import time
import unittest

from support.case import Case, slower
from support.message import Request, json_body

LATE_MS = 50
CROWD = 600


class Expiry(Case):
    args = ("--pool", "db=1")

    def measure(self, ttl_ms):
        """How late a waiter is admitted by the expiry of a lease before it. The lease's TTL counts
        from an instant between `sent` and `got`; early is judged by the one, late by the other."""
        sent = time.monotonic()
        self.api.admitted("holder", ttl_ms=ttl_ms)
        got = time.monotonic()
        waiter = self.waiting("next", ttl_ms=60_000)
        answer = waiter.answer(60)
        now = waiter.answered_at
        self.assertEqual(answer.status, 200, str(answer))
        self.assertGreaterEqual(now - sent, ttl_ms / 1000, "expired early")
        self.api.release(answer.json["handle"])
        return (now - got) * 1000 - ttl_ms

    def test_neither_early_nor_late(self):
        late = [self.measure(ttl_ms) for ttl_ms in (1000, 1001, 1337, 1999, 2500)]
        print("late by " + ", ".join(f"{ms:.1f}" for ms in late) + " ms")
        self.assertLess(min(late), slower(LATE_MS))
        self.assertLess(sorted(late)[2], slower(4 * LATE_MS))

    def test_a_renewal_counts_from_its_arrival(self):
        lease = self.api.admitted("holder", ttl_ms=4000)
        waiter = self.waiting("next")
        self.assertTrue(waiter.is_silent(1))
        sent = time.monotonic()
        self.assertEqual(self.api.renew(lease["handle"]).json["status"], "renewed")
        self.assertEqual(waiter.answer(30).status, 200)
        self.assertGreaterEqual(waiter.answered_at - sent, 4)

    def test_the_sum_of_the_answer_bounds_a_clients_belief(self):
        """waited_ms + ttl_ms after the call was sent the lease must still be live."""
        lease = self.api.admitted("holder", ttl_ms=1000)
        waiter = self.waiting("next", ttl_ms=1000)
        answer = waiter.answer(30).json
        self.assertEqual(answer["ttl_ms"], 1000)
        self.assertGreaterEqual(answer["waited_ms"], 500)
        self.assert_problem(self.api.release(lease["handle"]), 410, "lease_expired")

    def test_short_waits_and_unclaimed_grants_are_on_time_too(self):
        self.api.admitted("holder", ttl_ms=60_000)
        late = []
        for wait_ms in (100, 200, 300, 400, 500):
            sent = time.monotonic()
            got = self.api.acquire("x", wait_ms=wait_ms)
            late.append((time.monotonic() - sent) * 1000 - wait_ms)
            self.assert_problem(got, 429, "wait_timeout")
        print("waits ended late by " + ", ".join(f"{ms:.1f}" for ms in late) + " ms")
        self.assertGreaterEqual(min(late), 0)
        self.assertLess(min(late), slower(LATE_MS))


class Stopped(Case):
    args = ("--pool", "db=1000")
    seconds = 150

    def test_renewals_that_lay_in_the_socket_count(self):
        leases = [self.api.admitted(f"w{i}", ttl_ms=2500) for i in range(50)]
        wires = [self.wire() for _ in leases]
        for wire in wires:
            wire.call("GET", "/healthz")
        self.server.signal(signal.SIGSTOP)
        for wire, lease in zip(wires, leases):
            wire.ask("POST", "/v1/renew", {"handle": lease["handle"]})
        time.sleep(5)
        self.server.signal(signal.SIGCONT)
        answers = [wire.answer(30) for wire in wires]
        self.assertEqual([answer.status for answer in answers], [200] * len(leases))
        self.assertEqual(self.api.counts(), (50, 0, 0))
        self.assertEqual(self.api.pool()["stats"]["expired"], 0)
        # The control: without a renewal they do expire, on the server's own clock.
        self.assert_empty(seconds=10)
        self.assertEqual(self.api.pool()["stats"]["expired"], 50)

    def stop_shortly_before_the_end_of(self, crowd):
        """So many leases, and a stopped server whose lease clock had 200 ms to go until their end,
        or less. Their handles; none where the test itself came too late."""
        life = int(slower(5))
        wire = self.wire()

        def send(target, value, times=1):
            request = Request("POST", target, json_body(value))
            wire.send(request.encode(wire.host) * times)
            return [wire.read("POST") for _ in range(times)]

        fields = {"pool": "db", "worker": "crowd", "ttl_ms": life * 1000, "start": True}
        handles = [got.json["handle"] for got in send("/v1/acquire", fields, crowd)]
        end = time.monotonic() + life
        renewed = send("/v1/renew", {"handles": handles})[0].body.count(b'"renewed"')
        time.sleep(max(0, end - 0.2 - time.monotonic()))
        self.server.signal(signal.SIGSTOP)
        return handles if renewed == crowd and time.monotonic() < end else []

    def test_new_connections_of_the_meantime_count_too(self):
        """The lease clock runs on for longer than these leases have left: it ends them, unless
        everybody is accepted and heard first."""
        for threads in (1, 2):
            with self.subTest(threads=threads):
                handles = []
                while not handles:
                    self.start("--pool", "db=1000", "--threads", str(threads))
                    handles = self.stop_shortly_before_the_end_of(CROWD)
                wires = [self.wire() for _ in handles]
                for wire, handle in zip(wires, handles):
                    wire.ask("POST", "/v1/renew", {"handle": handle})
                time.sleep(5)
                self.server.signal(signal.SIGCONT)
                answers = [wire.answer(30).status for wire in wires]
                self.assertEqual(answers.count(200), CROWD)
                self.assertEqual(self.api.pool()["stats"]["expired"], 0)


class Idle(Case):
    """Slow: nothing at all happens for two minutes, and then a lease expires on time."""

    args = None
    seconds = 200

    def test_after_minutes_of_nothing(self):
        # Each has a server to itself that is as idle. Seconds apart, for a machine may be busy.
        servers = []
        for ttl_ms in (125_000, 126_001, 127_337, 128_999, 130_500):
            self.start("--pool", "db=1")
            sent = time.monotonic()
            self.api.admitted("holder", ttl_ms=ttl_ms)
            got = time.monotonic()
            servers.append((sent, got, ttl_ms, self.waiting("next", wait_ms=180_000)))
        late = []
        for sent, got, ttl_ms, waiter in servers:
            self.assertEqual(waiter.answer(180).status, 200)
            self.assertGreaterEqual(waiter.answered_at - sent, ttl_ms / 1000, "expired early")
            late.append((waiter.answered_at - got) * 1000 - ttl_ms)
        print("late by " + ", ".join(f"{ms:.1f}" for ms in late) + " ms")
        self.assertLess(min(late), slower(LATE_MS))
        self.assertLess(sorted(late)[2], slower(4 * LATE_MS))
        self.assertLess(max(late), slower(100 * LATE_MS))


if __name__ == "__main__":
    unittest.main()
