"""Connections that wait: what they cost, and how fast the right one is woken."""

import json

from . import servers
from .machine import Others
from .run import output, pinned, say

SERVERS = {"e": servers.admitd, "d": servers.threads}


def park(here, start, waiters, quick):
    with start(here, None) as server:
        command = [here.program("bench/parked"), "--target", server.address,
                   "--pid", str(server.pid), "--waiters", str(waiters)]
        if quick:
            command += ["--idle-seconds", "0.5", "--settle-seconds", "0.5", "--wakes", "200"]
        return json.loads(output(pinned(here.load, command), 600))


def measure(asked, here):
    rows = []
    with Others() as others:
        for waiters in asked.waiters:
            for column, start in SERVERS.items():
                if column not in asked.only:
                    continue
                say(f"{waiters} waiters: {column}")
                rows.append({"column": column, "wanted": waiters,
                             **park(here, start, waiters, asked.quick)})
    return {"rows": rows, "others_percent": others.percent}
