"""HTTP/1.1 messages as the tests see them: a request that was sent, a response that came."""

import json
from dataclasses import dataclass, field


def no_float(text):
    raise ValueError(f"the server wrote a number with a fraction: {text}")


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"the server wrote a name twice: {names}")
    return dict(pairs)


def parse_json(data):
    """JSON as our server may write it: UTF-8, integers only, no name twice."""
    return json.loads(
        data.decode("utf-8"), parse_float=no_float, object_pairs_hook=no_duplicates
    )


@dataclass
class Request:
    """`body` is what goes over the wire; None sends no body and no Content-Length."""

    method: str
    target: str
    body: bytes | None = None
    headers: dict = field(default_factory=dict)

    def encode(self, host):
        """The bytes of the request, with Host and Content-Length unless given."""
        given = {name.lower() for name in self.headers}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        if "host" not in given:
            lines.append(f"Host: {host}")
        if self.body is not None and not given & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(self.body)}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + (self.body or b"")


@dataclass
class Response:
    """One final answer. `fields` are the header's, in order; `interim` the 1xx that came before."""

    status: int
    version: str
    reason: str
    fields: list
    body: bytes
    interim: list = field(default_factory=list)

    def get_all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name):
        """The value of a field that may appear once; None where it is absent."""
        values = self.get_all(name)
        assert len(values) <= 1, f"{name} appears {len(values)} times"
        return values[0] if values else None

    @property
    def json(self):
        return parse_json(self.body)

    @property
    def code(self):
        """The problem's code; None for an answer that is no problem."""
        return self.json["code"] if self.status >= 400 and self.body else None

    def __str__(self):
        return f"{self.status} {self.body[:400]!r}"


def json_body(value):
    return None if value is None else json.dumps(value, separators=(",", ":")).encode()
