"""Slow: clients that dawdle are told after 10 s and closed; those that are merely idle are not."""

import os
import signal
import socket
import tempfile
import time
import unittest

from support.case import slower
from support.guard import Guarded

HEAD = b"POST /v1/acquire HTTP/1.1\r\nHost: localhost\r\n"


class Slow(Guarded):
    seconds = 120

    def test_header_and_body_within_ten_seconds(self):
        began = time.monotonic()
        half_header, half_body, dripping, idle, never = (self.wire() for _ in range(5))
        half_header.send(HEAD)
        half_body.send(HEAD + b"Content-Length: 20\r\n\r\n{")
        idle.call("GET", "/healthz")
        # A byte now and then does not buy more time.
        dripping.send(HEAD + b"X: ")
        dripping.socket.setblocking(False)
        while True:
            dripping.send(b"x")
            try:
                dripping.buffer += dripping.socket.recv(65536)
                break
            except BlockingIOError:
                time.sleep(0.1)
            self.assertLess(time.monotonic() - began, slower(30))
        self.assertGreaterEqual(time.monotonic() - began, 9)
        for wire in (half_header, half_body, dripping):
            response = self.assert_problem(wire.read("GET", slower(10)), 408, "request_timeout")
            self.assertEqual(response.get("Connection"), "close")
            self.assertTrue(wire.ends(10))
        self.assertEqual(idle.call("GET", "/healthz").status, 200)
        # One that has never said a word is closed without one, or told as well.
        if not never.is_silent(slower(5)):
            self.assertIn(b"408", never.buffer or b"408")
        self.assert_unchanged()

    def test_who_wrote_to_a_stopped_server_is_heard(self):
        """Its deadlines have passed when it goes on, but nobody was late."""
        silent, half = self.wire(), self.wire()
        half.send(HEAD[:20])
        self.wire().call("GET", "/healthz")  # accepted after them
        self.wire().call("GET", "/healthz")
        self.server.signal(signal.SIGSTOP)
        silent.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        half.send(HEAD[20:] + b"Content-Length: 2\r\n\r\n{}")
        time.sleep(12)  # two seconds more than they had
        self.server.signal(signal.SIGCONT)
        self.assertEqual(silent.read("GET", slower(20)).status, 200)
        self.assertEqual(half.read("POST", slower(20)).status, 400)

    def test_a_slow_reader_gets_its_backup(self):
        with tempfile.TemporaryDirectory() as folder:
            self.start("--pool", "db=100000", data=os.path.join(folder, "data"))
            labels = {f"label-{i}": "x" * 60 for i in range(16)}
            with self.wire() as wire:
                for _ in range(80):
                    for _ in range(50):
                        wire.ask("POST", "/v1/acquire",
                                 {"pool": "db", "worker": "w", "labels": labels})
                    for _ in range(50):
                        self.assertEqual(wire.read("POST", slower(20)).status, 200)
            with socket.create_connection(self.server.address, timeout=slower(20)) as reader:
                reader.sendall(b"GET /v1/backup HTTP/1.1\r\nHost: localhost\r\n\r\n")
                first = reader.recv(4096)
                size = int(first.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                self.assertGreater(size, 4 << 20, "more than a socket takes at once")
                # 32 KiB a second for longer than a write that makes no progress may take; then all.
                got, began = len(first), time.monotonic()
                while time.monotonic() - began < slower(12):
                    time.sleep(0.1)
                    got += len(reader.recv(3277))
                while got < size:
                    piece = reader.recv(1 << 20)
                    self.assertTrue(piece, f"it broke off after {got} bytes of {size}")
                    got += len(piece)


if __name__ == "__main__":
    unittest.main()
