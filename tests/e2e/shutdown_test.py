"""SIGTERM: waiters are told, requests in flight finish, status 0 in time; a second ends at once."""

import signal
import socket
import time
import unittest

from support.case import Case, eventually, slower

PART = b"POST /v1/renew HTTP/1.1\r\nHost: localhost\r\nContent-Length: 21\r\n\r\n{\"handle\":"


class Shutdown(Case):
    args = ("--pool", "db=1")

    def refused(self):
        try:
            socket.create_connection(self.server.address, timeout=5).close()
            return False
        except OSError:
            return True

    def test_waiters_get_503_and_the_server_ends(self):
        self.api.admitted("holder", ttl_ms=3_600_000)
        wires = [self.waiting(f"w{i}", request_id=f"r{i}", keep_ms=i % 2 * 1000) for i in range(10)]
        idle = self.wire()
        self.assertEqual(idle.call("GET", "/healthz").status, 200)
        began = time.monotonic()
        self.server.signal(signal.SIGTERM)
        for wire in wires:
            answer = self.assert_problem(wire.answer(10), 503, "shutting_down")
            self.assertTrue(answer.get("Retry-After"))
            self.assertTrue(wire.ends(10))
        self.assertTrue(idle.ends(10))
        self.assertEqual(self.server.wait(slower(10)), 0)
        print(f"ended after {(time.monotonic() - began) * 1000:.0f} ms")
        self.assertTrue(self.refused())

    def test_a_thousand_waiters(self):
        self.api.admitted("holder", ttl_ms=3_600_000)
        wires = [self.api.waiting(f"w{i}") for i in range(1000)]
        for wire in wires:
            self.addCleanup(wire.close)
        eventually(lambda: self.api.counts() == (1, 1000, 0))
        self.server.signal(signal.SIGTERM)
        for wire in wires:
            self.assert_problem(wire.answer(10), 503, "shutting_down")
        self.assertEqual(self.server.wait(slower(10)), 0)

    def test_sigint_is_the_same(self):
        waiter = self.holder_and_waiter()
        self.server.signal(signal.SIGINT)
        self.assert_problem(waiter.answer(10), 503, "shutting_down")
        self.assertEqual(self.server.wait(slower(10)), 0)

    def holder_and_waiter(self):
        self.api.admitted("holder", ttl_ms=3_600_000)
        return self.waiting("w")

    def test_a_request_in_flight_is_answered(self):
        wire = self.wire()
        wire.send(PART)
        waiter = self.holder_and_waiter()
        self.server.signal(signal.SIGTERM)
        self.assert_problem(waiter.answer(10), 503, "shutting_down")
        eventually(self.refused)
        wire.send(b'"17.forge"}')
        answer = wire.read("POST", 10)
        self.assertIn(answer.status, (404, 503), str(answer))
        self.assertEqual(answer.get("Connection"), "close")
        self.assertTrue(wire.ends(10))
        self.assertEqual(self.server.wait(slower(10)), 0)

    def test_readiness_goes_first(self):
        wire = self.wire()
        wire.send(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n")
        waiter = self.holder_and_waiter()
        self.server.signal(signal.SIGTERM)
        self.assert_problem(waiter.answer(10), 503, "shutting_down")
        wire.send(b"\r\n")
        self.assertEqual(wire.read("GET", 10).status, 503)


class DrainTime(Case):
    args = ("--drain-ms", "500")

    def test_nobody_can_hold_it_longer_than_drain_ms(self):
        wire = self.wire()
        wire.send(PART)
        self.assertTrue(wire.is_silent(0.2))
        began = time.monotonic()
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(slower(5)), 0)
        took = time.monotonic() - began
        print(f"ended after {took * 1000:.0f} ms of --drain-ms 500")
        self.assertLess(took, slower(2))


class Second(Case):
    args = ("--pool", "db=1", "--drain-ms", "30000")

    def test_a_second_sigterm_ends_at_once(self):
        wire = self.wire()
        wire.send(PART)
        waiter = self.waiting_behind_a_holder()
        self.server.signal(signal.SIGTERM)
        self.assert_problem(waiter.answer(10), 503, "shutting_down")
        self.assertTrue(wire.is_silent(0.3))
        self.assertIsNone(self.server.process.poll())
        began = time.monotonic()
        self.server.signal(signal.SIGTERM)
        self.server.wait(slower(2))
        self.assertLess(time.monotonic() - began, slower(2))

    def waiting_behind_a_holder(self):
        self.api.admitted("holder", ttl_ms=3_600_000)
        return self.waiting("w")


if __name__ == "__main__":
    unittest.main()
