"""A proxy between a client and the server that loses, cuts and holds up replies as it is told."""

import re
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

CALL = re.compile(rb"[A-Z]+ /v1/(\w+)")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass
class Fate:
    """What becomes of one request and its reply. `end` says how it goes on after the bytes of the
    reply that pass: `keep` (as if nothing were), `close`, `reset`, or `hang` (not one byte more,
    and the connection stays open)."""

    forward: bool = True  # whether the server gets the request
    size: int | None = None  # how many bytes of the reply pass; None: all
    end: str = "keep"
    delay: float = 0  # seconds before the reply passes on


PASS = Fate()
BLACKHOLE = Fate(forward=False, size=0, end="hang")
LOST_REPLY = Fate(size=0, end="reset")


@dataclass
class Seen:
    """One exchange: the n-th (from 0) of its call, `acquire` or `renew` and so on."""

    call: str
    number: int
    reply: bytes = b""
    at: float = field(default_factory=time.monotonic)


def reset(connection):
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    connection.close()


class Proxy:
    """Listens on a port of its own. `fate(seen)` decides about each exchange when its request is
    complete; `seen` lists all of them, in order."""

    def __init__(self, server, fate=lambda seen: PASS):
        self.server = server
        self.fate = fate
        self.seen = []
        self.lock = threading.Condition()  # told of every exchange
        self.connections = set()
        self.listener = None
        self.address = ("127.0.0.1", 0)
        self.up()

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"

    def up(self):
        """Listens, after `down` on the same port again."""
        self.listener = socket.create_server(self.address, backlog=64)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def down(self):
        """Refuses new connections and resets those that are there, like a machine that died."""
        listener, self.listener = self.listener, None
        if listener:
            listener.shutdown(socket.SHUT_RDWR)  # ends the accept
            listener.close()
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that owns it
            except OSError:
                pass

    close = down

    def calls(self, call):
        with self.lock:
            return [seen for seen in self.seen if seen.call == call]

    def wait_for(self, call, count, seconds):
        """Until there were so many of that call; false where they did not come in time. Sleeps
        meanwhile, so that a crowd can wait and leave the processor to those waited for."""
        with self.lock:
            return self.lock.wait_for(
                lambda: sum(each.call == call for each in self.seen) >= count, seconds
            )

    # --- the threads --------------------------------------------------------------------------

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        upstream = None
        try:
            with self.lock:
                self.connections.add(client)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            upstream = socket.create_connection(self.server, timeout=30)
            upstream.settimeout(None)
            while self.exchange(client, upstream):
                pass
        except OSError:
            pass  # one of the two has gone, so the other one goes as well
        finally:
            with self.lock:
                self.connections.discard(client)
            reset(client)
            if upstream:
                upstream.close()

    def exchange(self, client, upstream):
        """One request and its reply; false when the connection has come to its end."""
        request = read_message(client)
        if request is None:
            return False
        match = CALL.match(request)
        call = match.group(1).decode() if match else ""
        with self.lock:
            seen = Seen(call, sum(each.call == call for each in self.seen))
            self.seen.append(seen)
            self.lock.notify_all()
        fate = self.fate(seen)
        if fate.forward:
            upstream.sendall(request)
            reply = read_message(upstream, while_open=client)
            if reply is None:
                return False
            seen.reply = reply
            time.sleep(fate.delay)
            client.sendall(reply[: fate.size])
        if fate.end == "hang":
            while client.recv(65536):
                pass
        elif fate.end == "close":
            client.shutdown(socket.SHUT_RDWR)
            client.close()
        return fate.end == "keep"


def read_message(source, while_open=None):
    """A whole message with its body; None at the end of the stream, or when `while_open` ends."""
    data = b""
    while True:
        head, mark, body = data.partition(b"\r\n\r\n")
        if mark:
            length = LENGTH.search(head)
            if len(body) >= (int(length.group(1)) if length else 0):
                return data
        waiting = select.poll()
        for each in (source, while_open):
            if each:
                waiting.register(each, select.POLLIN)
        if all(number != source.fileno() for number, _ in waiting.poll()):
            return None
        piece = source.recv(65536)
        if not piece:
            return None
        data += piece
