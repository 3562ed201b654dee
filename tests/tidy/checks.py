"""The checks. Each takes the tree and yields its findings, as `path:line: what is wrong`."""

import os
import re

import rules


def folder_of(path):
    """The longest folder of the table that holds a path, or None."""
    holding = [folder for folder in rules.ARROWS if path.startswith(folder + "/")]
    return max(holding, key=len, default=None)


def matches(header, prefixes):
    """Whether an include names one of the headers, or something below one of the folders."""
    return any(header == each or header.startswith(each.rstrip("/") + "/") for each in prefixes)


def arrows(tree):
    """An include names a file from the root, and goes in the direction of the layers."""
    for source in tree.values():
        sender = folder_of(source.path)
        for line, header in source.ours:
            if header not in tree:
                yield f"{source.path}:{line}: {header} is no file of the tree"
                continue
            target = folder_of(header)
            if sender and target != sender and target not in rules.ARROWS[sender]:
                yield f"{source.path}:{line}: {sender} must not include {header}"


def std_only(tree):
    """The innermost layers know the standard library alone."""
    for source in tree.values():
        if folder_of(source.path) not in rules.STD_ONLY:
            continue
        for line, header in source.foreign:
            is_std = re.fullmatch(r"[a-z_]+", header)
            if not is_std and rules.STD_ONLY_EXCEPT.get(source.path) != header:
                yield f"{source.path}:{line}: <{header}> is not of the standard library"


def pure(tree):
    """Nothing below the engine and the session reads a clock, a socket or randomness."""
    for source in tree.values():
        if not source.is_cpp or not any(map(source.is_below, rules.PURE)):
            continue
        refused = list(rules.PURE_REFUSES_HEADERS)
        if source.is_below("server/core"):
            refused += rules.CORE_REFUSES_HEADERS
        for line, header in source.foreign:
            if matches(header, refused):
                yield f"{source.path}:{line}: <{header}> does not belong here"
        for line, text in enumerate(source.code().splitlines(), 1):
            if re.search(rules.PURE_REFUSES_CODE, text):
                yield f"{source.path}:{line}: time and randomness are arguments here"


def reaches(tree, path, prefix, seen):
    """Whether a file includes a library's header, directly or through headers of ours."""
    if path in seen or path not in tree:
        return False
    seen.add(path)
    return (any(header.startswith(prefix) for _, header in tree[path].foreign)
            or any(reaches(tree, header, prefix, seen) for _, header in tree[path].ours))


def heavy(tree):
    """Heavy headers stay in a handful of translation units."""
    for prefix, allowed in rules.HEAVY.items():
        reaching = [path for path in tree if path.endswith(".cpp")
                    and not path.startswith("tests/") and reaches(tree, path, prefix, set())]
        for path in sorted(set(reaching) - set(allowed)):
            yield f"{path}:1: reaches <{prefix}…>, and is not among the files that may"
        for path in sorted(set(allowed) - set(reaching)):
            yield f"{path}:1: may reach <{prefix}…> and does not: shorten the list in rules.py"


def form(tree):
    """Sizes and leftovers that a reader should not meet."""
    for source in tree.values():
        if len(source.lines) > rules.FILE_LINES_MAX:
            yield f"{source.path}:1: {len(source.lines)} lines, more than {rules.FILE_LINES_MAX}"
        if source.path.endswith(".hpp"):
            if not source.text.startswith(("//", "/*", "#pragma once")):
                yield f"{source.path}:1: a header begins with what it is, or with #pragma once"
            if "#pragma once" not in source.lines:
                yield f"{source.path}:1: no #pragma once"
        for line, text in enumerate(source.lines, 1):
            if len(text) > rules.LINE_COLUMNS_MAX:
                yield f"{source.path}:{line}: {len(text)} columns"
            if "\t" in text:
                yield f"{source.path}:{line}: a tab"
            if re.search(rules.LEFTOVERS, text):
                yield f"{source.path}:{line}: a leftover: do it, or write down why not"


def tools(root):
    """tools/ holds the two commands and nothing else."""
    held = sorted(os.listdir(os.path.join(root, "tools")))
    if held != rules.TOOLS:
        yield f"tools:1: holds {held}, not {rules.TOOLS}"


OF_SOURCES = [arrows, std_only, pure, heavy, form]
