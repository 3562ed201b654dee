"""The servers behind the columns, each on a free loopback port, and how a pool is made for them."""

import http.client
import json
import socket
import time
from contextlib import contextmanager

from .run import Failed, Server, output

POOL = "bench"


@contextmanager
def listening(command, cores, limit=None):
    """A server that says where it listens in its first line; with a pool of this limit."""
    with Server(command, cores) as server:
        server.address = server.first_line().rpartition(" ")[2]
        if limit is not None:
            make_pool(server, limit)
        yield server
        server.check()


def make_pool(server, limit):
    connection = http.client.HTTPConnection(server.address, timeout=10)
    try:
        connection.request("PUT", f"/v1/pools/{POOL}", json.dumps({"limit": limit}))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as why:
        raise server.failed(f"a pool cannot be made: {why}") from None
    finally:
        connection.close()
    if status != 201:
        raise server.failed(f"a pool cannot be made: {status}")


def constant(here, _limit):
    return listening([here.program("bench/constant")], here.server)


def beast(here, limit):
    return listening([here.program("bench/beast_server")], here.server, limit)


def threads(here, limit):
    return listening([here.program("bench/threads_server")], here.server, limit)


def admitd(here, limit, io_threads=1):
    command = [here.program("admitd"), "--listen", "127.0.0.1:0", "--threads", str(io_threads),
               "--log-level", "warn"]
    if "--ephemeral" in output([here.program("admitd"), "--help"], 10):
        command.append("--ephemeral")
    return listening(command, here.server if io_threads == 1 else here.two_threads, limit)


@contextmanager
def redis(here):
    """Redis without persistence: what it keeps is in memory, as with --ephemeral."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "",
               "--appendonly", "no", "--daemonize", "no", "--logfile", "", "--loglevel", "warning"]
    with Server(command, here.server) as server:
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
