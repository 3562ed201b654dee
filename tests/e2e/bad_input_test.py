"""Bad input: the right status and code, a detail that helps, a connection that still works, and a
state that has not changed."""

import http.client
import json
import unittest

from support.contract import contract
from support.guard import Guarded
from support.message import Request, json_body

ACQUIRE = "/v1/acquire"

# Bodies that are no JSON, or none that a parser may accept.
NOT_JSON = {
    "truncated object": b'{"worker":"w"',
    "truncated string": b'{"worker":"w',
    "truncated word": b'{"worker":tru',
    "two values": b'{"worker":"w"}{"worker":"w"}',
    "text after": b'{"worker":"w"} x',
    "single quotes": b"{'worker':'w'}",
    "a trailing comma": b'{"worker":"w",}',
    "a comment": b'{"worker":"w"/*x*/}',
    "a bare word": b"worker",
    "form encoded": b"worker=w&pool=db",
    "NaN": b'{"worker":"w","slots":NaN}',
    "Infinity": b'{"worker":"w","slots":Infinity}',
    "a leading zero": b'{"worker":"w","slots":01}',
    "a plus": b'{"worker":"w","slots":+1}',
    "a bad escape": b'{"worker":"\\x41"}',
    "a control character": b'{"worker":"a\x01b"}',
    "a raw line feed": b'{"worker":"a\nb"}',
    "a lone surrogate": b'{"worker":"\\ud800"}',
    "invalid UTF-8": b'{"worker":"\xff\xfe"}',
    "overlong UTF-8": b'{"worker":"\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"worker":"\xed\xa0\x80"}',
    "truncated UTF-8": b'{"worker":"\xe2\x82"}',
    "UTF-16": '{"worker":"w"}'.encode("utf-16"),
    "a byte order mark twice": b'\xef\xbb\xbf\xef\xbb\xbf{"worker":"w"}',
    "NUL": b"\0",
    "spaces": b"   ",
    "too deep arrays": b'{"worker":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "too deep objects": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "deep and unclosed": b"[" * 60_000,
    "the same name twice": b'{"worker":"w","worker":"v"}',
    "the same name, escaped": b'{"worker":"w","\\u0077orker":"v"}',
    "many names": json.dumps({f"n{i}": 1 for i in range(5000)}).encode(),
}

# Values that are JSON, but no object.
NOT_OBJECTS = [b"null", b"[]", b"[1]", b'"worker"', b"17", b"true", b'[{"worker":"w"}]']

# Fields of an acquire that must be refused by name; each replaces or joins {"worker":"w"}.
BAD_FIELDS = [
    ("worker", [None, 1, True, [], {}, "", "x" * 129, "ü" * 65, "a\x00b", "a\nb", "a\x7fb",
                "a\u2028b"]),
    ("pool", [None, 1, [], {}, "", "-a", ".a", "a b", "a/b", "x" * 129, "dé"]),
    ("slots", [None, "1", 0, -1, 1.5, True, [], {}, 1_000_001, 2**31, 2**63, 2**64, 10**400]),
    ("wait_ms", [None, "1", -1, 0.5, True, 2**31 + 1, 2**63, 2**64, -(2**63) - 1, 10**30]),
    ("ttl_ms", [None, "30000", 0, 1, 999, -1000, 1e3 + 0.5, False, 2**31 + 1, 2**64]),
    ("keep_ms", [None, "1", -1, 1.5, 300_001, 2**31, 2**64, True]),
    ("request_id", [None, 1, [], "", "x" * 129, "a\tb", "a\u2029b"]),
    ("start", [None, 1, 0, "true", [], {}]),
    ("labels", [None, 1, "a", [], ["a"], {"a": 1}, {"a": None}, {"": "x"}, {"a": {"b": "c"}},
                {f"k{i}": "v" for i in range(17)}, {"k" * 65: "v"}, {"k": "v" * 257},
                {"a\nb": "c"}, {"a": "b\x00c"}]),
]

