# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on every file: layout, licence, spelling, leftovers. Each takes a Tree and yields "path:line: what"."""

import re
import shutil
import subprocess

from tree import Skip, search

TOP_LEVEL = {"src", "data", "ui", "po", "tests", "flatpak", "meson.build", "meson_options.txt", "README.md", "COPYING"}
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
# The rules and their samples name what they forbid.
OWN = "tests/lint/"
# Words that codespell takes for others: gtk-doc's annotation of an argument that is read and written, a word of the
# German texts that tests expect, the beginning of a "hello" that tests cut off, and an option of ffmpeg's.
SPELLED_SO = "inout,ist,hel,alls"
UNSPELLED = ("COPYING", ".po", ".pot", ".svg", ".dict", "package-lock.json", "LINGUAS")
# TAP has a directive of that name, so a pattern of alternatives is none.
LEFTOVER = r"(?<!\|)\b(TODO|FIXME|XXX|HACK)\b(?!\([a-z][\w-]*\))"
MACHINE_PATH = r"(?<![\w.$}/-])/(home/(?!you\b)[\w.-]+|Users/\w+|root|work|mnt/\w+)/"
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an AWS key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})\b",
    "a Slack token": r"\bxox[abprs]-[\w-]{10,}",
    "a JSON Web Token": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{10,}",
    "a password in an address": r"\b[a-z]+://[^\s/:@\"'<>{}$%]+:(?!(password|secret|example|hunter2)\b)[^\s/:@\"'<>{}$%]{6,}@",
}


def _text_files(tree):
    for path in tree.paths:
        if tree.text(path) is not None:
            yield path


def check_layout(tree):
    """the top level holds what the layout names, and dot-files"""
    for name in sorted({path.split("/")[0] for path in tree.paths}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield f"{name}:1: not of the layout"


def check_licence(tree):
    """C files say their licence in the first line, scripts in the first three"""
    for path in tree.find(".c", ".h"):
        if (tree.lines(path) or [""])[0] != f"/* {LICENCE} */":
            yield f"{path}:1: the first line is not /* {LICENCE} */"
    for path in tree.scripts("python3", "bash", "sh"):
        if not any(LICENCE in line for line in tree.lines(path)[:3]):
            yield f"{path}:1: no {LICENCE}"


def check_spelling(tree):
    """no misspelling that codespell knows"""
    if shutil.which("codespell") is None:
        raise Skip("there is no codespell here")
    paths = [path for path in _text_files(tree) if not path.endswith(UNSPELLED) and not path.startswith(OWN)]
    if not paths:
        return
    outcome = subprocess.run(["codespell", "--disable-colors", "--ignore-words-list", SPELLED_SO, *paths], cwd=tree.root,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    for line in outcome.stdout.splitlines():
        if re.match(r"\S+:\d+: ", line):
            yield line
    if outcome.returncode not in (0, 65):
        yield f"codespell failed: {outcome.stderr.strip()[-300:]}"


def check_leftovers(tree):
    """no TODO, FIXME, XXX or HACK without an owner: TODO(name)"""
    for path in _text_files(tree):
        if not path.startswith(OWN) and path != "COPYING" and not path.endswith(UNSPELLED):
            for line, match in search(LEFTOVER, tree.text(path)):
                yield f"{path}:{line}: {match[0]} without an owner"


def check_machine_paths(tree):
    """no path of somebody's machine"""
    for path in _text_files(tree):
        if not path.startswith(OWN):
            for line, match in search(MACHINE_PATH, tree.text(path)):
                yield f"{path}:{line}: {match[0]} is a path of one machine"


def check_secrets(tree):
    """nothing that looks like a secret"""
    for path in _text_files(tree):
        if not path.startswith(OWN):
            for what, pattern in SECRETS.items():
                for line, _ in search(pattern, tree.text(path)):
                    yield f"{path}:{line}: looks like {what}"


def check_whitespace(tree):
    """no conflict marker, no space at a line's end in code"""
    for path in _text_files(tree):
        if not path.startswith(OWN):
            for line, _ in search(r"^(<{7}|>{7}) ", tree.text(path)):
                yield f"{path}:{line}: a conflict marker"
            if path.endswith((".c", ".h", ".py", ".sh", ".ui", ".build", ".yaml")):
                for line, _ in search(r"[ \t]+$", tree.text(path)):
                    yield f"{path}:{line}: space at the end of the line"


def check_python(tree):
    """scripts in Python compile"""
    for path in tree.scripts("python3"):
        try:
            compile(tree.text(path) or "", path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            yield f"{path}:{getattr(error, 'lineno', 1)}: {error}"


def check_shell(tree):
    """scripts in shell parse, and shellcheck finds nothing to say"""
    paths = tree.scripts("bash", "sh")
    for path in paths:
        outcome = subprocess.run(["bash", "-n", path], cwd=tree.root, stderr=subprocess.PIPE, text=True, check=False)
        if outcome.returncode != 0:
            yield f"{path}:1: {outcome.stderr.strip()}"
    if not paths:
        return
    if shutil.which("shellcheck") is None:
        raise Skip("there is no shellcheck here")
    # SC2016: what is in single quotes is often meant for another shell.
    outcome = subprocess.run(["shellcheck", "--severity=info", "--exclude=SC2016,SC1091", "--format=gcc", *paths],
                             cwd=tree.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    yield from outcome.stdout.splitlines()
    if outcome.returncode not in (0, 1):
        yield f"shellcheck failed: {outcome.stderr.strip()[-300:]}"


RULES = {
    "layout": check_layout,
    "licence": check_licence,
    "spelling": check_spelling,
    "leftovers": check_leftovers,
    "machine-paths": check_machine_paths,
    "secrets": check_secrets,
    "whitespace": check_whitespace,
    "python": check_python,
    "shell": check_shell,
}
