"""Thousands of clients that vanish at random moments: before their request is whole, right after
it, while they wait, after their answer; by FIN, by RST, by closing one half. They never read, so
these exchanges are the only ones that the contract is not held against."""

import heapq
import random
import socket
import struct
import time


class Client:
    def __init__(self, address, request, dice):
        self.end = dice.choice(("close", "reset", "half"))
        self.socket = socket.create_connection(address, timeout=30)
        whole = dice.random() < 0.85
        self.socket.sendall(request if whole else request[: dice.randrange(len(request))])

    def vanish(self):
        """Whether it has gone for good; after a half-close it stays a little longer."""
        if self.end == "half":
            self.end = "close"
            try:
                self.socket.shutdown(socket.SHUT_WR)
                return False
            except OSError:
                pass  # the server was quicker
        if self.end == "reset":
            linger = struct.pack("ii", 1, 0)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()
        return True


def vanishing(address, requests, seed, at_once=1000, meanwhile=lambda: None):
    """Plays one client per request, up to `at_once` at a time, and calls `meanwhile` over and over.
    Returns when all have gone."""
    dice = random.Random(seed)
    pending = iter(requests)
    leaving = []  # (when, number, client), the next to go first
    number, exhausted = 0, False
    while leaving or not exhausted:
        while len(leaving) < at_once and not exhausted:
            request = next(pending, None)
            exhausted = request is None
            if not exhausted:
                number += 1
                stays = 0 if dice.random() < 0.34 else dice.random() * 0.5
                client = Client(address, request, dice)
                heapq.heappush(leaving, (time.monotonic() + stays, number, client))
        while leaving and leaving[0][0] <= time.monotonic():
            _, _, client = heapq.heappop(leaving)
            if not client.vanish():
                number += 1
                heapq.heappush(leaving, (time.monotonic() + 0.1, number, client))
        meanwhile()
