"""What a request asks the heap for: while what is remembered grows, and once it is full."""

import struct

from . import servers
from .columns import Load, drive
from .preloaded import Preloaded
from .run import say

LOAD = Load(32)
PAGE = struct.Struct("=Q")  # as in bench/count_allocations.cpp


def per_request(here, server, allocations, seconds):
    """Those of the connections' own beginning and end count as well."""
    granted = servers.metrics(server)["admit_granted_total"]
    before, = allocations.read()
    drive(here, here.load, server, LOAD, seconds)
    after, = allocations.read()
    granted = servers.metrics(server)["admit_granted_total"] - granted
    return (after - before) / (2 * granted)  # of what was granted, all was released


def measure(asked, here):
    allocations = Preloaded(here, "bench/count_allocations.so", "BENCH_ALLOCATIONS", PAGE)
    with servers.admitd(here, LOAD.leases, env=allocations.environment()) as server:
        growing = per_request(here, server, allocations, asked.seconds)
        while (done := servers.metrics(server)["admit_granted_total"]) < asked.remembered:
            say(f"memory: {done:.0f} of {asked.remembered} leases have ended")
            drive(here, here.load, server, LOAD, min(10, 10 * asked.seconds))
        steady = per_request(here, server, allocations, 5 * asked.seconds)
    return {"growing": growing, "steady": steady, "remembered": asked.remembered}
