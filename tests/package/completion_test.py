"""The completion, driven as bash drives it: by its function, with COMP_WORDS."""

import os
import re
import subprocess
import time
import unittest

import described
from support.case import Case
from support.server import binary

SCRIPT = os.path.join(os.environ["ADMIT_SOURCE_DIR"], "docs", "completion", "admit.bash")
DRIVER = """
source "$1"; shift
complete -p admit >/dev/null || exit 1
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_admit && printf '%s\\n' "${COMPREPLY[@]}"
"""
NOWHERE = "http://127.0.0.1:1"


def words_of(line):
    """What bash makes of a line whose cursor is at its end."""
    return re.findall(r"[:=]+|[^\s:=]+", line) + ([""] if line.endswith(" ") else [])


def completions(line, url=NOWHERE):
    """The words that are offered for the last one of a line, sorted."""
    env = os.environ | {"ADMIT_URL": url}
    done = subprocess.run(
        ["bash", "--norc", "-c", DRIVER, "bash", SCRIPT, binary("admit"), *words_of(line)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=env)
    assert (done.returncode, done.stderr) == (0, ""), done
    return sorted(filter(None, done.stdout.splitlines()))


class Words(unittest.TestCase):
    def test_every_command(self):
        names = {command.split()[0] for command in described.commands()}
        self.assertEqual(set(completions(" ")), names)
        self.assertEqual(completions("rele"), ["release"])
        inner = {c.split()[1] for c in described.commands() if c.startswith("pool ")}
        self.assertEqual(set(completions("pool ")), inner)

    def test_every_option_of_each_command(self):
        for command in described.commands():
            offered = set(completions(f"{command} --"))
            self.assertEqual(offered, described.options(command) | {"--url", "--help"}, command)
        self.assertEqual(set(completions("--")), {"--url", "--help", "--version"})

    def test_values(self):
        self.assertEqual(completions("run --if-unreachable "), ["fail", "run", "wait"])
        self.assertEqual(completions("release H --outcome=d"), ["dropped"])
        self.assertEqual(completions("pool set db limit=4 mode="), ["draining", "open", "paused"])
        self.assertEqual(completions("pool set db max_ttl=1h lim"), ["limit="])
        for line in ("run --ttl ", "pool set db limit=", "renew ", "--url ", "--url http:"):
            self.assertEqual(completions(line), [], line)

    def test_settings(self):
        help_text = described.help_of("pool set")
        settings = set(re.findall(r"^  ([a-z_]+[=.])", help_text, re.MULTILINE))
        self.assertEqual(set(completions("pool set db ")), settings)

    def test_the_command_behind_the_mark(self):
        self.assertIn("true", completions("run db -- tru"))
        self.assertIn(SCRIPT, completions(f"run -w 30s db -- cat {SCRIPT[:-2]}"))
        self.assertIn("true", completions("--url http://a:1,b:2 run --label a=b db -- tru"))


class Pools(Case):
    args = ("--pool", "db=2", "--pool", "disk=1")

    def test_of_the_running_server(self):
        self.api.patch("db", labels={"pool": "no"})
        for line in ("run ", "run -w 30s ", "acquire --label a=b ", "check ", "leases ", "waiters ",
                     "history ", "evict ", "pool show ", "pool delete --force "):
            self.assertEqual(completions(line, self.server.url), ["db", "default", "disk"], line)
        self.assertEqual(completions("run di", self.server.url), ["disk"])
        self.assertEqual(completions("check db ", self.server.url), [])

    def test_of_the_server_on_the_line(self):
        for url in (f"--url {self.server.url}", f"--url={self.server.url}"):
            self.assertEqual(completions(f"{url} pool pause d"), ["db", "default", "disk"])

    def test_silent_and_soon_without_a_server(self):
        before = time.monotonic()
        self.assertEqual(completions("run "), [])
        self.assertLess(time.monotonic() - before, 10)


if __name__ == "__main__":
    unittest.main()
