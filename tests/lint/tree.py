# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree that the rules look at: its files, their text, and their C code without comments or strings."""

import functools
import pathlib
import re
import subprocess

_SKIPPED_FOLDERS = {".git", "__pycache__", "node_modules"}
_C_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


class Skip(Exception):
    """A rule cannot be applied here; the message says why."""


class Tree:
    """A source tree by the paths of its files, relative to its root, with slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.paths = sorted(self._list_git() or self._list_folder())

    def _list_git(self):
        """The files that git has or would add, or None where this is no checkout."""
        if not (self.root / ".git").exists():
            return None
        listing = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        if listing.returncode != 0:
            return None
        return [path for path in set(listing.stdout.split("\0")) if path and (self.root / path).is_file()]

    def _list_folder(self):
        paths = []
        for path in self.root.rglob("*"):
            relative = path.relative_to(self.root)
            if _SKIPPED_FOLDERS.isdisjoint(relative.parts) and not relative.parts[0].startswith(("build", "_build")):
                if path.is_file():
                    paths.append(relative.as_posix())
        return paths

    def find(self, *suffixes, under=""):
        return [path for path in self.paths if path.endswith(suffixes) and path.startswith(under)]

    def absolute(self, path):
        return self.root / path

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """The text of a file, or None where it is not UTF-8 text."""
        data = self.absolute(path).read_bytes()
        if b"\0" in data[:8192]:
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return None

    def lines(self, path):
        return (self.text(path) or "").splitlines()

    def scripts(self, *interpreters):
        """The files whose name or first line says that one of the interpreters runs them."""
        endings = {"python3": ".py", "bash": ".sh", "sh": ".sh"}
        found = []
        for path in self.paths:
            if any(path.endswith(endings[interpreter]) for interpreter in interpreters):
                found.append(path)
                continue
            first = (self.lines(path) or [""])[0]
            if first.startswith("#!") and re.split(r"[/ ]", first)[-1] in interpreters:
                found.append(path)
        return found

    @functools.lru_cache(maxsize=None)
    def c_code(self, path, strings=True):
        """C code with comments blanked, and without @strings the insides of literals too; the lines stay the same."""
        def blank(match):
            token = match[0]
            if token[0] in "\"'":
                return token if strings else token[0] + " " * (len(token) - 2) + token[0]
            return re.sub(r"[^\n]", " ", token)
        return _C_TOKEN.sub(blank, self.text(path) or "")

    def c_strings(self, path):
        """Each string literal of a C file: (line, text between its quotes)."""
        code = self.c_code(path)
        for match in _C_TOKEN.finditer(code):
            if match[0].startswith('"'):
                yield code.count("\n", 0, match.start()) + 1, match[0][1:-1]


def search(pattern, text):
    """Each match of a pattern: (line, match)."""
    for match in re.finditer(pattern, text, re.MULTILINE):
        yield text.count("\n", 0, match.start()) + 1, match
