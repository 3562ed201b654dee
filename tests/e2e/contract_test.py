"""proto/openapi.yaml itself: sound, complete, and the same as the server's route table."""

import os
import re
import subprocess
import unittest

from support.case import Case
from support.contract import METHODS, Contract, Draft202012Validator, contract, source_dir
from support.message import Request, Response, parse_json
from support.server import binary

# Parts of the contract that belong to later versions: not to be found in this one.
LATER = ["pools", "priority", "key", "parent", "rate", "order", "overtake", "adaptive", "overflow"]


def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = node.values()
    if not isinstance(node, str) and hasattr(node, "__iter__"):
        for part in node:
            yield from refs(part)


class Document(unittest.TestCase):
    document = contract().document

    def test_every_schema_is_valid(self):
        for name, schema in self.document["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)

    def test_references_and_components_match(self):
        used = set(refs(self.document))
        known = {
            f"#/components/{kind}/{name}"
            for kind, parts in self.document["components"].items()
            for name in parts
        }
        self.assertEqual(used, known)

    def test_operations_are_complete(self):
        seen = set()
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                with self.subTest(f"{method} {path}"):
                    operation = item[method]
                    self.assertNotIn(operation["operationId"], seen)
                    seen.add(operation["operationId"])
                    self.assertIn("default", operation["responses"])
                    listed = operation.get("parameters", []) + item.get("parameters", [])
                    named = [contract().resolve(p) for p in listed]
                    in_path = {p["name"] for p in named if p["in"] == "path"}
                    self.assertEqual(in_path, set(re.findall(r"\{(\w+)\}", path)))

    def test_requests_refuse_what_they_do_not_name(self):
        schemas = self.document["components"]["schemas"]
        for name in self.document["components"]["requestBodies"]:
            body = self.document["components"]["requestBodies"][name]["content"]
            schema = contract().resolve(body["application/json"]["schema"])
            if name == "PutPool":
                schema = schemas["PoolChange"]
            with self.subTest(name):
                self.assertIs(schema["additionalProperties"], False)
                self.assertEqual([f for f in LATER if f in schema["properties"]], [])

    def test_codes_are_those_of_the_code(self):
        with open(os.path.join(source_dir(), "proto", "errc.hpp"), encoding="utf-8") as file:
            listed = re.search(r"enum class errc[^{]*\{(.*?)\n\};", file.read(), re.S).group(1)
        in_code = re.findall(r"^\s*(\w+),\s*///", listed, re.M)
        self.assertEqual(in_code, self.document["components"]["schemas"]["Code"]["enum"])


class Strictness(unittest.TestCase):
    """The validator of these tests must itself be able to say no."""

    def response(self, status, body, **fields):
        media = "application/problem+json" if status >= 400 else "application/json"
        header = {"Content-Type": media, "Cache-Control": "no-store"} | fields
        return Response(status, "HTTP/1.1", "", list(header.items()), body.encode())

    def refuses(self, request, response, words):
        with self.assertRaisesRegex(AssertionError, words):
            contract().check(request, response)

    def test_it_refuses(self):
        cancel = Request("POST", "/v1/cancel", b'{"request_id":"a"}')
        good = self.response(200, '{"status":"cancelled"}')
        contract().check(cancel, good)
        problem = '"type":"about:blank","title":"T","detail":"d","retry_after_ms":1500'
        self.refuses(cancel, self.response(200, '{"status":"cancelled","x":1}'), "unevaluated|'x'")
        self.refuses(cancel, self.response(200, '{"status":"gone"}'), "not valid")
        self.refuses(cancel, self.response(200, '{"status":"cancelled","status":"x"}'), "twice")
        self.refuses(cancel, self.response(206, "{}"), "206 is not listed")
        self.refuses(Request("POST", "/v1/cancel", b'{"id":"a"}'), good, "accepted, but")
        self.refuses(Request("POST", "/v1/cancel?x=1", cancel.body), good, "unknown")
        body = '{"status":503,"code":"%s",' + problem + "}"
        down = self.response(503, body % "shutting_down", **{"Retry-After": "2"})
        contract().check(cancel, down)
        late = self.response(503, body % "shutting_down", **{"Retry-After": "1"})
        self.refuses(cancel, late, "Retry-After 1, hint 1500")
        self.refuses(cancel, self.response(503, body % "shutting_down"), "Retry-After")
        wrong = self.response(503, body % "pool_full", **{"Retry-After": "2"})
        self.refuses(cancel, wrong, "pool_full")
        bare = Response(200, "HTTP/1.1", "", [("Content-Type", "application/json")], good.body)
        self.refuses(cancel, bare, "no-store")

    def test_fields_of_nested_objects_are_closed(self):
        share = '{"pool":"db","active":0,"limit":2%s}'
        body = '{"status":"released","token":17,"held_ms":1,"pools":[' + share + "]}"
        release = Request("POST", "/v1/release", b'{"handle":"17.x"}')
        contract().check(release, self.response(200, body % ""))
        self.refuses(release, self.response(200, body % ',"more":1'), "not valid")


class Routes(Case):
    def test_the_route_table_is_the_document(self):
        printed = subprocess.run(
            [binary("admitd"), "--routes"], capture_output=True, text=True, timeout=30, check=True
        )
        table = {tuple(line.split()) for line in printed.stdout.splitlines() if line.strip()}
        table = {(method, path) for method, path in table if method not in ("HEAD", "OPTIONS")}
        document = {
            (method.upper(), path)
            for path, item in contract().document["paths"].items()
            for method in METHODS
            if method in item
        }
        self.assertEqual(table, document)

    def test_the_server_serves_it(self):
        response = self.api.call("GET", "/openapi.json")
        served = parse_json(response.body)
        self.assertEqual(served, contract().document)
        Contract(served)


if __name__ == "__main__":
    unittest.main()
