"""When and where the server is killed, and whether an append was outstanding then."""

import mmap
import os
import struct
from dataclasses import dataclass

from ..server import binary

PAGE_BYTES = 4096  # as `shared_page` in tests/e2e/support/crash_point.cpp
ARMED, OUTSTANDING, APPENDS, PLACE = 0, 8, 16, 24

# An append ends before its first byte, within its log, between log and sync, before anybody is
# told.
SITES = (("row", "before"), ("log", "before"), ("log", "torn"), ("log", "after"),
         ("sync", "before"), ("sync", "after"), ("mark", "before"), ("mark", "torn"),
         ("mark", "after"))


@dataclass(frozen=True)
class Plan:
    """`seconds`: after so long it is killed from outside, wherever it is. `at`: it ends itself
    there. `early`: the seconds count from its start, not from when it serves."""

    seconds: float
    at: str = ""
    early: bool = False

    @classmethod
    def rolled(cls, dice, longest=0.3):
        """Six of ten while an append is outstanding for certain: on a fast disk few others are."""
        kind = dice.random()
        if kind < 0.06:
            return cls(dice.random() * 0.04, early=True)
        if kind < 0.30:
            # Now and then so long that leases of a second end by themselves.
            return cls(dice.random() * (2.2 if dice.random() < 0.06 else longest))
        if kind < 0.36:
            return cls(2, f"{dice.randint(1, 60)} file 0 {dice.choice(('before', 'torn'))} 0")
        site, when = dice.choice(SITES)
        pause_us = dice.choice((0, 500, 3000))
        return cls(10, f"{dice.randint(1, 90)} {site} {dice.randint(1, 4)} {when} {pause_us}")


class Page:
    """What is shared with the server of the moment."""

    def __init__(self, path):
        self.path = path
        with open(path, "w+b") as file:
            file.truncate(PAGE_BYTES)
            self.bytes = mmap.mmap(file.fileno(), PAGE_BYTES)

    def environment(self, plan):
        """For a server that has yet to be started."""
        self.bytes[:] = bytes(PAGE_BYTES)
        library = os.path.join(os.path.dirname(binary("")), "tests", "crash_point.so")
        assert os.path.exists(library), library
        more = {"LD_PRELOAD": library, "ADMIT_CRASH_PAGE": self.path}
        if plan.at:
            more["ADMIT_CRASH_AT"] = plan.at
        # Its allocator is told of every library that comes before it.
        asan = os.environ.get("ASAN_OPTIONS", "")
        more["ASAN_OPTIONS"] = f"{asan}:verify_asan_link_order=0".lstrip(":")
        return {**os.environ, **more}

    def number(self, at):
        return struct.unpack_from("=Q", self.bytes, at)[0]

    def arm(self):
        """From now on appends count."""
        struct.pack_into("=Q", self.bytes, ARMED, 1)

    # --- Of a server that has ended.

    @property
    def outstanding(self):
        return self.number(OUTSTANDING) != 0

    @property
    def place(self):
        """Where it ended itself; empty where it was ended from outside."""
        return self.bytes[PLACE:PLACE + 64].split(b"\0")[0].decode()
