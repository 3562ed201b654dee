"""Metrics after known traffic, and the logs: JSON lines, text for people, access on request."""

import json
import os
import pty
import re
import unittest

from support.case import Case, eventually

SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)\Z")


def samples(text):
    """{name: {labels: value}} with the labels as a sorted tuple of pairs."""
    out = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            pairs = tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")))
            out.setdefault(name, {})[pairs] = float(value)
    return out


class Metrics(Case):
    def metric(self, name, **labels):
        found = samples(self.api.call("GET", "/metrics").body.decode())
        wanted = set(labels.items())
        return sum(v for pairs, v in found.get(name, {}).items() if wanted <= set(pairs))

    def test_after_known_traffic(self):
        leases = [self.api.admitted(f"w{i}", ttl_ms=1000 if i else 60_000) for i in range(2)]
        for _ in range(3):
            self.api.acquire("refused")
        self.api.acquire("late", wait_ms=20)
        waiter = self.waiting("w3", ttl_ms=60_000)
        self.assertEqual(self.metric("admit_pool_waiting", pool="db"), 1)
        self.assertEqual(self.metric("admit_pool_active", pool="db"), 2)
        self.assertEqual(waiter.answer(10).status, 200)  # by the expiry of the second
        self.api.release(leases[0]["handle"])
        last = self.api.admitted("w4")
        self.api.call("DELETE", f"/v1/pools/db/leases/{last['token']}")
        wanted = {
            ("admit_pool_limit",): 2,
            ("admit_pool_active",): 1,
            ("admit_pool_waiting",): 0,
            ("admit_pool_unclaimed",): 0,
            ("admit_granted_total",): 4,
            ("admit_released_total",): 1,
            ("admit_expired_total",): 1,
            ("admit_evicted_total",): 1,
            ("admit_rejected_total", "code", "pool_full"): 3,
            ("admit_wait_seconds_count",): 4,
            ("admit_held_seconds_count",): 3,
        }
        for (name, *label), value in wanted.items():
            labels = dict([label]) if label else {}
            with self.subTest(name):
                self.assertEqual(self.metric(name, pool="db", **labels), value)
        acquires = self.metric("admit_http_requests_total", route="/v1/acquire", status="429")
        self.assertEqual(acquires, 4)
        self.assertEqual(self.metric("admit_http_requests_total", status="204"), 1)

    def test_the_text_is_prometheus(self):
        self.api.admitted()
        text = self.api.call("GET", "/metrics").body.decode()
        helps = re.findall(r"^# HELP (\w+) \S", text, re.M)
        types = re.findall(r"^# TYPE (\w+) (counter|gauge|histogram)$", text, re.M)
        self.assertEqual(helps, [name for name, _ in types])
        self.assertEqual(len(helps), len(set(helps)))
        for name in samples(text):
            base = re.sub(r"_(bucket|sum|count)\Z", "", name)
            self.assertTrue(name in helps or base in helps, name)
        for name in ("admit_lease_clock_lost_seconds_total", "admit_loop_lag_seconds_count"):
            self.assertIn(name, samples(text))

    def test_workers_and_ids_are_no_labels(self):
        self.api.admitted("worker-name", request_id="request-name", labels={"label-name": "x"})
        text = self.api.call("GET", "/metrics").body.decode()
        for word in ("worker-name", "request-name", "label-name"):
            self.assertNotIn(word, text)

    def test_a_thousand_pools_and_the_rest(self):
        for i in range(1010):
            self.api.put(f"p{i}", limit=1)
        found = samples(self.api.call("GET", "/metrics").body.decode())["admit_pool_limit"]
        self.assertEqual(len(found), 1001)
        self.assertIn((("pool", "_other"),), found)
        self.assertEqual(sum(found.values()), 1010 + 2 + 4)

    def test_a_deleted_pool_is_gone(self):
        self.api.put("short", limit=1)
        self.assertIn('pool="short"', self.api.call("GET", "/metrics").body.decode())
        self.api.call("DELETE", "/v1/pools/short")
        self.assertNotIn('pool="short"', self.api.call("GET", "/metrics").body.decode())


class Logs(Case):
    args = None
    scene = ["w1: acquired (1/2 active)", "w2: acquired (2/2 active)", "w3: rejected (2/2 active)",
             "w1: released (1/2 active)"]

    def play(self):
        first = self.api.admitted("w1")
        self.api.admitted("w2")
        self.api.acquire("w3")
        self.api.release(first["handle"])

    def test_text_for_people(self):
        self.start("--pool", "db=2", "--log-format", "text")
        self.play()
        for line in self.scene:
            if "rejected" not in line:
                eventually(lambda: f"Worker {line}" in self.server.log(), what=line)

    def test_a_terminal_gets_text(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        real = os.dup(slave)

        def terminal():
            os.dup2(real, 2)

        self.start("--pool", "db=2", preexec=terminal)
        os.close(slave)
        os.close(real)
        self.play()
        said = b""
        while b"Worker w1: released (1/2 active)" not in said:
            said += os.read(master, 4096)

    def lines(self):
        return [json.loads(line) for line in self.server.log().splitlines()]

    def test_json_lines_otherwise(self):
        self.start("--pool", "db=2")
        self.play()
        eventually(lambda: "released" in self.server.log())
        for line in self.lines():
            self.assertIsInstance(line, dict)
        text = json.dumps(self.lines())
        self.assertIn("w1", text)

    def test_names_cannot_break_lines(self):
        for form in ("text", "json"):
            self.start("--pool", "db=2", "--log-format", form)
            self.api.admitted('a"b\\c \u0416 {} %s')
            eventually(lambda: "acquired" in self.server.log())
            if form == "json":
                self.assertIn("a\\", json.dumps(self.lines(), ensure_ascii=False))

    def test_the_access_log_is_for_who_asks(self):
        self.start("--pool", "db=2")
        self.api.call("GET", "/v1/pools/db")
        self.server.stop()
        self.assertNotIn("request", self.server.log())
        self.start("--pool", "db=2", "--access-log")
        self.api.call("GET", "/v1/pools/db?limit=1&secret=hush")
        self.api.call("GET", "/v1/nothing?x=%0aforged")
        self.api.call("GET", "/v1/pools/db")
        eventually(lambda: self.server.log().count('"request"') == 3)
        lines = [line for line in self.lines() if line.get("event") == "request"]
        self.assertEqual([line["status"] for line in lines], [400, 404, 200])
        self.assertEqual({line["method"] for line in lines}, {"GET"})
        self.assertEqual(lines[2]["route"], "/v1/pools/{pool}")
        self.assertNotIn("hush", self.server.log())

    def test_levels(self):
        self.start("--pool", "db=2", "--log-level", "error")
        self.play()
        self.server.stop()
        self.assertEqual(self.server.log(), "")


if __name__ == "__main__":
    unittest.main()
