"""What the journal costs: admitd that keeps nothing, syncs each answer, or leaves that to the
system, and Redis that syncs each answer, on the disk where everything is built."""

import json
import os
import statistics
import tempfile
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from . import redis, servers
from .columns import Load, drive, medians
from .machine import Others, Undisturbed, kept_awake, may_keep_awake
from .run import Failed, output, pinned, say
from .syncs import counted, syncs_of

NAMES = {
    "e": "admitd --ephemeral",
    "g": "admitd, strict",
    "h": "admitd, --durability relaxed",
    "i": "Redis, Lua semaphore, appendfsync always",
}


class Setting(NamedTuple):
    """One client leaves all cores idle most of the time. What it waits for then is that they wake
    up, unless they are kept awake."""

    load: Load
    awake: bool = False

    def __str__(self):
        return f"{self.load} awake" if self.awake else str(self.load)


SETTINGS = (Setting(Load(1)), Setting(Load(1), awake=True), Setting(Load(64)))
KEYS = ("syncs_each", "sync_us", "append_us", "records_each")


@contextmanager
def folder(here):
    """On the disk of the programs: /tmp may be none."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.path.dirname(here.bin_dir)) as name:
        yield name


def run_ephemeral(here, load, seconds):
    with servers.admitd(here, load.leases) as server:
        return drive(here, here.load, server, load, seconds)


def run_kept(durability, here, load, seconds):
    with folder(here) as where:
        syncs = syncs_of(here)
        with servers.kept_admitd(here, where, durability, load.leases,
                                 syncs.environment()) as server:
            settle(here, server, load, seconds)
            before = servers.metrics(server)
            with counted(syncs) as seen:
                found = drive(here, here.load, server, load, seconds)
            did = {name: value - before.get(name, 0)
                   for name, value in servers.metrics(server).items()}
    # The warm-up counts as well; of what was granted, all was released.
    operations = 2 * did["admit_granted_total"]
    check_syncs(seen["count"], did["admit_journal_syncs_total"])
    appends = did["admit_journal_append_seconds_count"]
    return {**found, "syncs_each": seen["count"] / operations, "sync_us": seen["p50_us"],
            "append_us": 1e6 * did["admit_journal_append_seconds_sum"] / appends,
            "records_each": did["admit_journal_records_total"] / appends}


def settle(here, server, load, seconds):
    """Until its log was copied once. It grows until then, and is written over ever after, which is
    another thing to wait for."""
    for _ in range(20):
        if servers.metrics(server)["admit_journal_checkpoints_total"] > 0:
            return
        drive(here, here.load, server, load, min(0.5, seconds))
    raise Failed("admitd does not copy its log")


def check_syncs(seen, told):
    """The server leaves out what it does once, for its mark and its directory; and it may copy its
    log between the two looks."""
    if abs(told - seen) > 6:
        raise Failed(f"admitd tells of {told:.0f} syncs, and there were {seen}")


def run_redis(here, load, seconds):
    with folder(here) as where:
        syncs = syncs_of(here)
        seen = {}

        @contextmanager
        def around():
            with counted(syncs) as these:
                yield
            seen.update(these)

        with servers.kept_redis(here, where, syncs.environment()) as server:
            found = redis.drive(here, server, load, seconds, around)
    return {**found, "syncs_each": seen["count"] / found["requests"], "sync_us": seen["p50_us"]}


RUN = {
    "e": run_ephemeral,
    "g": lambda *what: run_kept("strict", *what),
    "h": lambda *what: run_kept("relaxed", *what),
    "i": run_redis,
}


def appends(here, seconds):
    """The same writes and syncs with nothing around them."""
    with folder(here) as where:
        command = [here.program("bench/appends"), where, str(seconds)]
        return json.loads(output(pinned(here.server, command), seconds + 60))


def wakes(here, seconds):
    """Two threads that wait for each other, as the one that answers and the one that syncs do."""
    command = [here.program("bench/wakes"), str(seconds)]
    return json.loads(output(pinned(here.server, command), seconds + 60))


def measure(asked, here):
    here = here.for_threads()
    found = {"rows": [], "idle": {}, "seconds": asked.seconds, "runs": asked.runs}
    undisturbed = Undisturbed(asked.attempts)
    with Others() as others:
        for setting in SETTINGS:
            if not setting.awake:
                measure_setting(asked, here, setting, undisturbed, found)
            elif may_keep_awake():
                with kept_awake():
                    measure_setting(asked, here, setting, undisturbed, found)
            else:
                say("the cores may not be kept awake here")
    return {**found, "others_percent": others.percent, **undisturbed.told()}


def measure_setting(asked, here, setting, undisturbed, found):
    """In turn, so that whatever else changes meanwhile falls on all alike."""
    runs, idle = {column: [] for column in NAMES}, []
    for number in range(asked.runs):
        for column, name in NAMES.items():
            say(f"load {setting}, run {number + 1} of {asked.runs}: {name}")
            measurement = partial(RUN[column], here, setting.load, asked.seconds)
            runs[column].append(undisturbed(measurement))
        seconds = min(1, asked.seconds)
        idle.append(undisturbed(lambda: {**appends(here, seconds), **wakes(here, seconds)}))
    for column, these in runs.items():
        more = {key: statistics.median(run[key] for run in these)
                for key in KEYS if key in these[0]}
        found["rows"].append({"load": str(setting), "column": column, "runs": these,
                              **medians(these), **more})
    found["idle"][str(setting)] = {key: statistics.median(run[key] for run in idle)
                                   for key in idle[0]}
