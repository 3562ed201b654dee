"""Column c: a semaphore in Lua, driven by redis-benchmark."""

import re
import time
from contextlib import nullcontext

from . import servers
from .machine import cpu_ns
from .run import Failed, output, pinned

LEASES, TOKENS = "leases", "tokens"
TTL_MS = 30_000


def cli(server, *words, stdin=None):
    return output(["redis-cli", "-p", str(server.port), *words], 10, stdin).strip()


def benchmark(here, server, script, load, count):
    """One run of `count` operations, by as many names as there are requests under way."""
    command = ["redis-benchmark", "-h", "127.0.0.1", "-p", str(server.port),
               "-c", str(load.connections), "-P", str(load.depth), "-r", str(load.leases),
               "-n", str(count), "EVALSHA", script, "2", LEASES, TOKENS, "__rand_int__",
               str(load.leases), str(TTL_MS)]
    return output(pinned(here.load, command), 120)


def run(here, load, seconds):
    with servers.redis(here) as server:
        return drive(here, server, load, seconds)


def drive(here, server, load, seconds, around=nullcontext):
    """redis-benchmark counts operations, not time: a short run tells how many are to be made.
    `around` makes a context for what is measured."""
    with open(here.source("semaphore.lua"), encoding="ascii") as file:
        script = cli(server, "-x", "SCRIPT", "LOAD", stdin=file)
    warm_up = 2_000 * load.depth
    began = time.monotonic()
    benchmark(here, server, script, load, warm_up)
    rate = warm_up / (time.monotonic() - began)
    count = max(warm_up, int(rate * seconds))

    with around():
        cpu = cpu_ns(server.pid)
        text = benchmark(here, server, script, load, count)
        cpu = cpu_ns(server.pid) - cpu
    check_grants(int(cli(server, "GET", TOKENS)), warm_up + count)
    return {**read(text), "requests": count, "cpu_us": cpu / count / 1_000}


def check_grants(tokens, operations):
    """Every other operation acquires, give or take what the dice do to it."""
    if not 0.45 <= tokens / operations <= 0.55:
        raise Failed(f"redis: {tokens} grants in {operations} operations")


def read(text):
    """The figures of redis-benchmark's report."""
    rate = re.search(r"throughput summary: ([\d.]+) requests per second", text)
    summary = re.search(r"avg +min +p50 +p95 +p99 +max\s+([\d. ]+)", text)
    report = text[text.find("Latency by percentile"):text.find("Cumulative distribution")]
    steps = re.findall(r"([\d.]+)% <= ([\d.]+) milliseconds", report)
    beyond = [float(ms) for share, ms in steps if float(share) >= 99.9]
    if not rate or not summary or not beyond:
        raise Failed(f"redis-benchmark reported something else:\n{text[-2000:]}")
    _, _, p50, _, p99, _ = (float(ms) * 1_000 for ms in summary[1].split())
    return {"per_second": float(rate[1]), "p50_us": p50, "p99_us": p99,
            "p999_us": beyond[0] * 1_000}
