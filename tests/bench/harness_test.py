"""The parts of bench/run that read, reckon and judge; and that the load generator fails where a
server answers wrongly."""

import os
import sys
import unittest

BENCH = os.path.join(os.environ["ADMIT_SOURCE_DIR"], "bench")
sys.path.insert(0, BENCH)

from harness import columns, goals, journal, machine, redis, servers, syncs, tables
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


class Undisturbed(unittest.TestCase):
    """A measurement takes 100 ms, of which the hypervisor took so many ms of one core."""

    def measured(self, *stolen, attempts=3):
        now = {"clock": 0, "stolen": 0}
        rest = list(stolen)

        def measure():
            took = rest.pop(0)
            now["clock"] += 100
            now["stolen"] += took * os.cpu_count()
            return took

        measured = machine.Undisturbed(attempts, lambda: now["stolen"], lambda: now["clock"])
        return measured(measure), measured.told(), len(rest)

    def test_the_first_that_was_left_alone_counts(self):
        told = {"measured_again": 0, "stolen_percent": 1.0}
        self.assertEqual(self.measured(1, 0, 0), (1, told, 2))
        told = {"measured_again": 2, "stolen_percent": 0.0}
        self.assertEqual(self.measured(30, 2, 0), (0, told, 0))

    def test_or_else_the_one_that_was_disturbed_least(self):
        told = {"measured_again": 2, "stolen_percent": 5.0}
        self.assertEqual(self.measured(9, 5, 7, 0), (5, told, 1))

    def test_what_was_stolen_is_counted(self):
        self.assertGreaterEqual(machine.stolen_ns(), 0)


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


class Journal(unittest.TestCase):
    def found(self, strict, redis_rate=100, append_us=500):
        figures = {"cpu_us": 1, "p50_us": 300, "p99_us": 1, "p999_us": 1}
        kept = {"syncs_each": 0.05, "sync_us": 200, "append_us": append_us, "records_each": 20}
        rates = {"e": 1_000, "g": strict, "h": 900, "i": redis_rate}
        rows = [{"load": load, "column": column, "per_second": rate, **figures,
                 **(kept if column in "gh" else {})}
                for load in ("1", "1 awake", "64") for column, rate in rates.items()]
        idle = {"sync_p99_us": 400, "p50_us": 210, "wake_p50_us": 30}
        return {"rows": rows, "runs": 1, "seconds": 1, "others_percent": 0,
                "idle": {"1": {"sync_p50_us": 200, **idle}, "1 awake": {"sync_p50_us": 149, **idle},
                         "64": {"sync_p50_us": 200, **idle}}}

    def test_goals_that_the_server_without_a_disk_sets(self):
        reached = goals.of({"journal": self.found(strict=600)})
        self.assertIn("0.6 × ephemeral | ≥ 600 | 600 | yes |", reached)
        self.assertIn("1 connection: a sync (200) + 150 | ≤ 350 | 300 | yes |", reached)
        self.assertIn("1 connection, cores awake: a sync (149) + 150 | ≤ 299 | 300 | **no** |",
                      reached)
        missed = goals.of({"journal": self.found(strict=599, redis_rate=600)})
        self.assertIn("0.6 × ephemeral | ≥ 600 | 599 | **no** |", missed)
        self.assertIn("strict ÷ Redis, 64 connections | ≥ 1 | 0.998 | **no** |", missed)

    def test_goals_that_a_slow_disk_sets(self):
        # 64 requests wait for one append and a half of 100 ms.
        text = goals.of({"journal": self.found(strict=342, append_us=100_000)})
        self.assertIn("0.8 × 64 / (1.5 × an append) | ≥ 341 | 342 | yes |", text)

    def test_the_table_leaves_out_what_a_server_does_not_tell(self):
        text = tables.of_journal(self.found(strict=600))
        self.assertIn("| 0.050 | 200 | 500 | 20.0 |", text)
        self.assertIn("| Redis, Lua semaphore, appendfsync always | 100 | 1.0 | 300 | 1 | 1 |  |",
                      text)

    def test_the_middle_of_what_syncs_took(self):
        self.assertEqual(syncs.middle([0, 0, 3, 1, 2]), 2)
        self.assertEqual(syncs.middle([0, 1, 0, 2]), 3)
        self.assertEqual(syncs.middle([0, 0]), 0)

    def test_a_server_that_counts_its_syncs_wrongly(self):
        journal.check_syncs(100, 98)
        for told in (90, 110):
            with self.assertRaises(Failed):
                journal.check_syncs(100, told)


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

    def test_a_server_may_be_ended_in_order(self):
        with servers.admitd(self.here, limit=2) as server:
            server.end()

    def test_a_server_that_ends_is_a_failure(self):
        with self.assertRaises(Failed), Server(["false"]) as server:
            server.first_line()


if __name__ == "__main__":
    unittest.main()
