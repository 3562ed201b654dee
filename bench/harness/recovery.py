"""A million leases: how long a server takes to have them back, and how it answers with them while
it copies its log and makes snapshots."""

import json
import socket
import statistics
import time

from . import servers
from .columns import Load, drive
from .journal import folder
from .machine import Others
from .run import Failed, say

POOL = "held"
SENDERS = 8
AT_ONCE = 500  # requests that are sent before their answers are read
SECONDS_MOST = 120  # for a snapshot to come and go
TTL_MS = 3_600_000


def fill(server, leases):
    """Takes so many leases, and reads no more of the answers than that they are good ones."""
    host, _, port = server.address.rpartition(":")
    lines = [socket.create_connection((host, int(port)), timeout=60) for _ in range(SENDERS)]
    given = 0
    try:
        while given < leases:
            asked = []
            for line in lines:
                count = min(AT_ONCE, leases - given)
                line.sendall(b"".join(acquire(given + i) for i in range(count)))
                given += count
                asked.append(count)
            for line, count in zip(lines, asked):
                await_grants(line, count)
    finally:
        for line in lines:
            line.close()


def acquire(number):
    body = json.dumps({"pool": POOL, "worker": f"worker-{number}", "request_id": f"id-{number}",
                       "ttl_ms": TTL_MS}).encode()
    return (b"POST /v1/acquire HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body))


def await_grants(line, count):
    """The last answer ends with its body: what comes is read until as many have begun and nothing
    is under way."""
    text = b""
    while count and (text.count(b'"waited_ms":') < count or not text.endswith(b"}")):
        piece = line.recv(1 << 20)
        if not piece:
            raise Failed("admitd ended the connection")
        text += piece
    if text.count(b"HTTP/1.1 200 ") != count:
        raise Failed(f"admitd refused: {text[-300:]!r}")


def check_leases(server, leases):
    held = servers.metrics(server)["admit_leases"]
    if held != leases:
        raise Failed(f"{held:.0f} leases of {leases}")


def under_load(here, server, seconds):
    """Drives it second by second until it has begun and ended a snapshot, or for `seconds`."""
    load = Load(64)
    servers.make_pool(server, load.leases)
    before, slices, ended = servers.metrics(server), [], 0
    until = time.monotonic() + seconds
    # The second snapshot to end was begun while it was looked at.
    while time.monotonic() < until and ended < 2:
        slices.append(drive(here, here.load, server, load, 1))
        now = servers.metrics(server)
        ended = now["admit_journal_snapshots_total"] - before["admit_journal_snapshots_total"]
    checkpoints = "admit_journal_checkpoints_total"
    return {"per_second": statistics.median(one["per_second"] for one in slices),
            "p50_us": statistics.median(one["p50_us"] for one in slices),
            "p99_us": statistics.median(one["p99_us"] for one in slices),
            "worst_p99_us": max(one["p99_us"] for one in slices),
            "slices": slices, "snapshots": ended,
            "checkpoints": now[checkpoints] - before[checkpoints]}


def time_start(here, where, leases):
    """Until it is ready; then it is killed."""
    began = time.monotonic()
    with servers.kept_admitd(here, where) as server:
        took = time.monotonic() - began
        check_leases(server, leases)
    return took


def measure(asked, here):
    here = here.for_threads()
    with Others() as others, folder(here) as where:
        say(f"giving {asked.leases} leases")
        with servers.kept_admitd(here, where) as server:
            servers.make_pool(server, asked.leases, POOL, max_ttl_ms=TTL_MS)
            fill(server, asked.leases)
            check_leases(server, asked.leases)
            file_bytes = servers.metrics(server)["admit_journal_file_bytes"]
        say("recovery after a kill")
        after_kill = time_start(here, where, asked.leases)
        with servers.kept_admitd(here, where) as server:
            say("the load, while snapshots are made")
            found = under_load(here, server, 1 if asked.quick else SECONDS_MOST)
            server.end()
        say("recovery after an end in order")
        after_end = time_start(here, where, asked.leases)
    return {"leases": asked.leases, "file_mib": file_bytes / 2**20,
            "seconds_after_kill": after_kill, "seconds_after_end": after_end, **found,
            "others_percent": others.percent}
