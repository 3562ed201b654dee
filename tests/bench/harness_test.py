"""The parts of bench/run that read, reckon and judge; and that the load generator fails where a
server answers wrongly."""

import os
import sys
import unittest

BENCH = os.path.join(os.environ["ADMIT_SOURCE_DIR"], "bench")
sys.path.insert(0, BENCH)

from harness import columns, goals, machine, redis, servers, tables
from harness.run import Failed, Server, output

REPORT = """
Latency by percentile distribution:
0.000% <= 0.215 milliseconds (cumulative count 2)
50.000% <= 0.831 milliseconds (cumulative count 10186)
99.805% <= 17.487 milliseconds (cumulative count 19961)
99.902% <= 25.039 milliseconds (cumulative count 19987)
100.000% <= 25.439 milliseconds (cumulative count 20000)

Cumulative distribution of latencies:
99.940% <= 25.103 milliseconds (cumulative count 19988)

Summary:
  throughput summary: 21276.60 requests per second
  latency summary (msec):
          avg       min       p50       p95       p99       max
        1.273     0.208     0.831     4.071     8.487    25.439
"""


class Reading(unittest.TestCase):
    def test_a_report_of_redis_benchmark(self):
        self.assertEqual(redis.read(REPORT), {"per_second": 21276.6, "p50_us": 831,
                                              "p99_us": 8487, "p999_us": 25039})
        with self.assertRaises(Failed):
            redis.read("WARNING: could not fetch server CONFIG")

    def test_a_load(self):
        self.assertEqual(columns.Load.parse("32"), columns.Load(32, 1))
        self.assertEqual(columns.Load.parse("32x16").leases, 512)
        self.assertEqual(str(columns.Load.parse("32x16")), "32x16")
        for wrong in ("", "0", "32x", "32x65", "many", "10001"):
            with self.assertRaises(ValueError, msg=wrong):
                columns.Load.parse(wrong)

    def test_cpu_that_was_used(self):
        before = machine.cpu_ns(os.getpid())
        while machine.cpu_ns(os.getpid()) == before:
            pass
        self.assertGreater(machine.busy_ns(), 0)


class Reckoning(unittest.TestCase):
    def test_medians_of_each_figure(self):
        runs = [{key: value for key in columns.FIGURES} for value in (1, 100, 3)]
        self.assertEqual(columns.medians(runs)["p99_us"], 3)

    def test_grants_that_do_not_fit_the_operations(self):
        redis.check_grants(5_050, 10_000)
        for tokens in (0, 4_000, 10_000):
            with self.assertRaises(Failed):
                redis.check_grants(tokens, 10_000)

    def found(self, rate_of_e):
        figures = {"cpu_us": 1, "p50_us": 1, "p99_us": 1, "p999_us": 1}
        rows = [{"load": "32", "column": "a", "per_second": 100, **figures},
                {"load": "32", "column": "e", "per_second": rate_of_e, **figures}]
        return {"rows": rows, "runs": 1, "seconds": 1, "others_percent": 0}

    def test_ratios_in_the_table(self):
        text = tables.of_columns(self.found(rate_of_e=85))
        self.assertIn("| 100 | 1.0 | 1 | 1 | 1 | 0.85 |", text)

    def test_goals(self):
        reached = goals.of({"columns": self.found(rate_of_e=85)})
        self.assertIn("| requests/s, e ÷ a, 32 connections | ≥ 0.8 | 0.85 | yes |", reached)
        missed = goals.of({"columns": self.found(rate_of_e=75)})
        self.assertIn("| requests/s, e ÷ a, 32 connections | ≥ 0.8 | 0.75 | **no** |", missed)


class Programs(unittest.TestCase):
    def setUp(self):
        self.here = machine.Machine(os.environ["ADMIT_BIN_DIR"])

    def test_the_load_fails_where_a_server_answers_wrongly(self):
        load = columns.Load(2)
        with servers.constant(self.here, load.leases) as server:
            with self.assertRaisesRegex(Failed, "not above the one before"):
                columns.drive(self.here, None, server, load, 0.2)

    def test_the_load_fails_where_a_pool_is_too_small(self):
        with servers.admitd(self.here, limit=2) as server:
            with self.assertRaisesRegex(Failed, "(?s)another status.*pool_full"):
                columns.drive(self.here, None, server, columns.Load(4, 4), 0.2)

    def test_the_load_fails_where_nobody_listens(self):
        with self.assertRaisesRegex(Failed, "connect"):
            output([self.here.program("bench/load"), "--target", "127.0.0.1:1", "--pool", "p"], 30)

    def test_a_server_that_ends_is_a_failure(self):
        with self.assertRaises(Failed), Server(["false"]) as server:
            server.first_line()


if __name__ == "__main__":
    unittest.main()
