"""How often a server waits for its disk, and how long: counted by what is preloaded into it."""

import os
import struct
import tempfile
from contextlib import contextmanager

BUCKETS = 16_384  # of a microsecond each, as in bench/count_syncs.cpp
PAGE = struct.Struct(f"={BUCKETS}I")


class Syncs:
    def __init__(self, here):
        self.library = here.program("bench/count_syncs.so")
        self.file = tempfile.NamedTemporaryFile(prefix="bench-syncs-")
        self.file.truncate(PAGE.size)

    def environment(self):
        return {**os.environ, "LD_PRELOAD": self.library, "BENCH_SYNCS": self.file.name}

    def read(self):
        """Numbers of syncs by the microseconds that they took."""
        return PAGE.unpack(os.pread(self.file.fileno(), PAGE.size, 0))


@contextmanager
def counted(syncs):
    """Counts what happens in the block: a dict that has `count` and `p50_us` after it."""
    found = {}
    before = syncs.read()
    yield found
    took = [now - then for now, then in zip(syncs.read(), before)]
    found["count"] = sum(took)
    found["p50_us"] = middle(took)


def middle(took):
    half, sum_so_far = sum(took) / 2, 0
    for us, number in enumerate(took):
        sum_so_far += number
        if sum_so_far and sum_so_far >= half:
            return us
    return 0
