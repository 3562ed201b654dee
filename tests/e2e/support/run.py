"""The test case of `admit run`, and a command whose life can be followed."""

import subprocess
import time

from .case import Case, slower
from .command import Command

# Takes one of the $2 places in the folder $1 for $3 seconds, by mkdir, which only one process can
# do; finding none is a violation.
JUDGE = """
cd "$1"
for place in $(seq "$2"); do
    if mkdir "place$place" 2>/dev/null; then
        echo "$place" >>ran
        sleep "$3"
        rmdir "place$place"
        exit 0
    fi
done
echo violation >>violations
exit 1
"""


class RunCase(Case):
    seconds = 90

    def run_admit(self, *args, url=None, **options):
        """`admit run` with these words, asking `self.server` unless told otherwise."""
        command = Command(self.server.url if url is None else url, "run", *args, **options)
        self.addCleanup(command.kill)
        return command

    def status_of(self, *args, **options):
        return self.run_admit(*args, **options).end(slower(30))[0]

    def assert_goes_on(self, command, seconds):
        """The command does not end within so long."""
        with self.assertRaises(subprocess.TimeoutExpired):
            command.process.wait(seconds)

    def restart(self):
        """Another server on the same port, which knows nothing of what the one before knew."""
        host, port = self.server.address
        self.server.kill()
        return self.start(*self.args, listen=f"{host}:{port}")


def boot_now():
    """Seconds of CLOCK_BOOTTIME, as in /proc/uptime."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def living(trap="echo told"):
    """The words of a command that says `ready`, then over and over until when it lived (whoever
    watches it may be late), and that does `trap` when it gets TERM."""
    script = f"trap '{trap}' TERM; echo ready; " + """
        while :; do read up idle </proc/uptime; echo "alive $up"; sleep 0.02; done"""
    return "sh", "-c", script


def last_signs(command):
    """Reads what a `living` command writes to its end: (when it last was alive, by `boot_now`;
    what else it said)."""
    lines = command.process.stdout.read().decode().splitlines()
    alive = [float(line.split()[1]) for line in lines if line.startswith("alive")]
    return alive[-1], [line for line in lines if not line.startswith("alive")]
