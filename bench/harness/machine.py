"""What the figures depend on: the machine, and which of its cores does what."""

import copy
import os
import platform
import resource
import struct
import time
from contextlib import contextmanager

# Whoever holds it open says how many µs a core may take to wake up, as four bytes.
LATENCY_WISH = "/dev/cpu_dma_latency"


def cpu_ns(pid):
    """User and system time of the threads that live, as the scheduler counts it; to a tick where
    the kernel does not keep schedstat."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        folder = f"/proc/{pid}/task/{task}"
        try:
            with open(f"{folder}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            with open(f"{folder}/stat", encoding="utf-8") as file:
                fields = file.read().rpartition(")")[2].split()
            ticks = int(fields[11]) + int(fields[12])
            total += ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    return total


def all_cores_ns():
    """The fields of /proc/stat for all cores together, since the machine's start, to a tick."""
    tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    with open("/proc/stat", encoding="ascii") as file:
        return [int(ticks) * tick for ticks in file.readline().split()[1:]]


def busy_ns():
    """What all processes of the machine have used."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = all_cores_ns()
    return user + nice + system + irq + softirq


def own_ns():
    """What we and the programs that we have run to their end have used."""
    used = 0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += int((usage.ru_utime + usage.ru_stime) * 1e9)
    return used


class Others:
    """How much of a core everybody else has used meanwhile: who measures wants it to be nothing."""

    percent = 0.0

    def __enter__(self):
        self.began = time.monotonic_ns(), busy_ns(), own_ns()
        return self

    def __exit__(self, *_):
        took, busy, own = (after - before for after, before in zip(
            (time.monotonic_ns(), busy_ns(), own_ns()), self.began))
        self.percent = max(0.0, 100 * (busy - own) / took)


def stolen_ns():
    """How long a hypervisor ran somebody else on our cores while they had work."""
    return all_cores_ns()[7]


class Undisturbed:
    """Measures again what a hypervisor has disturbed by taking more than STOLEN_PERCENT of the
    cores' time, and counts that. After so many attempts the least disturbed counts: whatever its
    result is, so that none is chosen for being good."""

    STOLEN_PERCENT = 1.0

    def __init__(self, attempts, stolen=stolen_ns, clock=time.monotonic_ns):
        self.attempts = attempts
        self.stolen, self.clock = stolen, clock
        self.again = 0
        self.worst = 0.0  # percent of what counts

    def __call__(self, measure):
        tried = []
        while not tried or (tried[-1][0] > self.STOLEN_PERCENT and len(tried) < self.attempts):
            stolen, began = self.stolen(), self.clock()
            found = measure()
            took = (self.clock() - began) * os.cpu_count()
            tried.append((100 * (self.stolen() - stolen) / took, found))
        self.again += len(tried) - 1
        percent, found = min(tried, key=lambda each: each[0])
        self.worst = max(self.worst, percent)
        return found

    def told(self):
        return {"measured_again": self.again, "stolen_percent": self.worst}


@contextmanager
def kept_awake():
    """No core sleeps meanwhile, however little it has to do. An OSError where that is not for us to
    say."""
    wish = os.open(LATENCY_WISH, os.O_WRONLY | os.O_CLOEXEC)  # it is not ours to make
    try:
        os.write(wish, struct.pack("i", 0))
        yield
    finally:
        os.close(wish)


def may_keep_awake():
    try:
        with kept_awake():
            return True
    except OSError:
        return False


class Machine:
    """The programs, and the cores to run them on."""

    def __init__(self, bin_dir):
        self.bin_dir = bin_dir
        cores = sorted(os.sched_getaffinity(0))
        # One core each for server and generator, where there are two: neither takes time from the
        # other, and none pays for being moved. Otherwise the system may place them.
        self.server = cores[:1] if len(cores) > 1 else None
        self.load = cores[1:2] if len(cores) > 1 else None
        self.third = cores[2:3]

    def for_threads(self):
        """The same for servers with two busy threads: I/O threads, or one that answers and one that
        syncs. They must really run at once. With a third core the generator still has one to
        itself; with two, all are left to the system: a thread that is pinned to the generator's
        core would have to share it, the other would not."""
        spread = copy.copy(self)
        if self.third:
            spread.server = self.server + self.third
        else:
            spread.server, spread.load = None, None
        return spread

    def program(self, name):
        return os.path.join(self.bin_dir, name)

    @staticmethod
    def source(name):
        """A file of bench/."""
        return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), name)

    def description(self):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        with open("/proc/meminfo", encoding="ascii") as file:
            memory = int(file.readline().split()[1]) / 2**20
        return {
            "cpu": models[0] if models else platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_gib": round(memory),
            "kernel": platform.release(),
            "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
            "load_average": os.getloadavg()[0],
        }
