"""The real binary is killed over and over while 32 connections acquire, renew and release. They
write down every answer; each new server has to agree with all of it.

  ADMIT_CRASH_KILLS   how often, 200 unless told
  ADMIT_CRASH_SEED    what was printed by a run that is to be repeated, as far as it can be

Where it fails, the data directory and all that was written down stay, and it says where. How many
kills fell while an append was outstanding is counted by what is preloaded into the server
(tests/e2e/support/crash_point.cpp), in a page that outlives it."""

import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
import unittest
from contextlib import contextmanager

from support.case import SANITIZER_FAILURES, Case, slower
from support.crash.clients import POOLS, Client, Operator, fill, talk
from support.crash.kills import Page, Plan
from support.crash.ledger import Ledger
from support.crash.lease import Broken, hold
from support.crash.recheck import Recheck
from support.crash.wire import Line
from support.server import Admitd, binary, sanitized

CONNECTIONS = 32
REMEMBERED_SECONDS = 300  # half of what the server promises
# Instrumented binaries take several times as long for each start.
DEFAULT_KILLS = 40 if sanitized() else 200


class Crashes:
    """One directory, and the servers that live on it one after the other."""

    def __init__(self, folder, seed, *args, data="data", fat=False):
        self.folder = folder
        self.data = data and os.path.join(folder, data)
        self.dice = random.Random(seed)
        self.args = args
        self.config = os.path.join(folder, "admit.json")
        with open(self.config, "w", encoding="utf-8") as file:
            json.dump({"pools": [{"pool": name, **POOLS[name]} for name in POOLS]}, file)
        self.written = None
        self.turn_page()
        self.ledger = Ledger(POOLS, lambda line: self.written.write(line + "\n"))
        self.parties = [Client(i, self.dice, self.ledger, fat) for i in range(CONNECTIONS)]
        self.parties.append(Operator(self.dice, self.ledger))
        self.recheck = Recheck(self.ledger, self.dice)
        self.page = Page(os.path.join(folder, "page"))
        self.kills = self.outstanding = 0
        self.places = {}
        self.starts = []

    def turn_page(self):
        """Of what is written down, the part before this one is kept, and none that is older."""
        name = os.path.join(self.folder, "ledger")
        if self.written:
            self.written.close()
            os.replace(name, name + ".before")
        self.written = open(name, "w", encoding="utf-8", buffering=1)

    def start(self, plan):
        began = time.monotonic()
        server = Admitd("--config", self.config, "--threads", str(self.dice.randint(1, 2)),
                        "--log-level", "warn", *self.args, env=self.page.environment(plan),
                        data=self.data, await_ready=not plan.early)
        if not plan.early:
            self.starts.append(time.monotonic() - began)
        return server, began

    @contextmanager
    def served(self, plan):
        """A server, and when its start began. It is gone after the block; what is found there comes
        with its log."""
        server, began = self.start(plan)
        try:
            yield server, began
        except (Broken, EOFError, OSError) as found:
            raise Broken(f"{found!r}\nafter {self.kills} kills, {plan}; status "
                         f"{server.process.poll()}; its log:\n{server.log()}") from found
        finally:
            server.kill()
            log = server.log()
            server.log_file.close()
        for mark in SANITIZER_FAILURES:
            if mark in log:
                raise Broken(log)

    def grow(self):
        """Until the journal is about to make its first snapshot, at 64 MiB."""
        with self.served(Plan(0)) as (server, _):
            line = Line(server.address)
            fill(line, self.ledger, 13_600)
            line.close()

    def has_snapshot(self):
        """Whether one was finished, with no server running: the rows that it replaces go then.
        Looks at a copy, as SQLite tidies up what it has read."""
        with tempfile.TemporaryDirectory(dir=self.folder) as copy:
            for name in os.listdir(self.data):
                shutil.copy(os.path.join(self.data, name), copy)
            file = sqlite3.connect(os.path.join(copy, "journal.db"))
            [first] = file.execute("SELECT min(seq) FROM journal").fetchone()
            file.close()
        return first != 1

    def kill_one(self, plan):
        """Starts a server, looks at it, lets everybody talk to it, and kills it."""
        lost = 0
        with self.served(plan) as (server, began):
            if plan.early:
                time.sleep(plan.seconds)  # the moment itself is what is random
                server.signal(signal.SIGKILL)
            else:
                self.recheck.run(server.address, began)
                for client in self.parties[:-1]:
                    client.left(time.monotonic())
                lost = talk(server.address, self.parties, self.page.arm,
                            lambda: server.signal(signal.SIGKILL), slower(plan.seconds))
            status = server.wait(20)
            hold(status == -signal.SIGKILL, "the server ended with status", status)
        self.count(plan, lost)

    def count(self, plan, lost):
        now = time.monotonic()
        self.ledger.killed(lost, now)
        self.kills += 1
        self.outstanding += self.page.outstanding
        if self.page.place:
            self.places[self.page.place] = self.places.get(self.page.place, 0) + 1
        if self.kills % 20 == 0:
            self.turn_page()
            self.ledger.forget(now - REMEMBERED_SECONDS)
            self.recheck.older = [lease for lease in self.recheck.older
                                  if lease.ended_at > now - REMEMBERED_SECONDS + 60]

    def end_in_order(self):
        """All of it once more, after a kill and after an end in order."""
        for _ in range(2):
            with self.served(Plan(0)) as (server, began):
                self.recheck.run(server.address, began, everything=True)
                status = server.stop(slower(20))
                hold(status == 0, "the server ended with status", status)

    def summary(self):
        starts = [1000 * seconds for seconds in self.starts]
        places = ", ".join(f"{place} {count}" for place, count in sorted(self.places.items()))
        outcomes = ", ".join(f"{count} {how}" for how, count in self.ledger.outcomes.items())
        return (f"{self.kills} kills, {self.outstanding} of them with an append outstanding; "
                f"{sum(party.answers for party in self.parties)} answers, "
                f"{self.ledger.grants} grants ({outcomes}), {self.ledger.lost} requests without an "
                f"answer, {self.ledger.found_later} leases that were found only later, "
                f"{self.recheck.checks} checks after restarts; a restart took "
                f"{statistics.mean(starts):.0f} ms, at most {max(starts):.0f} ms; "
                f"it ended itself at: {places}")


