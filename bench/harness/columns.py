"""The servers under load: each of them under each load, several times in turn."""

import json
import statistics
from dataclasses import dataclass
from functools import partial

from . import redis, servers
from .machine import Others, Undisturbed
from .run import Failed, output, pinned, say

NAMES = {
    "a": "bare epoll loop, constant answers",
    "b": "Beast as its examples use it",
    "c": "Redis, Lua semaphore",
    "d": "thread per connection, one mutex",
    "e": "admitd, one I/O thread",
    "f": "admitd, two I/O threads",
}


@dataclass(frozen=True)
class Load:
    """A number of connections, each with so many requests under way."""

    connections: int
    depth: int = 1

    @classmethod
    def parse(cls, text):
        made = cls(*map(int, text.split("x", 1)))
        if not (1 <= made.connections <= 10_000 and 1 <= made.depth <= 64):
            raise ValueError(f"no such load: {text}")
        return made

    @property
    def leases(self):
        """As many as can be held at once: with this limit nobody is refused."""
        return self.connections * self.depth

    def __str__(self):
        return f"{self.connections}x{self.depth}" if self.depth > 1 else str(self.connections)


def drive(here, cores, server, load, seconds, *more):
    """What the load generator finds. It ends with a status where a reply is wrong."""
    command = [here.program("bench/load"), "--target", server.address, "--pool", servers.POOL,
               "--connections", str(load.connections), "--depth", str(load.depth),
               "--pid", str(server.pid), "--seconds", str(seconds),
               "--warm-up", str(seconds / 4), *more]
    return json.loads(output(pinned(cores, command), seconds * 2 + 60))


def run_constant(here, load, seconds):
    with servers.constant(here, load.leases) as server:
        return drive(here, here.load, server, load, seconds, "--constant")


def run_http(start, here, load, seconds):
    with start(here, load.leases) as server:
        return drive(here, here.load, server, load, seconds)


def run_two_threads(here, load, seconds):
    here = here.for_threads()
    with servers.admitd(here, load.leases, io_threads=2) as server:
        found = drive(here, here.load, server, load, seconds)
    # The threads of the server that serve; a third one writes the log.
    busiest = sorted(found["thread_cpu_us"])[-2:]
    found["smaller_share"] = busiest[0] / sum(busiest)
    return found


RUN = {
    "a": run_constant,
    "b": partial(run_http, servers.beast),
    "c": redis.run,
    "d": partial(run_http, servers.threads),
    "e": partial(run_http, servers.admitd),
    "f": run_two_threads,
}
FIGURES = ("per_second", "cpu_us", "p50_us", "p99_us", "p999_us")


def medians(runs):
    """Of each figure by itself."""
    keys = [key for key in (*FIGURES, "smaller_share", "load_cpu_us") if key in runs[0]]
    return {key: statistics.median(run[key] for run in runs) for key in keys}


def measure(asked, here):
    """In turn, a to f and again, so that whatever else changes meanwhile falls on all alike."""
    rows = []
    undisturbed = Undisturbed(asked.attempts)
    with Others() as others:
        for load in asked.loads:
            runs = {column: [] for column in asked.only}
            for number in range(asked.runs):
                for column in asked.only:
                    say(f"load {load}, run {number + 1} of {asked.runs}: {column}")
                    measurement = partial(RUN[column], here, load, asked.seconds)
                    runs[column].append(undisturbed(measurement))
            for column in asked.only:
                rows.append({"load": str(load), "column": column, "runs": runs[column],
                             **medians(runs[column])})
    return {"rows": rows, "others_percent": others.percent, "seconds": asked.seconds,
            "runs": asked.runs, **undisturbed.told()}


def run_wrk(here, load, seconds):
    """wrk counts in whole seconds."""
    with servers.constant(here, load.leases) as server:
        command = ["wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s",
                   "-s", here.source("wrk.lua"), f"http://{server.address}"]
        text = output(pinned(here.load, command), seconds * 2 + 60)
    if "Non-2xx" in text or "Socket errors" in text:
        raise Failed(f"wrk found errors:\n{text}")
    for line in text.splitlines():
        if line.startswith("Requests/sec:"):
            return float(line.split()[1])
    raise Failed(f"wrk said no rate:\n{text}")


def beside_wrk(asked, here):
    """Our generator and wrk in turn, on the server that costs least: is the load the bottleneck?"""
    load = Load(32)
    ours, theirs = [], []
    for number in range(asked.runs):
        say(f"generator beside wrk, run {number + 1} of {asked.runs}")
        ours.append(run_constant(here, load, max(1, asked.seconds))["per_second"])
        theirs.append(run_wrk(here, load, asked.seconds))
    return {"load": str(load), "ours": statistics.median(ours), "wrk": statistics.median(theirs),
            "ratio": statistics.median(ours) / statistics.median(theirs)}
