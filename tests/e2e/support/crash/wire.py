"""A connection that costs little: one request at a time for the clients of the crash test, or many
at once for the look after a restart. What it reads is held against the ledger, not the contract."""

import json
import socket

from ..message import json_body


def encoded(method, target, value=None):
    body = json_body(value) or b""
    return (f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
            .encode() + body)


class Line:
    """`sock` may be told not to block. `ended`: nothing will come any more."""

    def __init__(self, address, seconds=30):
        self.sock = socket.create_connection(address, timeout=seconds)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.ended = False

    def close(self):
        self.sock.close()

    def send(self, data):
        """What cannot be sent any more is found out by reading."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self):
        try:
            piece = self.sock.recv(262144)
        except BlockingIOError:
            return
        except ConnectionResetError:
            piece = b""
        self.ended = not piece
        self.buffer += piece

    def take(self):
        """The next whole answer as status and value, None where there is none yet."""
        head, mark, rest = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return None
        size = 0
        for field in head.split(b"\r\n")[1:]:
            name, _, value = field.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        if len(rest) < size:
            return None
        self.buffer = rest[size:]
        return int(head[9:12]), json.loads(rest[:size]) if size else {}

    def call_all(self, requests):
        """The answers to requests that are sent all at once, a hundred at a time."""
        answers = []
        for begin in range(0, len(requests), 100):
            some = requests[begin:begin + 100]
            self.send(b"".join(encoded(*request) for request in some))
            for request in some:
                answer = self.next()
                if answer is None:
                    raise EOFError(f"the server hung up on {str(request)[-120:]}, number "
                                   f"{len(answers)} of {len(requests)}; the last answer was "
                                   f"{answers[-1:]}")
                answers.append(answer)
        return answers

    def call(self, method, target, value=None):
        return self.call_all([(method, target, value)])[0]

    def next(self):
        """The next answer; None where there will be none."""
        while True:
            answer = self.take()
            if answer is not None:
                return answer
            if self.ended:
                return None
            self.receive()