class Crash(Case):
    args = None
    kills = int(os.environ.get("ADMIT_CRASH_KILLS") or DEFAULT_KILLS)
    seconds = 60 + 2 * kills

    def play(self, kills, *args, fat=False):
        """All of it, on a directory that stays where it was not as it has to be."""
        seed = int(os.environ.get("ADMIT_CRASH_SEED") or random.SystemRandom().randrange(1 << 32))
        # Beside the programs: what is built is on a disk, which /tmp need not be.
        folder = tempfile.mkdtemp(prefix="crash-", dir=os.path.dirname(os.path.dirname(binary(""))))
        crashes = Crashes(folder, seed, *args, fat=fat)
        print(f"\nseed {seed}", file=sys.stderr)
        try:
            if fat:
                crashes.grow()
            while crashes.kills < kills:
                crashes.kill_one(Plan.rolled(crashes.dice, longest=2 if fat else 0.3))
            # One that lives for long enough to finish a snapshot, if none has been.
            while fat and not crashes.has_snapshot() and crashes.kills < kills + 5:
                crashes.kill_one(Plan(slower(4)))
            if fat:
                hold(crashes.has_snapshot(), "there is no snapshot")
            crashes.end_in_order()
        except BaseException as why:
            crashes.written.close()
            if isinstance(why, Broken):
                why.args = (f"{why}\nseed {seed}, all of it is in {folder}",)
            raise
        print(crashes.summary(), file=sys.stderr)
        crashes.written.close()
        shutil.rmtree(folder)
        return crashes

    def test_what_was_answered_survives_every_kill(self):
        crashes = self.play(self.kills)
        self.assertGreaterEqual(2 * crashes.outstanding, crashes.kills, crashes.summary())
        self.assertGreater(crashes.ledger.grants, crashes.kills)

    def test_relaxed_survives_the_end_of_the_process_as_well(self):
        crashes = self.play(max(5, self.kills // 10), "--durability", "relaxed")
        self.assertGreater(crashes.ledger.grants, crashes.kills)

    def test_so_it_does_while_snapshots_are_made(self):
        crashes = self.play(max(5, self.kills // 20), fat=True)
        self.assertGreater(crashes.ledger.grants, crashes.kills)

    def test_a_server_that_keeps_nothing_is_found_out(self):
        with tempfile.TemporaryDirectory() as folder:
            crashes = Crashes(folder, 1, data=None)
            self.addCleanup(crashes.written.close)
            crashes.kill_one(Plan(0.2))
            with self.assertRaisesRegex(Broken, "was acknowledged, and is gone"):
                crashes.kill_one(Plan(0.2))


if __name__ == "__main__":
    unittest.main()
