"""The manual pages are well-formed, and hold what `--help` says and nothing else."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import described

MAN = Path(os.environ["ADMIT_SOURCE_DIR"]) / "docs" / "man"


def text_of(page):
    """The page as words: no font changes, and every minus plain."""
    source = re.sub(r"^\.\\\".*\n", "", (MAN / page).read_text(), flags=re.MULTILINE)
    return re.sub(r"\\f[A-Z]", "", source).replace("\\-", "-")


def options_of(text):
    return set(described.OPTION.findall(text.replace('"', " ")))


def sections(page):
    """The text below each heading `admit COMMAND`, by the command."""
    parts = re.split(r"^\.S[SH] (.*)\n", text_of(page), flags=re.MULTILINE)[1:]
    found = {}
    for heading, text in zip(parts[::2], parts[1::2]):
        name = re.match(r"admit ((?:[a-z]+ ?)+)", heading)
        if name:
            found[name[1].strip()] = text
    return found


class TheManual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_is_well_formed(self):
        for page in ("admit.1", "admitd.8"):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", MAN / page],
                                  capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_has_a_section_for_each_command(self):
        self.assertEqual(set(sections("admit.1")), set(described.commands()))

    def test_has_the_options_of_each_command(self):
        for command, text in sections("admit.1").items():
            own = described.options(command)
            self.assertEqual(own - options_of(text), set(), f"{command}: not in the manual")
            # A description may name another command's, such as --wait.
            headings = re.findall(r"^\.T[PQ]\n(.*)", text, re.MULTILINE)
            extra = options_of("\n".join(headings)) - own
            self.assertEqual(extra, set(), f"{command}: not in the program")

    def test_names_no_option_that_is_not_there(self):
        known = {"--help", *described.options("")}
        for command in described.commands():
            known |= described.options(command)
        self.assertEqual(options_of(text_of("admit.1")), known)

    def test_has_the_settings_of_a_pool(self):
        told = described.help_of("pool set")
        settings = re.findall(r"^  ([a-z_]+)[=.]", told, re.MULTILINE)
        text = sections("admit.1")["pool set"]
        self.assertTrue(settings)
        for setting in settings:
            self.assertRegex(text, rf"\b{setting}[=.]")

    def test_has_the_exit_statuses(self):
        told = described.part(described.help_of(""), "Exit status")
        listed = re.findall(r"^  (\d+)", told, re.MULTILINE)
        text = text_of("admit.1").split(".SH EXIT STATUS")[1].split(".SH")[0]
        written = re.findall(r"^\.[BRI]+ (\d+)", text, re.MULTILINE)
        self.assertEqual(sorted(set(written)), sorted(set(listed)))

    def test_has_the_environment(self):
        told = set(re.findall(r"\bADMIT_[A-Z]+|\bNO_COLOR\b",
                              "".join(map(described.help_of, ["", "run"]))))
        text = text_of("admit.1").split(".SH ENVIRONMENT")[1].split(".SH")[0]
        self.assertEqual(set(re.findall(r"\bADMIT_[A-Z]+|\bNO_COLOR\b", text)), told)

    def test_of_the_server(self):
        own = described.options("", "admitd") | {"--help"}
        for command in described.subcommands(program="admitd"):
            self.assertIn(f".SS admitd {command} ", text_of("admitd.8"))
            own |= described.options(command, "admitd")
        self.assertEqual(options_of(text_of("admitd.8")), own)
        told = described.help_of("", "admitd").split("Exit statuses:")[1]
        text = text_of("admitd.8").split(".SH EXIT STATUS")[1].split(".SH")[0]
        for status in re.findall(r"\d+", told):
            self.assertRegex(text, rf"(?m)^\.B {status}$")


if __name__ == "__main__":
    unittest.main()
