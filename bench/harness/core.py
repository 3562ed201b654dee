"""The core alone: time by Google Benchmark, instructions by callgrind."""

import json
import re

from .run import Failed, output, pinned

# Pools, leases and waiters, by what grows.
FULLNESS = {
    "1 lease": (1_000, 1, 0),
    "1 000 leases": (1_000, 1_000, 0),
    "100 000 leases": (1_000, 100_000, 0),
    "1 000 000 leases": (1_000, 1_000_000, 0),
    "100 000 leases in 100 000 pools": (100_000, 100_000, 0),
    "1 000 leases, 1 waiter": (1, 1_000, 1),
    "1 000 leases, 100 000 waiters": (1, 1_000, 100_000),
}
QUICK = ("1 lease", "1 000 leases")


def times(here, seconds, quick):
    command = [here.program("bench/core_bench"), "--benchmark_format=json",
               f"--benchmark_min_time={seconds}"]
    if quick:
        command.append("--benchmark_filter=pair_by_leases/(1|1000)$")
    found = json.loads(output(pinned(here.load, command), 900))
    return {row["name"]: row for row in found["benchmarks"]}


def instructions(here, fullness, pairs):
    """Of one pair: those of `counted_pair` and of all that it calls."""
    done = output(["valgrind", "--tool=callgrind", "--toggle-collect=counted_pair",
                   "--callgrind-out-file=/dev/null", here.program("bench/core_pairs"),
                   *map(str, fullness), str(pairs)], 1_800, stderr_too=True)
    counted = re.search(r"Collected : (\d+)", done)
    if counted is None:
        raise Failed(f"callgrind did not say how much it counted:\n{done}")
    return int(counted.group(1)) / pairs


def measure(asked, here):
    chosen = QUICK if asked.quick else FULLNESS
    pairs = 200 if asked.quick else 20_000
    return {"times": times(here, min(asked.seconds, 0.5), asked.quick),
            "instructions": {name: instructions(here, FULLNESS[name], pairs) for name in chosen}}
