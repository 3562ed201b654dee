"""Ordinary calls over http.client, as any program would make them. Every one is held against the
contract."""

import http.client
import urllib.parse

from .contract import contract
from .message import Request, Response, json_body
from .wire import Wire


class Api:
    """One server's calls over one kept connection. Not for several threads."""

    def __init__(self, address, seconds=30):
        self.address = address
        self.connection = http.client.HTTPConnection(*address, timeout=seconds)

    def close(self):
        self.connection.close()

    def call(self, method, target, value=None, headers=None, body=None):
        request = Request(method, target, json_body(value) if body is None else body, headers or {})
        response = self.exchange(request)
        contract().check(request, response)
        return response

    def exchange(self, request):
        try:
            return self.exchange_once(request)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # A kept connection may have been closed in the meantime; only reads are repeated.
            self.connection.close()
            if request.method != "GET":
                raise
            return self.exchange_once(request)

    def exchange_once(self, request):
        headers = {"Accept": "*/*"} | request.headers
        self.connection.request(request.method, request.target, request.body, headers)
        got = self.connection.getresponse()
        return Response(got.status, str(got.version), got.reason, got.getheaders(), got.read())

    # --- the calls, with the fields that most tests want ---------------------------------------

    def acquire(self, worker="w", headers=None, **fields):
        """A try in the pool `db`, unless told otherwise."""
        return self.call("POST", "/v1/acquire", {"pool": "db", "worker": worker} | fields, headers)

    def admitted(self, worker="w", **fields):
        """The body of an acquire that must succeed."""
        response = self.acquire(worker, **fields)
        assert response.status == 200, response
        return response.json

    def waiting(self, worker="w", wait_ms=60_000, **fields):
        """A call that stands in line on its own connection: a Wire whose answer is to come."""
        value = {"pool": "db", "worker": worker, "wait_ms": wait_ms} | fields
        return Wire(self.address).ask("POST", "/v1/acquire", value)

    def renew(self, handle, **fields):
        return self.call("POST", "/v1/renew", {"handle": handle} | fields)

    def release(self, handle, **fields):
        return self.call("POST", "/v1/release", {"handle": handle} | fields)

    def cancel(self, request_id):
        return self.call("POST", "/v1/cancel", {"request_id": request_id})

    def put(self, pool="db", **settings):
        response = self.call("PUT", pool_path(pool), settings)
        assert response.status in (200, 201), response
        return response.json

    def patch(self, pool="db", **settings):
        response = self.call("PATCH", pool_path(pool), settings)
        assert response.status == 200, response
        return response.json

    def pool(self, pool="db"):
        response = self.call("GET", pool_path(pool))
        assert response.status == 200, response
        return response.json

    def counts(self, pool="db"):
        view = self.pool(pool)
        return view["active"], view["waiting"], view["unclaimed"]

    def listed(self, what, pool="db", **query):
        """The rows of leases, waiters or history, first page."""
        suffix = "?" + urllib.parse.urlencode(query) if query else ""
        response = self.call("GET", f"{pool_path(pool)}/{what}{suffix}")
        assert response.status == 200, response
        return response.json["ended" if what == "history" else what]


def pool_path(pool):
    return "/v1/pools/" + urllib.parse.quote(pool, safe="")
