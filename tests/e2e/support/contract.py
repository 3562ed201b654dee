"""Holds exchanges against proto/openapi.yaml, more strictly than a client may: a response field
that the contract does not list is an error here."""

import functools
import os
import re
import urllib.parse
import warnings

import yaml

from .message import parse_json

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from jsonschema import Draft202012Validator

METHODS = ("get", "put", "post", "patch", "delete")


def source_dir():
    here = os.path.dirname(os.path.abspath(__file__))
    return os.environ.get("ADMIT_SOURCE_DIR", os.path.join(here, "..", "..", ".."))


class ContractError(AssertionError):
    """The server, or the test itself, does not keep to openapi.yaml."""


class Contract:
    def __init__(self, document):
        self.document = document
        self.validators = {}
        self.paths = []
        for template, item in document["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "([^/]+)", template)
            self.paths.append((re.compile(pattern + r"\Z"), template, item))

    def resolve(self, node):
        """`node`, or what its $ref names; the neighbours of the $ref are left out."""
        if "$ref" not in node:
            return node
        target = self.document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return target

    def inlined(self, schema):
        """The schema without any $ref; none of ours is recursive."""
        if isinstance(schema, list):
            return [self.inlined(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        out = {key: self.inlined(value) for key, value in schema.items() if key != "$ref"}
        if "$ref" in schema:
            out["allOf"] = [self.inlined(self.resolve(schema))]
        return out

    def find(self, method, target):
        """The operation and its path's item; (None, item) for a method that is not there."""
        path = target.split("?")[0]
        for pattern, _, item in self.paths:
            match = pattern.match(path)
            if match:
                name = "get" if method == "HEAD" else method.lower()
                return (item[name] if name in METHODS and name in item else None), item
        return None, None

    def errors(self, node, value, closed):
        """What is wrong with `value` by a schema of the document, for people; None if nothing."""
        key = id(node), closed  # the document outlives its validators
        if key not in self.validators:
            schema = self.inlined(node)
            self.validators[key] = Draft202012Validator(close(schema) if closed else schema)
        found = list(self.validators[key].iter_errors(value))
        return "; ".join(f"{list(e.absolute_path)}: {e.message[:300]}" for e in found) or None

    def request_errors(self, request):
        """Why the contract refuses a request; None if it does not."""
        operation, item = self.find(request.method, request.target)
        if operation is None:
            return f"no operation {request.method} {request.target}"
        wrong = self.query_errors(operation, item, request.target)
        if wrong or "requestBody" not in operation:
            return wrong
        content = self.resolve(operation["requestBody"])["content"]
        try:
            value = parse_json(request.body or b"{}")
        except ValueError as error:
            return str(error)
        return self.errors(content["application/json"]["schema"], value, closed=False)

    def query_errors(self, operation, item, target):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query, keep_blank_values=True)
        listed = operation.get("parameters", []) + item.get("parameters", [])
        known = {p["name"]: p for p in map(self.resolve, listed) if p["in"] == "query"}
        missing = [n for n, p in known.items() if p.get("required") and n not in query]
        extra = [n for n in query if n not in known]
        return f"query: missing {missing}, unknown {extra}" if missing or extra else None

    def check(self, request, response):
        """Raises ContractError unless the exchange is one that the contract describes."""
        try:
            self.check_exchange(request, response)
        except (ContractError, ValueError) as error:
            raise ContractError(
                f"{request.method} {request.target} {(request.body or b'')[:300]!r}\n"
                f"answered {response}\n{error}"
            ) from None

    def check_exchange(self, request, response):
        operation, item = self.find(request.method, request.target)
        if response.status in (200, 201, 202, 204) and request.method != "OPTIONS":
            wrong = self.request_errors(request)
            expect(wrong is None, f"accepted, but {wrong}")
        if request.target.startswith("/v1/"):
            expect(response.get("Cache-Control") == "no-store", "no Cache-Control: no-store")
        if request.method == "OPTIONS" and response.status == 204:
            expect(item is not None and response.get("Allow"), "OPTIONS without path or Allow")
            expect(response.body == b"", "a body in a 204")
            return
        self.check_answer(operation, request.method, response)

    def check_answer(self, operation, method, response):
        responses = operation["responses"] if operation else {}
        listed = responses.get(str(response.status))
        common = self.document["components"]["responses"]["Common"]
        described = [self.resolve(listed)] if listed else []
        if response.status >= 400:
            described.append(common)
        expect(described, f"status {response.status} is not listed")
        if response.status in (429, 503):
            check_retry_after(response, method)
        if response.status == 405:
            expect(response.get("Allow"), "405 without Allow")
        for name, header in described[0].get("headers", {}).items():
            wanted = self.resolve(header)
            expect(not wanted.get("required") or response.get(name), f"no {name}")
        if method == "HEAD":
            expect(response.body == b"", "a body in the answer to HEAD")
            return
        wrong = [self.body_errors(one, response) for one in described]
        expect(None in wrong, "\n or ".join(map(str, wrong)))

    def body_errors(self, described, response):
        if "content" not in described:
            return None if response.body == b"" else "a body where none is described"
        media = (response.get("Content-Type") or "").split(";")[0]
        if media not in described["content"]:
            return f"Content-Type {media!r}, not one of {list(described['content'])}"
        if media == "application/octet-stream":
            return None
        schema = described["content"][media]["schema"]
        if media == "text/plain":
            return self.errors(schema, response.body.decode("utf-8"), closed=False)
        value = response.json
        if media == "application/problem+json" and value.get("status") != response.status:
            return "the problem's status is not the answer's"
        return self.errors(schema, value, closed=True)


def expect(condition, message):
    if not condition:
        raise ContractError(message)


def check_retry_after(response, method):
    text = response.get("Retry-After") or ""
    expect(text.isdigit() and 1 <= int(text) <= 60, f"Retry-After {text!r}")
    if method != "HEAD":
        hint = response.json.get("retry_after_ms")
        expect(hint is not None, "no retry_after_ms")
        expect(int(text) == min(60, max(1, -(-hint // 1000))), f"Retry-After {text}, hint {hint}")


SAME_VALUE = ("allOf", "oneOf", "anyOf")


def close(schema, inner=False):
    """The schema with every object refusing fields that no part of it names. `inner`: the schema is
    a part of one about the same value, which does the refusing."""
    if not isinstance(schema, dict):
        return schema
    out = dict(schema)
    for key in SAME_VALUE:
        if key in out:
            out[key] = [close(part, inner=True) for part in out[key]]
    if "properties" in out:
        out["properties"] = {name: close(part) for name, part in out["properties"].items()}
    if "items" in out:
        out["items"] = close(out["items"])
    if not inner and names_fields(out) and "additionalProperties" not in out:
        out["unevaluatedProperties"] = False
    return out


def names_fields(schema):
    return "properties" in schema or any(
        names_fields(part) for key in SAME_VALUE for part in schema.get(key, [])
    )


@functools.lru_cache(maxsize=None)
def contract():
    with open(os.path.join(source_dir(), "proto", "openapi.yaml"), encoding="utf-8") as file:
        return Contract(yaml.safe_load(file))
