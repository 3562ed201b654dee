"""Installs what is missing and builds what is measured."""

import os
import subprocess

from .run import Failed, say

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = 'source packages.sh; install_packages "${build_packages[@]}" "${bench_packages[@]}"'


def build():
    """Returns the folder with the programs. What the build prints is no part of the tables."""
    say("building")
    steps = (["bash", "-ec", PACKAGES],
             ["cmake", "--preset", "bench", "--log-level=WARNING"],
             ["ninja", "-C", "build/bench", "--quiet"])
    for step in steps:
        done = subprocess.run(step, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{step[0]} failed:\n{done.stdout}{done.stderr}")
    return os.path.join(ROOT, "build", "bench", "bin")
