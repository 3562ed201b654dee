"""How often a server waits for its disk, and how long: counted by what is preloaded into it."""

import struct
from contextlib import contextmanager

from .preloaded import Preloaded

BUCKETS = 16_384  # of a microsecond each, as in bench/count_syncs.cpp
PAGE = struct.Struct(f"={BUCKETS}I")


def syncs_of(here):
    """Reads numbers of syncs by the microseconds that they took."""
    return Preloaded(here, "bench/count_syncs.so", "BENCH_SYNCS", PAGE)


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
