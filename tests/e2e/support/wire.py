"""A connection at the level of bytes: what is sent is exactly what the test says, and an answer is
read to its last byte and no further. For waits, pipelines, and requests that are not HTTP."""

import re
import socket
import struct
import time

from .contract import contract
from .message import Request, Response, json_body

STATUS_LINE = re.compile(rb"(HTTP/\d\.\d) (\d{3}) ?([^\r\n]*)\Z")


class Closed(Exception):
    """The server closed the connection before (or in the middle of) an answer."""


class Wire:
    """`asked` are the requests whose answers are to come, in order; `answered_at` is when the last
    answer was complete, before it was held against the contract."""

    def __init__(self, address, seconds=30):
        self.address = address
        self.host = f"{address[0]}:{address[1]}"
        self.socket = socket.create_connection(address, timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds = seconds
        self.buffer = b""
        self.asked = []
        self.answered_at = 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with RST, as a machine that died would in the end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data):
        """Bytes as they are; a server that has closed already is found out when reading."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def ask(self, method, target, value=None, headers=None, body=None):
        """Sends a request and does not wait. `value` is sent as JSON, `body` as it is."""
        request = Request(method, target, json_body(value) if body is None else body, headers or {})
        self.asked.append(request)
        self.send(request.encode(self.host))
        return self

    def answer(self, seconds=None):
        """The next answer, held against the contract."""
        request = self.asked.pop(0) if self.asked else None
        response = self.read(request.method if request else "GET", seconds)
        self.answered_at = time.monotonic()
        if request:
            contract().check(request, response)
        elif response.status >= 400:
            contract().check_answer(None, "GET", response)
        return response

    def call(self, method, target, value=None, headers=None, body=None, seconds=None):
        return self.ask(method, target, value, headers, body).answer(seconds)

    def is_silent(self, seconds):
        """Whether neither a byte nor the end of the stream comes for so long."""
        if self.buffer:
            return False
        self.socket.settimeout(seconds)
        try:
            self.buffer += self.socket.recv(65536)
            return False
        except TimeoutError:
            return True

    def ends(self, seconds=None):
        """Whether the server closes the connection without another byte."""
        try:
            return self.buffer == b"" and self.receive(self.until(seconds)) == b""
        except ConnectionResetError:
            return True

    # --- reading ------------------------------------------------------------------------------

    def until(self, seconds):
        return time.monotonic() + (self.seconds if seconds is None else seconds)

    def receive(self, until):
        """One piece into the buffer; empty at the end of the stream."""
        self.socket.settimeout(max(0.001, until - time.monotonic()))
        piece = self.socket.recv(262144)
        self.buffer += piece
        return piece

    def take_until(self, mark, until):
        while mark not in self.buffer:
            if not self.receive(until):
                raise Closed(f"end of stream after {self.buffer[:200]!r}")
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def take(self, count, until):
        while len(self.buffer) < count:
            if not self.receive(until):
                raise Closed(f"end of stream, {count} bytes wanted, {self.buffer[:200]!r}")
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def read(self, method="GET", seconds=None):
        """The next final response to a request of that method."""
        until = self.until(seconds)
        interim = []
        while True:
            response = self.read_head(until)
            if response.status >= 200:
                break
            interim.append(response)
        response.interim = interim
        if method != "HEAD" and response.status not in (204, 304):
            response.body = self.read_body(response, until)
        return response

    def read_head(self, until):
        lines = self.take_until(b"\r\n\r\n", until).split(b"\r\n")
        match = STATUS_LINE.match(lines[0])
        assert match, f"not a status line: {lines[0]!r}"
        fields = []
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            assert colon and name == name.strip() and name, f"not a field: {line!r}"
            fields.append((name.decode(), value.strip().decode()))
        version, status, reason = match.groups()
        return Response(int(status), version.decode(), reason.decode(), fields, b"")

    def read_body(self, response, until):
        if (response.get("Transfer-Encoding") or "").lower() == "chunked":
            return self.read_chunks(until)
        length = response.get("Content-Length")
        assert length is not None, "an answer with neither Content-Length nor chunked"
        return self.take(int(length), until)

    def read_chunks(self, until):
        body = b""
        while size := int(self.take_until(b"\r\n", until).split(b";")[0], 16):
            body += self.take(size, until)
            self.take_until(b"\r\n", until)
        self.take_until(b"\r\n", until)
        return body
