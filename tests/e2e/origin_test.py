"""A web page must not drive a server on loopback: 403 cross_origin."""

import unittest

from support.case import Case
from support.guard import Guarded


class Loopback(Guarded):
    def call(self, headers, method="GET", target="/v1/pools/db", value=None):
        with self.wire() as wire:
            return wire.call(method, target, value, headers)

    def test_foreign_hosts(self):
        port = self.server.address[1]
        for host in ("evil.example", "evil.example:8080", "localhost.evil.example", "10.0.0.1",
                     "127.0.0.1.evil.example", "[::2]", "169.254.169.254", "0.0.0.0", "evil",
                     f"evil.example:{port}", "127.0.0.1evil", "localhost.."):
            with self.subTest(host):
                self.assert_problem(self.call({"Host": host}), 403, "cross_origin")
        self.assert_unchanged()

    def test_own_hosts(self):
        port = self.server.address[1]
        for host in ("localhost", "LOCALHOST", "127.0.0.1", "127.0.0.1:1", f"localhost:{port}",
                     "[::1]", f"[::1]:{port}", "127.3.2.1"):
            with self.subTest(host):
                self.assertEqual(self.call({"Host": host}).status, 200)

    def test_the_host_of_an_absolute_target_counts(self):
        for authority, host, status in (("127.0.0.1", "evil.example", 200),
                                        ("evil.example", "127.0.0.1", 403)):
            with self.subTest(authority), self.wire() as wire:
                wire.send(f"GET http://{authority}/v1/pools HTTP/1.1\r\n"
                          f"Host: {host}\r\n\r\n".encode())
                self.assertEqual(wire.read().status, status)

    def test_foreign_origins(self):
        port = self.server.address[1]
        for origin in ("http://evil.example", "https://evil.example:443", "null", "file://",
                       f"http://evil.example:{port}", "http://localhost.evil.example", "x"):
            for method, value in (("GET", None), ("PATCH", {"limit": 9})):
                with self.subTest(f"{method} {origin}"):
                    response = self.call({"Origin": origin}, method, value=value)
                    self.assert_problem(response, 403, "cross_origin")
        self.assert_unchanged()

    def test_own_origin(self):
        response = self.call({"Origin": self.server.url})
        self.assertEqual(response.status, 200)
        self.assertEqual(response.get_all("Access-Control-Allow-Origin"), [])

    def test_sec_fetch_site(self):
        response = self.call({"Sec-Fetch-Site": "cross-site"}, "PATCH", value={"limit": 9})
        self.assert_problem(response, 403, "cross_origin")
        for site in ("same-origin", "none"):
            self.assertEqual(self.call({"Sec-Fetch-Site": site}).status, 200)
        self.assert_unchanged()

    def test_it_comes_before_everything_else(self):
        cross = {"Sec-Fetch-Site": "cross-site"}
        for method, target in (("GET", "/v1/nothing"), ("POST", "/v1/acquire"), ("GET", "/metrics"),
                               ("OPTIONS", "/v1/pools"), ("DELETE", "/v1/pools/db")):
            with self.subTest(f"{method} {target}"):
                self.assert_problem(self.call(cross, method, target), 403, "cross_origin")
        self.assert_unchanged()

    def test_the_connection_goes_on(self):
        wire = self.wire()
        cross = {"Sec-Fetch-Site": "cross-site"}
        self.assertEqual(wire.call("POST", "/v1/acquire", {"worker": "x"}, cross).status, 403)
        self.assertEqual(wire.call("GET", "/healthz").status, 200)


class Everywhere(Case):
    args = None

    def test_elsewhere_hosts_are_not_ours_to_know(self):
        self.start("--no-auth", listen="0.0.0.0:0")
        self.server.address = ("127.0.0.1", self.server.address[1])
        with self.wire() as wire:
            response = wire.call("GET", "/v1/pools", headers={"Host": "admit.example"})
            self.assertEqual(response.status, 200)


if __name__ == "__main__":
    unittest.main()
