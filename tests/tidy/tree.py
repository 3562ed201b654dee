"""The files of the repository as the checks see them."""

import re
from pathlib import Path

FOLDERS = ["proto", "server", "client", "tests", "examples", "bench"]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
NOT_CODE = re.compile(
    r'R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    r"|//[^\n]*|/\*.*?\*/", re.DOTALL)


class Source:
    """One file: its path from the root, its text, and what a C++ file includes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self.is_cpp = path.endswith((".hpp", ".cpp"))
        self.ours, self.foreign = [], []
        for found in INCLUDE.finditer(text) if self.is_cpp else ():
            line = text.count("\n", 0, found.start(2)) + 1
            (self.ours if found[1] == '"' else self.foreign).append((line, found[2]))

    def code(self):
        """The text without comments and literals, line for line."""
        return NOT_CODE.sub(lambda found: "\n" * found[0].count("\n"), self.text)

    def is_below(self, prefix):
        """Whether the file is, or lies in, what the prefix names."""
        return self.path == prefix or self.path.startswith(
            (prefix + "/", prefix + ".", prefix + "_"))


def read(root):
    """Every source file below `root`, by its path."""
    found = {}
    for folder in FOLDERS:
        for file in sorted((Path(root) / folder).rglob("*")):
            if file.suffix in (".hpp", ".cpp", ".py", ".sh") and file.is_file():
                path = file.relative_to(root).as_posix()
                found[path] = Source(path, file.read_text(encoding="utf-8"))
    return found