# Fields of later versions and near misses: what the detail has to say.
UNKNOWN_FIELDS = [
    ("pools", [{"pool": "db"}], ["pools"]),
    ("priority", 5, ["priority"]),
    ("key", "tenant", ["key"]),
    ("parent", "x", ["parent"]),
    ("rate", {"per_second": 1}, ["rate"]),
    ("order", "fair", ["order"]),
    ("nonsense", 1, ["nonsense"]),
    ("", 1, []),
    ("ttlms", 5000, ["did you mean 'ttl_ms'?"]),
    ("ttl", 5000, ["ttl"]),
    ("ttlMs", 5000, ["did you mean 'ttl_ms'?"]),
    ("wait_sm", 5, ["did you mean 'wait_ms'?"]),
    ("worker_", "x", ["did you mean 'worker'?"]),
    ("slot", 1, ["did you mean 'slots'?"]),
    ("lables", {}, ["did you mean 'labels'?"]),
    ("requestid", "x", ["did you mean 'request_id'?"]),
]


class BadBodies(Guarded):
    seconds = 120

    def refused(self, target, body, method="POST"):
        """A 400 that helps, on a connection that goes on working."""
        wire = self.__dict__.setdefault("kept", None) or self.wire()
        self.kept = wire
        response = wire.call(method, target, body=body)
        self.assert_problem(response, 400, "bad_request")
        self.assertGreater(len(response.json["detail"]), 8)
        self.assertLess(len(response.body), 2000)
        self.assertEqual(wire.call("GET", "/healthz").status, 200)
        return response.json

    def test_empty_bodies_mean_an_empty_object(self):
        for body in (b"", None):
            for target in (ACQUIRE, "/v1/renew", "/v1/release", "/v1/cancel"):
                response = self.wire().call("POST", target, body=body)
                self.assert_problem(response, 400, "bad_request")
        self.assertEqual(self.refused(ACQUIRE, b"")["field"], "worker")
        self.assertEqual(self.refused("/v1/cancel", b"{}")["field"], "request_id")
        self.assert_unchanged()

    def test_what_is_no_json(self):
        for name, body in NOT_JSON.items():
            with self.subTest(name):
                self.refused(ACQUIRE, body)
        self.assert_unchanged()

    def test_what_is_no_object(self):
        for target in (ACQUIRE, "/v1/renew", "/v1/release", "/v1/cancel"):
            for body in NOT_OBJECTS:
                with self.subTest(f"{target} {body}"):
                    self.assertIn("object", self.refused(target, body)["detail"])
        for method in ("PUT", "PATCH"):
            for body in NOT_OBJECTS:
                self.refused("/v1/pools/db", body, method)
        self.assert_unchanged()

    def test_bad_fields_are_named(self):
        for field, values in BAD_FIELDS:
            for value in values:
                body = json_body({"worker": "w"} | {field: value})
                with self.subTest(f"{field} {str(value)[:40]}"):
                    self.assertTrue(self.refused(ACQUIRE, body)["field"].startswith(field))
        self.assert_unchanged()

    def test_the_contract_refuses_the_same(self):
        """The document says as much as the server; it counts characters, not bytes, though."""
        for field, values in BAD_FIELDS:
            for value in values:
                body = json_body({"worker": "w"} | {field: value})
                known_gaps = ["ü" * 65, {"a\nb": "c"}, {"a": "b\x00c"}]
                if value not in known_gaps:
                    with self.subTest(f"{field} {str(value)[:40]}"):
                        request = Request("POST", ACQUIRE, body)
                        self.assertIsNotNone(contract().request_errors(request))

    def test_unknown_fields_and_near_misses(self):
        for field, value, words in UNKNOWN_FIELDS:
            body = json_body({"worker": "w"} | {field: value})
            with self.subTest(field):
                problem = self.refused(ACQUIRE, body)
                self.assertEqual(problem.get("field", ""), field)
                for word in words:
                    self.assertIn(word, problem["detail"])
        self.assert_unchanged()

    def test_later_settings_of_pools(self):
        for field, value in (("parent", "x"), ("rate", {"per_second": 1}), ("order", "fair"),
                             ("overtake", 1), ("age_ms", 1), ("lock_delay_ms", 1),
                             ("per_key_limit", 1), ("per_key_max_waiters", 1),
                             ("overflow", "drop_oldest"), ("adaptive", {}), ("limit", None),
                             ("version", 3), ("pool", "db"), ("source", "api")):
            for method in ("PUT", "PATCH"):
                with self.subTest(f"{method} {field}"):
                    body = json_body({"limit": 1} | {field: value})
                    self.assertEqual(self.refused("/v1/pools/db", body, method)["field"], field)
        self.assert_unchanged()

    def test_bad_settings_are_named(self):
        table = {"limit": [-1, 1_000_001, "1", 1.5, True], "mode": ["closed", "", 1, None, "OPEN"],
                 "note": [1, "x" * 257, "a\nb"], "default_ttl_ms": [999, 2**31 + 1, "x"],
                 "max_ttl_ms": [999, 2**31 + 1], "max_waiters": [-1, 1_000_001, "x"],
                 "max_wait_ms": [-1, 2**31 + 1], "claim_ms": [-1, 2**31 + 1],
                 "start_within_ms": [-1, 2**31 + 1], "labels": [[], {"a": 1}]}
        for field, values in table.items():
            for value in values:
                with self.subTest(f"{field} {str(value)[:40]}"):
                    body = json_body({"limit": 1} | {field: value})
                    problem = self.refused("/v1/pools/db", body, "PUT")
                    self.assertTrue(problem["field"].startswith(field))
        self.assert_unchanged()

    def test_bad_renewals_releases_and_cancels(self):
        handle = self.lease["handle"]
        table = [
            ("/v1/renew", {"handle": 1}, "handle"),
            ("/v1/renew", {"handle": None}, "handle"),
            ("/v1/renew", {"handles": []}, "handles"),
            ("/v1/renew", {"handles": handle}, "handles"),
            ("/v1/renew", {"handles": [handle, 1]}, "handles"),
            ("/v1/renew", {"handle": handle, "handles": [handle]}, "handle"),
            ("/v1/renew", {}, "handle"),
            ("/v1/renew", {"handle": handle, "ttl_ms": 1}, "ttl_ms"),
            ("/v1/renew", {"handle": handle, "ttl_ms": 2**31}, "ttl_ms"),
            ("/v1/renew", {"handle": handle, "state": "idle"}, "state"),
            ("/v1/renew", {"handle": handle, "state": 1}, "state"),
            ("/v1/renew", {"handle": handle, "outcome": "ok"}, "outcome"),
            ("/v1/release", {"handle": handle, "outcome": "good"}, "outcome"),
            ("/v1/release", {"handle": handle, "outcome": None}, "outcome"),
            ("/v1/release", {"handle": handle, "ttl_ms": 5000}, "ttl_ms"),
            ("/v1/release", {"handel": handle}, "handel"),
            ("/v1/release", {"token": self.lease["token"]}, "token"),
            ("/v1/cancel", {"request_id": ""}, "request_id"),
            ("/v1/cancel", {"request_id": 1}, "request_id"),
            ("/v1/cancel", {"id": "x"}, "id"),
        ]
        for target, value, field in table:
            with self.subTest(f"{target} {value}"):
                named = self.refused(target, json_body(value)).get("field", "")
                self.assertTrue(named.startswith(field), named)
        self.assert_unchanged()

    def test_long_strings(self):
        long = "x" * 60_000
        for value in ({"worker": long}, {"worker": "w", "pool": long}, {long: 1, "worker": "w"},
                      {"worker": "w", "labels": {"a": long}}):
            self.refused(ACQUIRE, json_body(value))
        megabyte = json_body({"worker": "w" * 1_000_000})
        for target in (ACQUIRE, "/v1/cancel"):
            response = self.wire().call("POST", target, body=megabyte)
            self.assert_problem(response, 413, "payload_too_large")
        response = self.wire().call("POST", "/v1/renew", {"handle": "1." + "A" * 1_000_000})
        self.assertIn((response.status, response.code),
                      [(400, "bad_request"), (404, "unknown_lease")])
        response = self.wire().call("POST", "/v1/renew", {"handle": "1." + "A" * 1_100_000})
        self.assert_problem(response, 413, "payload_too_large")
        self.assert_unchanged()

    def test_who_sends_everything_first_reads_why_it_was_refused(self):
        """Most clients read no answer before they have sent their whole body."""
        piece = b"x" * 8192
        bodies = {
            "5 MB": (b"x" * 5_000_000, {}),
            "1 MB in chunks": (lambda: iter([piece] * 122), {"Transfer-Encoding": "chunked"}),
        }
        for name, (body, headers) in bodies.items():
            for i in range(20):
                with self.subTest(name, i=i):
                    client = http.client.HTTPConnection(*self.server.address, timeout=30)
                    self.addCleanup(client.close)
                    client.request("POST", ACQUIRE, body() if callable(body) else body, headers,
                                   encode_chunked=callable(body))
                    self.assertEqual(client.getresponse().status, 413)

    def test_answers_do_not_echo_what_they_should_not(self):
        secret = "hush" * 8
        for body in ({"worker": "w", "request_id": secret, "x": 1}, {"worker": secret + "\n"}):
            self.assertNotIn(secret, json.dumps(self.refused(ACQUIRE, json_body(body))))


