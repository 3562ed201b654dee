"""What `--help` says there is: the measure of the manual pages and of the completion."""

import functools
import re
import subprocess

from support.server import binary

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@functools.cache
def help_of(command, program="admit"):
    """Of a command such as `pool set`; of the program as a whole where it is empty."""
    done = subprocess.run([binary(program), *command.split(), "--help"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def part(text, title):
    """The lines below a title of the help, up to the next one."""
    found = re.search(rf"^{title}:\n((?:[ \t].*\n|\n(?= ))+)", text + "\n", re.MULTILINE)
    return found[1] if found else ""


def subcommands(command="", program="admit"):
    return re.findall(r"^  (\w+) ", part(help_of(command, program), "Subcommands"), re.MULTILINE)


@functools.cache
def commands():
    """All that do something, the ones of groups with both words."""
    out = []
    for name in subcommands():
        out += [f"{name} {inner}" for inner in subcommands(name)] or [name]
    return out


def options(command, program="admit"):
    """The long options of a command, without --help."""
    lines = part(help_of(command, program), "Options")
    first = re.findall(r"^  (-[^ \[]*)", lines, re.MULTILINE)
    return {name for each in first for name in OPTION.findall(each)} - {"--help"}
