# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on C code. Each takes a Tree and yields what is wrong as "path:line: what"."""

import re
import shutil
import subprocess

from tree import Skip, search

C_FILES = (".c", ".h")
MAX_LINES = 800

# What each library of src/ may include of the others. A pattern stands for part of a library.
MAY_INCLUDE = {
    "common": [],
    "media": ["common/"],
    "api": ["common/"],
    "contacts": ["common/"],
    "agent": ["api/", "contacts/", "common/", "media/bundle/"],
    "server": ["common/", "media/bundle/"],
    "app": ["agent/", "api/", "contacts/", "media/", "common/"],
}

# Where the headers of a library from outside may be included: pattern of the header, patterns of the files.
CONFINED_HEADERS = [
    (r"(gtk|gdk|gsk|graphene)[/.-](?!pixbuf)|adwaita\.h|gdk/", "GTK and Adwaita", [r"src/app/"]),
    (r"libsoup/", "libsoup", [r"src/api/", r"src/server/http/"]),
    (r"libebook-contacts/", "EDS's contacts", [r"src/contacts/"]),
    (r"(libebook|libedataserver|libebackend|libedata-book)/", "EDS", [r"src/contacts/lk-address-book-eds", r"src/contacts/lk-eds-"]),
    (r"libsecret/", "libsecret", [r"src/api/lk-token-store-secret\."]),
    (r"sqlite3\.h", "SQLite", [r"src/server/store/lk-sqlite"]),
    (r"curl/", "libcurl", [r"src/server/senders/", r"src/server/handlers/lk-service\."]),
    (r"(archive|archive_entry|lcms2)\.h", "libarchive and Little CMS", [r"src/media/"]),
    (r"gst/", "GStreamer", [r"src/media/motion/lk-(gst|video)", r"src/media/encode/lk-(h264|mp4)", r"src/media/render/lk-clip"]),
]

STORES = r"src/server/store/lk-sqlite[a-z-]*\.[ch]$"
SQL = (r"\s*(SELECT\s|INSERT\s+(INTO|OR)\s|REPLACE\s+INTO\s|UPDATE\s+[a-z_]+\s+SET\b|DELETE\s+FROM\s|PRAGMA\s"
       r"|(CREATE|DROP|ALTER)\s+(UNIQUE\s+)?(TABLE|INDEX|VIEW|TRIGGER)\b|BEGIN(\s+(IMMEDIATE|EXCLUSIVE))?\s*;?$"
       r"|COMMIT\s*;?$|ROLLBACK\b|SAVEPOINT\s)")

# What the newest GTK and libadwaita deprecate.
DEPRECATED = (r"\b(gdk_texture_new_for_pixbuf|gtk_picture_(set|new_for)_pixbuf|gtk_file_filter_add_pixbuf_formats"
              r"|gtk_show_uri(_full)?|gtk_widget_get_style_context|GtkStyleContext|Gtk(Message|FileChooser|Color)?Dialog"
              r"|gtk_(dialog|message_dialog|info_bar|combo_box|tree_view|assistant)_\w+|GtkInfoBar|GtkComboBox(Text)?"
              r"|GtkTreeView|GtkAssistant|AdwLeaflet|AdwFlap|AdwSqueezer|AdwViewSwitcherTitle"
              r"|adw_(leaflet|flap|squeezer|view_switcher_title)_\w+)\b")

SLEEPS_C = r"\b(g_usleep|usleep|sleep|nanosleep|clock_nanosleep)\s*\("
SLEEPS_PYTHON = r"\btime\.sleep\s*\(|(?<![.\w])sleep\s*\("
SLEEPS_SHELL = r"(?:^|[;&|({]|\bdo\b|\bthen\b)\s*sleep\s+[\d$\"']"


