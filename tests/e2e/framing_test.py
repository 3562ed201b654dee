"""HTTP framing at the level of bytes: what is refused and closed, what is not and goes on."""

import unittest

from support.contract import contract
from support.guard import Guarded
from support.message import Request, json_body
from support.wire import Closed

CHUNKED = b"Transfer-Encoding: chunked\r\n"
H = b"Host: localhost\r\n"
LEASE = b'{"worker":"smuggled","pool":"default"}'
LENGTH = b"Content-Length: %d\r\n" % len(LEASE)
POST = b"POST /v1/acquire HTTP/1.1\r\n" + H


def post(fields, body=LEASE):
    return POST + fields + b"\r\n" + body


def get(fields=H, line=b"GET /v1/pools/db HTTP/1.1"):
    return line + b"\r\n" + fields + b"\r\n"


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


# Refused, and the connection closed, because where the next request begins cannot be known or the
# peer does not speak HTTP: bytes, and the statuses that fit.
CLOSING = {
    "no Host": (get(b""), {400}),
    "two Hosts": (get(H + H), {400}),
    "two different Hosts": (get(H + b"Host: 127.0.0.1\r\n"), {400}),
    "Host with a space": (get(b"Host: local host\r\n"), {400}),
    "Host with a slash": (get(b"Host: localhost/x\r\n"), {400, 403}),
    "Host with a user": (get(b"Host: a@localhost\r\n"), {400, 403}),
    "Host with a bad port": (get(b"Host: localhost:x\r\n"), {400, 403}),
    "length and chunked": (post(LENGTH + CHUNKED, chunked(LEASE)), {400}),
    "chunked and length": (post(CHUNKED + LENGTH, chunked(LEASE)), {400}),
    "gzip coding": (post(b"Transfer-Encoding: gzip\r\n"), {400, 501}),
    "gzip coding and length": (post(b"Transfer-Encoding: gzip\r\n" + LENGTH), {400, 501}),
    "length and gzip coding": (post(LENGTH + b"Transfer-Encoding: gzip\r\n"), {400, 501}),
    "identity coding": (post(b"Transfer-Encoding: identity\r\n" + LENGTH), {400, 501}),
    "gzip, chunked": (post(b"Transfer-Encoding: gzip, chunked\r\n", chunked(LEASE)), {400, 501}),
    "chunked, gzip": (post(b"Transfer-Encoding: chunked, gzip\r\n", chunked(LEASE)), {400, 501}),
    "chunked twice": (post(b"Transfer-Encoding: chunked, chunked\r\n", chunked(LEASE)), {400, 501}),
    "chunked in two fields": (post(CHUNKED * 2, chunked(LEASE)), {400, 501}),
    "xchunked": (post(b"Transfer-Encoding: xchunked\r\n", chunked(LEASE)), {400, 501}),
    "quoted chunked": (post(b'Transfer-Encoding: "chunked"\r\n', chunked(LEASE)), {400, 501}),
    "chunked with a parameter": (
        post(b"Transfer-Encoding: chunked;a=b\r\n", chunked(LEASE)), {400, 501}),
    "vertical tab chunked": (
        post(b"Transfer-Encoding: \x0bchunked\r\n", chunked(LEASE)), {400, 501}),
    "empty coding": (post(b"Transfer-Encoding:\r\n" + LENGTH), {400, 501}),
    "space before the colon": (post(b"Transfer-Encoding : chunked\r\n", chunked(LEASE)), {400}),
    "chunked on 1.0": (
        b"POST /v1/acquire HTTP/1.0\r\n" + H + CHUNKED + b"\r\n"
        + chunked(LEASE), {400, 501}),
    "coding on a GET": (get(H + b"Transfer-Encoding: gzip\r\n"), {400, 501}),
    "two lengths": (post(LENGTH + b"Content-Length: 3\r\n"), {400}),
    "two equal lengths": (post(LENGTH + LENGTH), {400}),
    "a list of lengths": (post(b"Content-Length: 38, 38\r\n"), {400}),
    "a negative length": (post(b"Content-Length: -1\r\n"), {400}),
    "a signed length": (post(b"Content-Length: +38\r\n"), {400}),
    "a hexadecimal length": (post(b"Content-Length: 0x26\r\n"), {400}),
    "a length with a space": (post(b"Content-Length: 3 8\r\n"), {400}),
    "an empty length": (post(b"Content-Length:\r\n"), {400}),
    "a length of 2^64 and more": (post(b"Content-Length: 18446744073709551654\r\n"), {400, 413}),
    "too long": (post(b"Content-Length: 65537\r\n", b""), {413}),
    "too long for handles": (
        b"POST /v1/renew HTTP/1.1\r\n" + H + b"Content-Length: 1048577\r\n\r\n", {413}),
    "a chunk size that is none": (post(CHUNKED, b"zz\r\nabc\r\n0\r\n\r\n"), {400}),
    "a negative chunk size": (post(CHUNKED, b"-1\r\nabc\r\n0\r\n\r\n"), {400}),
    "a chunk size of 2^64": (
        post(CHUNKED, b"10000000000000026\r\n" + LEASE), {400, 413}),
    "a chunk longer than it says": (
        post(CHUNKED, b"3\r\nabcdef\r\n0\r\n\r\n"), {400}),
    "chunks too long": (
        post(CHUNKED, (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 17), {413}),
    "a header too large": (get(H + b"X-Large: " + b"x" * 9000 + b"\r\n"), {431}),
    "a header of many fields": (get(H + b"X-F: 0123456789\r\n" * 600), {431}),
    "a header without end": (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000, {431}),
    "a target too long": (get(line=b"GET /" + b"x" * 9000 + b" HTTP/1.1"), {414, 431}),
    "a line folded": (get(H + b"X-Folded: a\r\n b\r\n"), {400}),
    "a field without colon": (get(H + b"nonsense\r\n"), {400}),
    "a field without name": (get(H + b": x\r\n"), {400}),
    "NUL in a field": (get(H + b"X-Nul: a\0b\r\n"), {400}),
    "a bare CR in a field": (get(H + b"X-Cr: a\rb\r\n"), {400}),
    "a space before the first field": (get(b" " + H), {400}),
    "HTTP/2.0": (get(line=b"GET / HTTP/2.0"), {400, 505}),
    "HTTP/1.2": (get(line=b"GET / HTTP/1.2"), {200, 400, 404, 505}),
    "HTTP/9.9": (get(line=b"GET / HTTP/9.9"), {400, 505}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "no version": (b"GET /healthz\r\n" + H + b"\r\n", {400, 505}),
    "two spaces": (get(line=b"GET  /healthz HTTP/1.1"), {400}),
    "a tab": (get(line=b"GET\t/healthz HTTP/1.1"), {400}),
    "lower-case http": (get(line=b"GET /healthz http/1.1"), {400, 505}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n", {400}),
    "garbage": (b"\x00\x01\x02\x03\r\n\r\n", {400}),
    "CONNECT": (get(line=b"CONNECT localhost:80 HTTP/1.1"), {400, 404, 405, 501}),
    "an unknown expectation": (post(LENGTH + b"Expect: 200-maybe\r\n"), {417}),
}

# Odd, and allowed or refused; but the connection goes on: bytes, statuses.
GOING_ON = {
    "chunked": (post(CHUNKED, chunked(b'{"w":1}')), {400}),
    "chunked, upper case": (post(b"Transfer-Encoding: CHUNKED\r\n", chunked(b'{"w":1}')), {400}),
    "chunk extensions": (
        post(CHUNKED, b"2;a=b\r\n{}\r\n0;c\r\n\r\n"), {400}),
    "trailers": (
        post(CHUNKED, b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n"), {400}),
    "one-byte chunks": (
        post(CHUNKED,
             b"".join(b"1\r\n%c\r\n" % byte for byte in b'{"worker":1}') + b"0\r\n\r\n"), {400}),
    "a body on a GET": (get(H + b"Content-Length: 2\r\n") + b"{}", {200}),
    "a body of another coding": (
        post(b"Content-Encoding: gzip\r\nContent-Length: 2\r\n", b"xx"), {415}),
    "the identity coding of content": (
        post(b"Content-Encoding: identity\r\nContent-Length: 2\r\n", b"{}"), {400}),
    "an upper-case Host": (get(b"HOST: LOCALHOST\r\n"), {200}),
    "spaces around a value": (get(b"Host:   localhost  \r\n"), {200}),
    "no space before a value": (get(b"Host:localhost\r\n"), {200}),
    "an empty line before": (b"\r\n" + get(), {200}),
    "OPTIONS": (get(line=b"OPTIONS /v1/pools HTTP/1.1"), {204}),
    "TRACE": (get(line=b"TRACE /v1/pools HTTP/1.1"), {405}),
    "a query that is no query": (get(line=b"GET /v1/pools/db? HTTP/1.1"), {200}),
    "an upgrade": (get(H + b"Connection: upgrade\r\nUpgrade: websocket\r\n"), {200}),
    "an upgrade to HTTP/2": (
        get(H + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"),
        {200}),
}


class Framing(Guarded):
    seconds = 120

    def answer_to(self, wire, data):
        wire.send(data)
        method = data.lstrip().split(b" ", 1)[0].decode("latin-1")
        return wire.read(method, 10)

    def test_refused_and_closed(self):
        for name, (data, statuses) in CLOSING.items():
            with self.subTest(name), self.wire() as wire:
                try:
                    response = self.answer_to(wire, data)
                except (Closed, ConnectionResetError, TimeoutError) as error:
                    self.fail(f"no answer: {error!r}")
                self.assertIn(response.status, statuses, str(response))
                if response.status >= 400:
                    contract().check_answer(None, "GET", response)
                    self.assertEqual(response.get("Connection"), "close", str(response))
                    self.assertTrue(wire.ends(10), "not closed")
        self.assert_unchanged()
        self.assertEqual(self.api.pool("default")["stats"]["granted"], 0)

    def test_going_on(self):
        for name, (data, statuses) in GOING_ON.items():
            with self.subTest(name), self.wire() as wire:
                response = self.answer_to(wire, data)
                self.assertIn(response.status, statuses, str(response))
                self.assertEqual(wire.call("GET", "/healthz").status, 200)
        self.assert_unchanged()

    def test_every_split(self):
        """Each of three requests, cut in two at every byte."""
        lease = Request("POST", "/v1/acquire", json_body({"worker": "a", "slots": 0}))
        health = get(line=b"GET /healthz HTTP/1.1")
        for data in (lease.encode("localhost"), health, GOING_ON["trailers"][0]):
            with self.wire() as wire:
                whole = self.answer_to(wire, data)
                for cut in range(1, len(data)):
                    wire.send(data[:cut])
                    wire.send(data[cut:])
                    self.assertEqual(wire.read().body, whole.body)
        self.assert_unchanged()

    def test_one_byte_at_a_time(self):
        with self.wire() as wire:
            for byte in get() + get():
                wire.send(bytes([byte]))
            self.assertEqual([wire.read().status, wire.read().status], [200, 200])


class Connections(Guarded):
    def test_http_1_0_closes(self):
        with self.wire() as wire:
            wire.send(get(line=b"GET /v1/pools/db HTTP/1.0"))
            self.assertEqual(wire.read().status, 200)
            self.assertTrue(wire.ends(10))

    def test_connection_close_closes(self):
        with self.wire() as wire:
            response = wire.call("GET", "/v1/pools/db", headers={"Connection": "close"})
            self.assertEqual((response.status, response.get("Connection")), (200, "close"))
            self.assertTrue(wire.ends(10))

    def test_head_is_get_without_its_body(self):
        for target in ("/v1/pools/db", "/healthz", "/metrics", "/openapi.json", "/v1/pools/nope"):
            with self.wire() as wire:
                got, head = wire.call("GET", target), wire.call("HEAD", target)
                self.assertEqual(head.status, got.status)
                self.assertEqual(head.get("Content-Type"), got.get("Content-Type"))
                if target != "/metrics":
                    self.assertEqual(head.get("Content-Length"), got.get("Content-Length"))
                self.assertEqual(wire.call("GET", "/healthz").status, 200)

    def test_pipelining_keeps_the_order(self):
        with self.wire() as wire:
            for i in range(200):
                wire.ask("GET", "/v1/pools/db" if i % 3 else "/v1/nothing")
            statuses = [wire.answer().status for _ in range(200)]
            self.assertEqual(statuses, [200 if i % 3 else 404 for i in range(200)])

    def test_behind_a_wait_nothing_is_decided(self):
        with self.wire() as wire:
            wire.ask("POST", "/v1/acquire", {"pool": "db", "worker": "second", "wait_ms": 60_000})
            wire.ask("PATCH", "/v1/pools/db", {"limit": 5})
            self.assertTrue(wire.is_silent(0.3))
            self.assertEqual(self.api.pool()["limit"], 1)
            self.api.call("DELETE", f"/v1/pools/db/leases/{self.lease['token']}")
            self.assertEqual(self.waiter.answer(10).status, 200)
            self.assertTrue(wire.is_silent(0.1))
            token = self.api.listed("leases")[0]["token"]
            self.api.call("DELETE", f"/v1/pools/db/leases/{token}")
            self.assertEqual(wire.answer(10).json["worker"], "second")
            self.assertEqual(wire.answer(10).json["limit"], 5)

    def test_a_flood_behind_a_wait_is_not_read_without_end(self):
        """16 KiB are read ahead and then no more; the client's own buffers fill and it stops."""
        with self.wire() as wire:
            wire.ask("POST", "/v1/acquire", {"pool": "db", "worker": "second", "wait_ms": 60_000})
            wire.socket.settimeout(0.5)
            sent, request = 0, get() * 1000
            try:
                while sent < 64 << 20:
                    sent += wire.socket.send(request)
            except OSError:
                pass
            self.assertLess(sent, 64 << 20)
            self.assertEqual(self.api.call("GET", "/healthz").status, 200)

    def test_expect_100_continue(self):
        body = json_body({"worker": "w", "slots": 0})
        with self.wire() as wire:
            head = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
            wire.send(head)
            interim = wire.read_head(wire.until(10))
            self.assertEqual(interim.status, 100)
            wire.send(body)
            self.assertEqual(wire.read().status, 400)
            wire.send(head + body)
            self.assertEqual(wire.read().status, 400)
            self.assertEqual(wire.call("GET", "/healthz").status, 200)

    def test_a_body_that_is_too_long_is_not_asked_for(self):
        with self.wire() as wire:
            wire.send(POST + b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n")
            response = wire.read()
            self.assertEqual((response.status, response.interim), (413, []))

    def test_absolute_form(self):
        with self.wire() as wire:
            wire.send(get(line=f"GET {self.server.url}/healthz HTTP/1.1".encode()))
            self.assertEqual(wire.read().status, 200)
            wire.send(get(line=f"GET {self.server.url.replace('http', 'https')} HTTP/1.1".encode()))
            self.assertEqual(wire.read().status, 400)

    def test_asterisk_form(self):
        with self.wire() as wire:
            wire.send(get(line=b"OPTIONS * HTTP/1.1"))
            self.assertIn(wire.read("OPTIONS").status, (200, 204, 400, 404))


if __name__ == "__main__":
    unittest.main()
