"""What `cmake --install` gives, and a stranger's programs that are built with it."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.case import Case

CXX = [os.environ["CXX"], "-std=c++20"]
CMAKE = os.environ["CMAKE"]
STRICT = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
SOURCE = Path(os.environ["ADMIT_SOURCE_DIR"])
BUILD = Path(os.environ["ADMIT_BUILD_DIR"])
HERE = Path(__file__).resolve().parent

FILES = """
bin/admit bin/admitd
lib/libadmit_client.a lib/libadmit_proto.a
lib/cmake/admit/admit-config.cmake lib/cmake/admit/admit-config-version.cmake
lib/cmake/admit/admit-targets.cmake lib/cmake/admit/admit-targets-*.cmake
share/bash-completion/completions/admit
share/doc/admit/LICENSE share/doc/admit/README.md
share/man/man1/admit.1 share/man/man8/admitd.8
""".split()


def run(*command, **options):
    """The standard output of a program that must succeed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


class Installed(Case):
    """`self.prefix` is where it lies: not where it was installed to, as a package is moved too."""

    args = None
    seconds = 500

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="admit-package-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.prefix = cls.folder / "moved"
        run(CMAKE, "--install", BUILD, "--prefix", cls.folder / "installed")
        shutil.move(cls.folder / "installed", cls.prefix)

    def headers(self):
        return sorted((self.prefix / "include").rglob("*.hpp"))

    def build(self, source, *targets, flags=()):
        """Builds programs of a project against what is installed; the folder where they are."""
        build = self.folder / source.name
        run(CMAKE, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={CXX[0]}", "-DCMAKE_CXX_FLAGS=" + " ".join(flags))
        run(CMAKE, "--build", build, "--target", *targets)
        return build

    def test_these_files_and_no_others(self):
        for pattern in FILES:
            self.assertEqual(len(list(self.prefix.glob(pattern))), 1, pattern)
        count = sum(path.is_file() for path in self.prefix.rglob("*"))
        self.assertEqual(count, len(FILES) + len(self.headers()))

    def test_nothing_of_the_build_leaks(self):
        for path in (self.prefix / "lib" / "cmake").rglob("*.cmake"):
            text = path.read_text()
            for leak in (str(SOURCE), str(BUILD), str(self.folder), "-Wall", "-Werror",
                         "COMPILE_DEFINITIONS", "nlohmann"):
                self.assertNotIn(leak, text, path)

    def test_each_header_stands_alone(self):
        """And is clean under warnings, and reaches neither Beast nor nlohmann."""
        self.assertTrue(self.headers())
        for header in self.headers():
            name = header.relative_to(self.prefix / "include")
            self.assertNotRegex(header.read_text(), r'#\s*include\s*"', name)
            reached = run(*CXX, *STRICT, "-I", self.prefix / "include", "-fsyntax-only",
                          "-MD", "-MF", "/dev/stdout", "-include", header, "-x", "c++", "/dev/null")
            self.assertIn(str(name), reached)
            self.assertNotRegex(reached, r"boost/beast|nlohmann", name)
            if name.name == "blocking_client.hpp":
                spare = [h for h in self.headers() if str(h) not in reached]
                self.assertEqual(spare, [], "installed, and needed by none")

    def test_the_programs_of_a_stranger(self):
        built = self.build(HERE / "consumer", "blocking", "async", flags=STRICT)
        server = self.start("--pool", "db=1")
        said = [run(built / name, server.url, timeout=60) for name in ("blocking", "async")]
        self.assertRegex(said[0], r"\Atoken \d+\nheld for \d+ ms\n\Z")
        tokens = [out.split()[1] for out in said]
        self.assertEqual(tokens, [str(row["token"]) for row in self.api.listed("history")])
        self.assert_empty()

    def test_the_examples(self):
        program = self.build(SOURCE / "examples", "worker_loop") / "worker_loop"
        answer = subprocess.run([program, "http://"], capture_output=True, text=True, timeout=60)
        self.assertEqual((answer.returncode, answer.stderr), (64, "http:// is no server\n"))

    def test_what_is_installed_runs(self):
        self.assertRegex(run(self.prefix / "bin" / "admit", "--version"), r"\Aadmit \d")
        self.assertRegex(run(self.prefix / "bin" / "admitd", "--version"), r"\Aadmitd \d")


if __name__ == "__main__":
    unittest.main()