def _includes(tree, path):
    for line, match in search(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', tree.c_code(path)):
        yield line, match[1]


def check_include_direction(tree):
    """a library of src/ includes only those that are below it"""
    owners = {}
    for path in tree.find(".h", under="src/"):
        owners.setdefault(path.rsplit("/", 1)[1], []).append(path)
    for path in tree.find(*C_FILES, under="src/"):
        library = path.split("/")[1]
        if library not in MAY_INCLUDE:
            yield f"{path}:1: src/{library} is no library of the layout"
            continue
        allowed = tuple(f"src/{part}" for part in [f"{library}/", *MAY_INCLUDE[library]])
        for line, header in _includes(tree, path):
            # A header of no library is the system's or a generated one, which the build itself holds in bounds.
            found = owners.get(header.rsplit("/", 1)[-1], [])
            if found and not any(owner.startswith(allowed) for owner in found):
                yield f"{path}:{line}: {library} must not include {found[0][len('src/'):]}"


def check_confined_headers(tree):
    """GTK, libsoup, EDS, libsecret, SQLite and the like are included only where they belong"""
    for path in tree.find(*C_FILES, under="src/"):
        for line, header in _includes(tree, path):
            for pattern, what, places in CONFINED_HEADERS:
                if re.match(pattern, header) and not any(re.match(place, path) for place in places):
                    yield f"{path}:{line}: <{header}>: {what} belongs only to {', '.join(places)}"


def check_sql(tree):
    """SQL is written only in the stores"""
    for path in tree.find(*C_FILES, under="src/"):
        if re.match(STORES, path):
            continue
        for line, string in tree.c_strings(path):
            if re.match(SQL, string.replace("\\n", " ")):
                yield f"{path}:{line}: SQL outside the stores: \"{string[:40]}\""


def check_version_macros(tree):
    """versions of GTK and Adwaita are asked for only in src/app/compat"""
    for path in tree.find(*C_FILES, under="src/"):
        if not path.startswith("src/app/compat/"):
            for line, match in search(r"\b(GTK|GDK|GSK|ADW)_CHECK_VERSION\b", tree.c_code(path, strings=False)):
                yield f"{path}:{line}: {match[0]} belongs to src/app/compat"


def check_deprecated(tree):
    """nothing that the newest GTK or libadwaita deprecates is used outside src/app/compat"""
    for path in tree.find(*C_FILES, under="src/") + tree.find(".ui", under="ui/"):
        if not path.startswith("src/app/compat/"):
            code = tree.text(path) if path.endswith(".ui") else tree.c_code(path, strings=False)
            for line, match in search(DEPRECATED, code):
                yield f"{path}:{line}: {match[0]} is deprecated by the newest toolkit"


def check_size(tree):
    """a C file has 800 lines at most"""
    for path in tree.find(*C_FILES):
        count = len(tree.lines(path))
        if count > MAX_LINES:
            yield f"{path}:{count}: more than {MAX_LINES} lines: split it by subject"


def check_goto(tree):
    """no goto"""
    for path in tree.find(*C_FILES):
        for line, _ in search(r"\bgoto\s+\w", tree.c_code(path, strings=False)):
            yield f"{path}:{line}: goto"


def check_headers(tree):
    """a header is included once"""
    for path in tree.find(".h"):
        if not any(line.strip() == "#pragma once" for line in tree.lines(path)):
            yield f"{path}:1: no #pragma once"


def check_own_header_first(tree):
    """a C file of src/ includes its own header first"""
    for path in tree.find(".c", under="src/"):
        own = path[:-1] + "h"
        if own in tree.paths:
            first = next((header for _, header in _includes(tree, path)), None)
            if first != own.rsplit("/", 1)[1]:
                yield f"{path}:1: {own.rsplit('/', 1)[1]} is not what it includes first"


def check_sleep(tree):
    """nothing waits by sleeping, but where a comment says "sleep: " and why"""
    # The rules and their samples name what they forbid.
    files = [(path, tree.c_code(path, strings=False), SLEEPS_C) for path in tree.find(*C_FILES)]
    files += [(path, tree.text(path), SLEEPS_PYTHON) for path in tree.scripts("python3")
              if not path.startswith("tests/lint/")]
    files += [(path, tree.text(path), SLEEPS_SHELL) for path in tree.scripts("bash", "sh")]
    for path, code, pattern in files:
        for line, match in search(pattern, code or ""):
            line += match[0].count("\n", 0, len(match[0]) - len(match[0].lstrip()))
            near = tree.lines(path)[max(line - 2, 0):line]
            if not any(re.search(r"(#|//|/\*|^\s*\*).*\bsleep: \S", text) for text in near):
                yield f"{path}:{line}: sleeps: wait for the thing itself, within a bound, or say why not"


def check_format(tree):
    """C code is formatted as clang-format 14 does it"""
    program = shutil.which("clang-format-14")
    if program is None:
        raise Skip("there is no clang-format-14 here")
    paths = tree.find(*C_FILES)
    if not paths:
        return
    outcome = subprocess.run([program, "--dry-run", "--ferror-limit=1", *paths], cwd=tree.root,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    for line in outcome.stderr.splitlines():
        match = re.match(r"(\S+?:\d+):\d+: (warning|error):", line)
        if match:
            yield f"{match[1]}: not formatted: run clang-format-14 -i"
    if outcome.returncode != 0:
        yield f"clang-format-14 failed: {outcome.stderr.strip()[-300:]}"


RULES = {
    "include-direction": check_include_direction,
    "confined-headers": check_confined_headers,
    "sql": check_sql,
    "version-macros": check_version_macros,
    "deprecated": check_deprecated,
    "size": check_size,
    "goto": check_goto,
    "pragma-once": check_headers,
    "own-header-first": check_own_header_first,
    "sleep": check_sleep,
    "format": check_format,
}