class BadTargets(Guarded):
    def test_unknown_paths(self):
        wire = self.wire()
        for target in ("/", "/v1", "/v1/", "/v1/acquire/", "/v1//acquire", "/V1/acquire",
                       "/v1/acquired", "/v1/pools/", "/v1/pools/db/", "/v1/pools/db/lease",
                       "/v1/pools/db/leases/", "/v1/pools/db/leases/1/x", "/v1/workers",
                       "/v1/workers/", "/healthz/", "/metrics/x", "/../v1/pools", "/v1/./pools",
                       "/v1/pools/../acquire", "/favicon.ico", "/v1/%61cquire%"):
            for method in ("GET", "POST"):
                with self.subTest(f"{method} {target}"):
                    response = wire.call(method, target, body=b"" if method == "POST" else None)
                    self.assertIn((response.status, response.code),
                                  [(404, "not_found"), (400, "bad_request")])
        self.assertEqual(wire.call("GET", "/healthz").status, 200)
        self.assert_unchanged()

    def test_unknown_methods(self):
        wire = self.wire()
        table = [(ACQUIRE, "POST"), ("/v1/check", "GET"), ("/v1/pools", "GET"),
                 ("/v1/pools/db", "GET"), ("/v1/pools/db/leases", "GET"),
                 ("/v1/pools/db/leases/1", "DELETE"), ("/v1/workers/w/leases", "DELETE"),
                 ("/healthz", "GET"), ("/metrics", "GET"), ("/openapi.json", "GET")]
        for target, allowed in table:
            _, item = contract().find("GET", target)
            wanted = {m.upper() for m in item if m in ("get", "put", "post", "patch", "delete")}
            wanted |= {"OPTIONS"} | ({"HEAD"} if "GET" in wanted else set())
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - wanted:
                with self.subTest(f"{method} {target}"):
                    response = wire.call(method, target)
                    self.assert_problem(response, 405, "method_not_allowed")
                    got = {name.strip() for name in response.get("Allow").split(",")}
                    self.assertEqual(got, wanted)
            options = wire.call("OPTIONS", target)
            self.assertEqual(options.status, 204)
            got = {name.strip() for name in options.get("Allow").split(",")}
            self.assertEqual(got, wanted)
            self.assertIn(allowed, got)
            self.assertIsNone(options.get("Access-Control-Allow-Origin"))
        self.assert_unchanged()

    def test_methods_that_nobody_knows(self):
        for method in ("BREW", "get", "GETX", "PROPFIND", "A" * 100):
            with self.subTest(method):
                response = self.wire().call(method, "/v1/pools")
                self.assertIn((response.status, response.code),
                              [(405, "method_not_allowed"), (501, "not_implemented"),
                               (400, "bad_request")])
        self.assert_unchanged()

    def test_tokens_and_tickets_that_are_none(self):
        wire = self.wire()
        for number in ("0", "-1", "x", "1x", "1.5", "9007199254740992", "99999999999999999999",
                       "%20", "1%20", "+1", "01"):
            for what in ("leases", "waiters"):
                with self.subTest(f"{what} {number}"):
                    response = wire.call("DELETE", f"/v1/pools/db/{what}/{number}")
                    self.assertIn(response.status, (400, 404), str(response))
        self.assert_unchanged()

    def test_bad_preconditions(self):
        for value in ("7", '"', '"x', "W/", '""', "*,*"):
            with self.subTest(value):
                response = self.api.call("PATCH", "/v1/pools/db", {"limit": 9}, {"If-Match": value})
                self.assertIn((response.status, response.code),
                              [(400, "bad_request"), (412, "precondition_failed")])
        self.assert_unchanged()


if __name__ == "__main__":
    unittest.main()
