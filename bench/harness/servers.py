"""The servers behind the columns, each on a free loopback port, and how a pool is made for them."""

import http.client
import json
import os
import socket
import time
from contextlib import contextmanager

from .run import Failed, Server, output

POOL = "bench"


@contextmanager
def listening(command, cores, limit=None, env=None):
    """A server that says where it listens in its first line; with a pool of this limit."""
    with Server(command, cores, env) as server:
        server.address = server.first_line().rpartition(" ")[2]
        if limit is not None:
            make_pool(server, limit)
        yield server
        server.check()


def make_pool(server, limit, name=POOL, **settings):
    connection = http.client.HTTPConnection(server.address, timeout=10)
    try:
        connection.request("PUT", f"/v1/pools/{name}", json.dumps({"limit": limit} | settings))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as why:
        raise server.failed(f"a pool cannot be made: {why}") from None
    finally:
        connection.close()
    if status != 201:
        raise server.failed(f"a pool cannot be made: {status}")


def metrics(server):
    """Sums over all labels of each series, by name."""
    connection = http.client.HTTPConnection(server.address, timeout=30)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    sums = {}
    for line in text.splitlines():
        if not line.startswith("#") and "_bucket" not in line:
            name, _, value = line.rpartition(" ")
            name = name.partition("{")[0]
            sums[name] = sums.get(name, 0) + float(value)
    return sums


def constant(here, _limit):
    return listening([here.program("bench/constant")], here.server)


def beast(here, limit):
    return listening([here.program("bench/beast_server")], here.server, limit)


def threads(here, limit):
    return listening([here.program("bench/threads_server")], here.server, limit)


def admitd(here, limit, io_threads=1, env=None):
    command = [here.program("admitd"), "--listen", "127.0.0.1:0", "--threads", str(io_threads),
               "--log-level", "warn"]
    if "--ephemeral" in output([here.program("admitd"), "--help"], 10):
        command.append("--ephemeral")
    return listening(command, here.server, limit, env)


def kept_admitd(here, folder, durability="strict", limit=None, env=None):
    """admitd with its state in a directory."""
    command = [here.program("admitd"), "--listen", "127.0.0.1:0", "--log-level", "error",
               "--data", os.path.join(folder, "data"), "--durability", durability]
    return listening(command, here.server, limit, env)


IN_MEMORY = ("--save", "", "--appendonly", "no")


def kept_redis(here, folder, env=None):
    """Redis that answers only what is on the disk, in a directory."""
    return redis(here, ("--save", "", "--appendonly", "yes", "--appendfsync", "always",
                        "--dir", folder), env)


@contextmanager
def redis(here, keeping=IN_MEMORY, env=None):
    """Redis; without persistence, as with --ephemeral, unless told otherwise."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), *keeping,
               "--daemonize", "no", "--logfile", "", "--loglevel", "warning"]
    with Server(command, here.server, env) as server:
        server.port = port
        await_connection(server, port)
        yield server
        server.check()


def await_connection(server, port, seconds=10):
    until = time.monotonic() + seconds
    while True:
        server.check()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError as why:
            if time.monotonic() > until:
                raise Failed(f"{server.name}: not there after {seconds} s: {why}") from None
            time.sleep(0.02)
